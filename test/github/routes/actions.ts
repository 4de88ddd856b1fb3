import { accountOf } from '../actor.ts';
import { artifactJson, isExpired, jobJson, runJson, workflowJson } from '../actions/json.ts';
import { WorkflowError } from '../actions/written.ts';
import { notFound, page, Refusal } from '../route.ts';
import { engines } from '../state/actions.ts';

import type { Answer, Call, Routes } from '../route.ts';
import type { Artifact, AttemptRecord, WorkflowEngine, WorkflowRecord, WorkflowRun } from '../state/actions.ts';
import type { StandInRepository } from '../state/repository.ts';

/** Workflows, their runs and jobs, and what they leave. */
export const actionsRoutes: Routes = {
  'GET /repos/{owner}/{repo}/actions/workflows': {
    needs: 'actions: read',
    handle: (call) => {
      const { items, headers } = page(call, call.repository.actions.workflows);
      const workflows = items.map((workflow) => workflowJson(call.repository, workflow));
      return { status: 200, headers, body: { total_count: call.repository.actions.workflows.length, workflows } };
    },
  },
  'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}': {
    needs: 'actions: read',
    handle: (call) => ({
      status: 200,
      body: workflowJson(call.repository, findWorkflow(call.repository, call.params.workflow_id)),
    }),
  },
  'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs': {
    needs: 'actions: read',
    handle: (call) => {
      const workflow = findWorkflow(call.repository, call.params.workflow_id);
      return listRuns(
        call,
        call.repository.actions.runs.filter((run) => run.workflow === workflow),
        call.query,
      );
    },
  },
  'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches': {
    needs: 'actions: write',
    handle: async (call) => {
      const { repository, github, body } = call;
      const path = await workflowPath(call, call.params.workflow_id);
      try {
        const run = await engine(call).dispatch(repository, path, body.ref, body.inputs ?? {}, accountOf(call.actor));
        if (body.return_run_details !== true) return { status: 204 };
        const url = `${repository.url}/actions/runs/${run.id}`;
        const html = `${github.url}/${repository.fullName}/actions/runs/${run.id}`;
        return { status: 200, body: { workflow_run_id: run.id, run_url: url, html_url: html } };
      } catch (error) {
        if (error instanceof WorkflowError) throw new Refusal(422, error.message);
        throw error;
      }
    },
  },
  'GET /repos/{owner}/{repo}/actions/runs': {
    needs: 'actions: read',
    handle: (call) => listRuns(call, call.repository.actions.runs, call.query),
  },
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}': {
    needs: 'actions: read',
    handle: async (call) => ({ status: 200, body: await runJson(findRun(call, call.params.run_id)) }),
  },
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}': {
    needs: 'actions: read',
    handle: async (call) => {
      const run = findRun(call, call.params.run_id);
      return { status: 200, body: await runJson(run, findAttempt(run, call.params.attempt_number)) };
    },
  },
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs': {
    needs: 'actions: read',
    handle: (call) => {
      const run = findRun(call, call.params.run_id);
      return listJobs(call, run, call.query.filter === 'all' ? run.attempts : [run.attempt]);
    },
  },
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs': {
    needs: 'actions: read',
    handle: (call) => {
      const run = findRun(call, call.params.run_id);
      return listJobs(call, run, [findAttempt(run, call.params.attempt_number)]);
    },
  },
  'GET /repos/{owner}/{repo}/actions/jobs/{job_id}': {
    needs: 'actions: read',
    handle: (call) => {
      const { run, job } = findJob(call.repository, call.params.job_id);
      return { status: 200, body: jobJson(run, job) };
    },
  },
  'GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs': {
    needs: 'actions: read',
    handle: (call) => {
      const { job } = findJob(call.repository, call.params.job_id);
      const log = job.steps.flatMap((step) => step.log).join('\n');
      return { status: 302, headers: { location: call.github.download(Buffer.from(log), 'text/plain') } };
    },
  },
  'POST /repos/{owner}/{repo}/actions/runs/{run_id}/approve': {
    needs: 'actions: write',
    handle: (call) => {
      const run = findRun(call, call.params.run_id);
      if (run.origin.headRepository === call.repository)
        throw new Refusal(403, 'This run is not from a fork pull request');
      if (run.conclusion !== 'action_required') throw new Refusal(403, 'This run is not waiting for approval');
      engine(call).approve(run, accountOf(call.actor));
      return { status: 201, body: {} };
    },
  },
  'POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun': {
    needs: 'actions: write',
    handle: (call) => rerun(call, findRun(call, call.params.run_id), 'all'),
  },
  'POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs': {
    needs: 'actions: write',
    handle: (call) => rerun(call, findRun(call, call.params.run_id), 'failed'),
  },
  'POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel': {
    needs: 'actions: write',
    handle: async (call) => {
      const run = findRun(call, call.params.run_id);
      if (run.status === 'completed') throw new Refusal(409, 'Cannot cancel a workflow run that is completed.');
      await engine(call).cancel(run, accountOf(call.actor));
      return { status: 202, body: {} };
    },
  },
  'POST /repos/{owner}/{repo}/actions/jobs/{job_id}/rerun': {
    needs: 'actions: write',
    handle: (call) => {
      const { run, job } = findJob(call.repository, call.params.job_id);
      demandRerunnable(call, run);
      engine(call).rerunJob(run, job, accountOf(call.actor));
      return { status: 201, body: {} };
    },
  },
  'GET /repos/{owner}/{repo}/actions/artifacts': {
    needs: 'actions: read',
    handle: (call) => listArtifacts(call, call.repository.actions.artifacts, call.query.name),
  },
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts': {
    needs: 'actions: read',
    handle: (call) => {
      const run = findRun(call, call.params.run_id);
      return listArtifacts(call, call.repository.actions.artifactsOf(run), call.query.name);
    },
  },
  'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}': {
    needs: 'actions: read',
    handle: (call) => ({
      status: 200,
      body: artifactJson(findArtifact(call.repository, call.params.artifact_id), call.github.now()),
    }),
  },
  'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}': {
    needs: 'actions: read',
    handle: (call) => {
      // GitHub hands no artifact to somebody who does not sign in, even of a public repository.
      if (call.actor.kind === 'anonymous') throw new Refusal(401, 'Requires authentication');
      const artifact = findArtifact(call.repository, call.params.artifact_id);
      if (isExpired(artifact, call.github.now())) throw new Refusal(410, 'Artifact has expired');
      return { status: 302, headers: { location: call.github.download(artifact.zip, 'application/zip') } };
    },
  },
  'DELETE /repos/{owner}/{repo}/actions/artifacts/{artifact_id}': {
    needs: 'actions: write',
    handle: (call) => {
      call.repository.actions.remove(findArtifact(call.repository, call.params.artifact_id));
      return { status: 204 };
    },
  },
};

