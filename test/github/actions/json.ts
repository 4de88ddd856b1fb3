import { eventCommit, readCommit } from '../state/commits.ts';
import { nodeId } from '../state/account.ts';

import type { Json } from '../route.ts';
import type { Artifact, AttemptRecord, JobRecord, StepRecord, WorkflowRecord, WorkflowRun } from '../state/actions.ts';
import type { StandInRepository } from '../state/repository.ts';

/** `workflow-run` in GitHub's description, of an attempt: the latest where none is named. */
export async function runJson(run: WorkflowRun, attempt: AttemptRecord = run.attempt): Promise<Json> {
  const { repository, origin, workflow } = run;
  const url = `${repository.url}/actions/runs/${run.id}`;
  const suite = `${repository.url}/check-suites/${run.id}`;
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId('WFR', run.id),
    check_suite_id: run.id,
    check_suite_node_id: nodeId('CS', run.id),
    check_suite_url: suite,
    head_branch: origin.headBranch,
    head_sha: origin.headSha,
    path: run.path,
    run_number: run.number,
    run_attempt: attempt.number,
    event: origin.event,
    display_title: run.displayTitle,
    status: attempt.status,
    conclusion: attempt.conclusion ?? null,
    workflow_id: workflow.id,
    url,
    html_url: `${repository.htmlUrl}/actions/runs/${run.id}`,
    pull_requests: origin.pullRequests,
    created_at: run.createdAt,
    updated_at: attempt.updatedAt,
    run_started_at: attempt.startedAt,
    actor: origin.actor.json,
    triggering_actor: attempt.triggeringActor.json,
    referenced_workflows: [],
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: attempt.number > 1 ? `${url}/attempts/${attempt.number - 1}` : null,
    workflow_url: `${repository.url}/actions/workflows/${workflow.id}`,
    head_commit: eventCommit(await readCommit(origin.headRepository, origin.headSha)),
    repository: repository.json,
    head_repository: origin.headRepository.json,
  };
}

/** `workflow` in GitHub's description. */
export function workflowJson(repository: StandInRepository, workflow: WorkflowRecord): Json {
  return {
    id: workflow.id,
    node_id: nodeId('W', workflow.id),
    name: workflow.name,
    path: workflow.path,
    state: 'active',
    created_at: workflow.createdAt,
    updated_at: workflow.createdAt,
    url: `${repository.url}/actions/workflows/${workflow.id}`,
    html_url: `${repository.htmlUrl}/blob/${repository.defaultBranch}/${workflow.path}`,
    badge_url: `${repository.htmlUrl}/actions/${workflow.path.replace('.github/', '')}/badge.svg`,
  };
}

/** `job` in GitHub's description. A job that was skipped or cancelled before it began has no start of its own. */
export function jobJson(run: WorkflowRun, job: JobRecord): Json {
  const { repository, origin } = run;
  return {
    id: job.id,
    run_id: run.id,
    workflow_name: run.name,
    head_branch: origin.headBranch,
    run_url: `${repository.url}/actions/runs/${run.id}`,
    run_attempt: job.attempt,
    node_id: nodeId('CR', job.id),
    head_sha: origin.headSha,
    url: `${repository.url}/actions/jobs/${job.id}`,
    html_url: `${repository.htmlUrl}/actions/runs/${run.id}/job/${job.id}`,
    status: job.status,
    conclusion: job.conclusion ?? null,
    created_at: job.createdAt,
    started_at: job.startedAt ?? job.createdAt,
    completed_at: job.completedAt ?? null,
    name: job.name,
    steps: job.steps.map(stepJson),
    check_run_url: `${repository.url}/check-runs/${job.id}`,
    labels: job.labels,
    runner_id: job.runner?.id ?? null,
    runner_name: job.runner?.name ?? null,
    runner_group_id: job.runner === undefined ? null : 1,
    runner_group_name: job.runner === undefined ? null : 'Default',
  };
}

function stepJson(step: StepRecord): Json {
  return {
    name: step.name,
    status: step.status,
    conclusion: step.conclusion ?? null,
    number: step.number,
    started_at: step.startedAt ?? null,
    completed_at: step.completedAt ?? null,
  };
}

/** `artifact` in GitHub's description. */
export function artifactJson(artifact: Artifact, now: Date): Json {
  const { run } = artifact;
  const url = `${run.repository.url}/actions/artifacts/${artifact.id}`;
  return {
    id: artifact.id,
    node_id: nodeId('MDg6QXJ0aWZhY3Q', artifact.id),
    name: artifact.name,
    size_in_bytes: artifact.zip.length,
    url,
    archive_download_url: `${url}/zip`,
    expired: isExpired(artifact, now),
    digest: artifact.digest,
    created_at: artifact.createdAt,
    updated_at: artifact.createdAt,
    expires_at: artifact.expiresAt,
    workflow_run: {
      id: run.id,
      repository_id: run.repository.id,
      head_repository_id: run.origin.headRepository.id,
      head_branch: run.origin.headBranch,
      head_sha: run.origin.headSha,
    },
  };
}

export function isExpired(artifact: Artifact, now: Date): boolean {
  return new Date(artifact.expiresAt) <= now;
}
