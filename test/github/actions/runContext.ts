import type { GitHub } from '../gitHub.ts';
import type { AttemptRecord, WorkflowRun } from '../state/actions.ts';
import type { Json } from './expressions.ts';

/** The `github` context of a run, without what only a job has. */
export function githubContext(run: WorkflowRun, attempt: AttemptRecord, github: GitHub): Json {
  const { origin, repository } = run;
  return {
    ref: origin.ref,
    sha: origin.sha,
    ref_name: origin.ref.replace(/^refs\/(heads|tags|pull)\//, ''),
    ref_type: origin.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    ref_protected: false,
    repository: repository.fullName,
    repository_owner: repository.owner.login,
    repository_id: String(repository.id),
    repository_owner_id: String(repository.owner.id),
    repository_visibility: repository.isPrivate ? 'private' : 'public',
    run_id: String(run.id),
    run_number: String(run.number),
    run_attempt: String(attempt.number),
    retention_days: '90',
    actor: origin.actor.login,
    actor_id: String(origin.actor.id),
    triggering_actor: attempt.triggeringActor.login,
    workflow: run.name,
    workflow_ref: `${repository.fullName}/${run.path}@${origin.ref}`,
    workflow_sha: origin.workflowSha,
    head_ref: origin.headRef,
    base_ref: origin.baseRef,
    event_name: origin.event,
    event: origin.payload as Json,
    server_url: github.url,
    api_url: github.apiUrl,
    graphql_url: github.graphQlUrl,
  };
}