type RunFilters = Call<'GET /repos/{owner}/{repo}/actions/runs'>['query'];

async function listRuns(call: Call, runs: readonly WorkflowRun[], filters: RunFilters): Promise<Answer> {
  const found = runs
    .filter(({ createdAt }) => isWithin(createdAt, filters.created))
    .filter(({ origin }) => filters.actor === undefined || origin.actor.login === filters.actor)
    .filter(({ origin }) => filters.branch === undefined || origin.headBranch === filters.branch)
    .filter(({ origin }) => filters.event === undefined || origin.event === filters.event)
    .filter(({ origin }) => filters.head_sha === undefined || origin.headSha === filters.head_sha)
    .filter((run) => filters.status === undefined || [run.status, run.conclusion].includes(filters.status as never))
    .filter((run) => filters.check_suite_id === undefined || run.id === filters.check_suite_id)
    .reverse();
  const { items, headers } = page(call, found);
  const shown = await Promise.all(items.map((run) => runJson(run)));
  const bodies = filters.exclude_pull_requests === true ? shown.map((run) => ({ ...run, pull_requests: [] })) : shown;
  return { status: 200, headers, body: { total_count: found.length, workflow_runs: bodies } };
}

function listJobs(call: Call, run: WorkflowRun, attempts: readonly AttemptRecord[]): Answer {
  const jobs = attempts.flatMap((attempt) => attempt.jobs);
  const { items, headers } = page(call, jobs);
  return { status: 200, headers, body: { total_count: jobs.length, jobs: items.map((job) => jobJson(run, job)) } };
}

