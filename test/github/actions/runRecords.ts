import { asPerson } from '../state/person.ts';
import { WorkflowRun } from '../state/actions.ts';
import { resolveText } from './expressions.ts';
import { jobJson, runJson, workflowJson } from './json.ts';
import { githubContext } from './runContext.ts';

import type { GitHub } from '../gitHub.ts';
import type { Account } from '../state/account.ts';
import type { AttemptRecord, JobRecord, Outcome, RunOrigin, WorkflowRecord } from '../state/actions.ts';
import type { StandInRepository } from '../state/repository.ts';
import type { Written } from './written.ts';

/** What is known of a run before it has its number. */
export type RunBeginning = {
  readonly workflow: WorkflowRecord;
  readonly origin: RunOrigin;
  readonly inputs: WorkflowRun['inputs'];
  /** That of the pull request; the workflow's name where there is none. */
  readonly title: string | undefined;
  /** `run-name` of the file, which comes before the title. */
  readonly runName: Written | undefined;
};

/** Takes a new run, with its first attempt queued, into the repository's. */
export function openRun(repository: StandInRepository, beginning: RunBeginning): WorkflowRun {
  const { github, actions } = repository;
  const { workflow, origin, inputs, title, runName } = beginning;
  const common = {
    id: github.nextId('run'),
    number: actions.runs.filter((run) => run.workflow === workflow).length + 1,
    ...{ repository, workflow, origin, inputs },
    createdAt: github.time(),
  };
  const attempt = newAttempt(github, 1, origin.actor);
  const untitled = new WorkflowRun({ ...common, displayTitle: title ?? workflow.name });
  untitled.attempts.push(attempt);
  const contexts = { values: { github: githubContext(untitled, attempt, github), inputs, vars: {} } };
  const named = resolveText(runName, contexts, 'run-name');
  const run = named === undefined ? untitled : new WorkflowRun({ ...common, displayTitle: named });
  if (run !== untitled) run.attempts.push(attempt);
  actions.runs.push(run);
  return run;
}

/** The workflow of a file, which has a number since it first ran. */
export function recordOf(repository: StandInRepository, path: string, name: string): WorkflowRecord {
  const { github, actions } = repository;
  let record = actions.workflows.find((workflow) => workflow.path === path);
  if (record === undefined) {
    record = { id: github.nextId('workflow'), path, name, createdAt: github.time() };
    actions.workflows.push(record);
  }
  record.name = name;
  return record;
}

export function newAttempt(github: GitHub, number: number, triggeringActor: Account): AttemptRecord {
  const time = github.time();
  return {
    number,
    triggeringActor,
    startedAt: time,
    status: 'queued',
    conclusion: undefined,
    updatedAt: time,
    jobs: [],
  };
}

/** Puts a queued job into an attempt. It is a check of the commit too, of the App that Actions is; both have one number. */
export function addJob(
  run: WorkflowRun,
  attempt: AttemptRecord,
  job: Pick<JobRecord, 'key' | 'name' | 'labels'>,
): JobRecord {
  const { repository, origin } = run;
  const { github, checks } = repository;
  const by = asPerson(origin.actor);
  const check = checks.create(github.actionsApp, origin.headSha, job.name, { status: 'queued' }, by);
  const record: JobRecord = {
    ...job,
    id: check.id,
    attempt: attempt.number,
    createdAt: github.time(),
    status: 'queued',
    conclusion: undefined,
    startedAt: undefined,
    completedAt: undefined,
    runner: undefined,
    steps: [],
    outputs: {},
    continueOnError: false,
  };
  attempt.jobs.push(record);
  return record;
}

export function beginJob(run: WorkflowRun, job: JobRecord): void {
  const { github, checks } = run.repository;
  job.status = 'in_progress';
  job.startedAt = github.time();
  const check = checks.find(job.id);
  if (check !== undefined) checks.update(check, { status: 'in_progress' }, asPerson(run.origin.actor));
}

export function completeJob(run: WorkflowRun, job: JobRecord, conclusion: Outcome): void {
  const { github, checks } = run.repository;
  job.status = 'completed';
  job.conclusion = conclusion;
  job.completedAt = github.time();
  const check = checks.find(job.id);
  if (check !== undefined) checks.update(check, { conclusion }, asPerson(run.origin.actor));
}

/** Settings, Actions, "Approval for running fork pull request workflows from contributors". */
export function needsApproval(repository: StandInRepository, origin: RunOrigin): boolean {
  if (origin.event !== 'pull_request' || origin.headRepository === repository) return false;
  const pull = origin.payload['pull_request'] as { readonly author_association: string };
  const isInsider = ['OWNER', 'MEMBER', 'COLLABORATOR'].includes(pull.author_association);
  const isNew = pull.author_association !== 'CONTRIBUTOR';
  return !isInsider && (isNew || repository.settings.forkApproval === 'all_external_contributors');
}

/** Tells of a run that is in another state. That it was requested, GitHub tells of its first attempt alone. */
export async function tellRun(run: WorkflowRun, action: 'requested' | 'in_progress' | 'completed'): Promise<void> {
  const { repository, workflow, origin } = run;
  const payload = { action, workflow: workflowJson(repository, workflow), workflow_run: await runJson(run) };
  repository.github.emit('workflow_run', repository, asPerson(origin.actor), payload);
}

export function tellJob(run: WorkflowRun, job: JobRecord, action: 'queued' | 'in_progress' | 'completed'): void {
  const { repository, origin } = run;
  const payload = { action, workflow_job: jobJson(run, job) };
  repository.github.emit('workflow_job', repository, asPerson(origin.actor), payload);
}