function listArtifacts(call: Call, artifacts: readonly Artifact[], name: string | undefined): Answer {
  const found = artifacts.filter((artifact) => name === undefined || artifact.name === name).reverse();
  const { items, headers } = page(call, found);
  const shown = items.map((artifact) => artifactJson(artifact, call.github.now()));
  return { status: 200, headers, body: { total_count: found.length, artifacts: shown } };
}

function rerun(call: Call, run: WorkflowRun, jobs: 'all' | 'failed'): Answer {
  demandRerunnable(call, run);
  engine(call).rerun(run, jobs, accountOf(call.actor));
  return { status: 201, body: {} };
}

const MONTH_MS = 30 * 24 * 3_600_000;

function demandRerunnable({ github }: Call, run: WorkflowRun): void {
  if (run.status !== 'completed') throw new Refusal(403, 'This workflow is already running');
  if (run.conclusion === 'action_required') throw new Refusal(403, 'This workflow run cannot be rerun');
  if (github.now().getTime() - Date.parse(run.createdAt) > MONTH_MS)
    throw new Refusal(403, 'Unable to retry this workflow run because it was created over a month ago');
}

/** `>=2026-01-01T00:00:00Z` and its like; dates and ranges as well: https://docs.github.com/search-github/getting-started-with-searching-on-github/understanding-the-search-syntax */
function isWithin(createdAt: string, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  const at = Date.parse(createdAt);
  const [, sign = '', text = ''] = /^(>=|<=|>|<|)(.+)$/.exec(wanted) ?? [];
  const [from = NaN, to = from] = text.split('..').map((each) => Date.parse(each));
  if (Number.isNaN(from) || Number.isNaN(to)) throw new Refusal(422, `Not a time: ${wanted}`);
  if (sign === '>=') return at >= from;
  if (sign === '<=') return at <= from;
  if (sign === '>') return at > from;
  if (sign === '<') return at < from;
  if (text.includes('..')) return at >= from && at <= to;
  throw new Refusal(422, `The stand-in does not filter by created=${wanted}`);
}

function engine(call: Pick<Call, 'github'>): WorkflowEngine {
  const found = engines.get(call.github);
  if (found === undefined) throw new Error('Nobody runs workflows here: the test needs a `new Actions(github, ...)`');
  return found;
}

function findRun(call: Pick<Call, 'repository'>, id: number): WorkflowRun {
  const run = call.repository.actions.run(id);
  if (run === undefined) throw notFound();
  return run;
}

function findAttempt(run: WorkflowRun, number: number): AttemptRecord {
  const attempt = run.attempts.find((each) => each.number === number);
  if (attempt === undefined) throw notFound();
  return attempt;
}

function findJob(
  repository: StandInRepository,
  id: number | bigint,
): { readonly run: WorkflowRun; readonly job: AttemptRecord['jobs'][number] } {
  for (const run of repository.actions.runs) {
    for (const attempt of run.attempts) {
      const job = attempt.jobs.find((each) => each.id === Number(id));
      if (job !== undefined) return { run, job };
    }
  }
  throw notFound();
}

function findArtifact(repository: StandInRepository, id: number): Artifact {
  const artifact = repository.actions.artifacts.find((each) => each.id === id);
  if (artifact === undefined) throw notFound();
  return artifact;
}

/** A workflow by its number or by the name of its file. */
function findWorkflow(repository: StandInRepository, id: number | string): WorkflowRecord {
  const found = repository.actions.workflows.find(
    (workflow) => String(workflow.id) === String(id) || workflow.path === `.github/workflows/${id}`,
  );
  if (found === undefined) throw notFound();
  return found;
}

/** A file may be dispatched before it ever ran. */
async function workflowPath(call: Pick<Call, 'github' | 'repository'>, id: number | string): Promise<string> {
  const { repository } = call;
  const path = /^\d+$/.test(String(id)) ? findWorkflow(repository, id).path : `.github/workflows/${id}`;
  if (!(await engine(call).has(repository, path))) throw notFound();
  return path;
}
