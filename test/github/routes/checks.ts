import type { Actor } from '../actor.ts';
import { type Call, Refusal, type Routes, invalid, listed, notFound, page } from '../route.ts';
import type { App } from '../state/app.ts';
import type { CheckChange, CheckRun, CheckSuite } from '../state/checks.ts';

export const checkRoutes: Routes = {
  'POST /repos/{owner}/{repo}/check-runs': {
    needs: 'checks: write',
    async handle({ repository, body, actor }) {
      const app = appOf(actor);
      const sha = await repository.resolve(body.head_sha);
      if (sha === undefined) throw invalid(`No commit found for SHA: ${body.head_sha}`);
      const change = body as CheckChange;
      demandConclusion(change);
      const run = repository.checks.create(app, sha, body.name, change, actor);
      return { status: 201, body: run.json };
    },
  },
  'GET /repos/{owner}/{repo}/check-runs/{check_run_id}': {
    needs: 'checks: read',
    handle: (call) => ({ status: 200, body: runOf(call).json }),
  },
  'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}': {
    needs: 'checks: write',
    handle(call) {
      const run = runOf(call);
      if (appOf(call.actor) !== run.suite.app)
        throw new Refusal(
          403,
          `Invalid app_id \`${run.suite.app.id}\` - check run can only be modified by the GitHub App that created it.`,
        );
      const change = call.body as CheckChange;
      demandConclusion(change);
      call.repository.checks.update(run, change, call.actor);
      return { status: 200, body: run.json };
    },
  },
  'POST /repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest': {
    needs: 'checks: write',
    handle(call) {
      const run = runOf(call);
      demandOwn(call.actor, run.suite);
      call.repository.checks.rerequest(run, call.actor);
      return { status: 201, body: {} };
    },
  },
  'GET /repos/{owner}/{repo}/check-suites/{check_suite_id}': {
    needs: 'checks: read',
    handle: async (call) => ({ status: 200, body: await suiteOf(call).json() }),
  },
  'POST /repos/{owner}/{repo}/check-suites/{check_suite_id}/rerequest': {
    needs: 'checks: write',
    async handle(call) {
      const suite = suiteOf(call);
      demandOwn(call.actor, suite);
      await call.repository.checks.rerequestSuite(suite, call.actor);
      return { status: 201, body: {} };
    },
  },
  'GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations': {
    needs: 'checks: read',
    handle: (call) =>
      listed(call, runOf(call).annotations, (annotation) => ({
        start_column: null,
        end_column: null,
        title: null,
        raw_details: null,
        ...annotation,
        blob_href: `${call.repository.url}/git/blobs/${runOf(call).suite.sha}`,
      })),
  },
  'GET /repos/{owner}/{repo}/commits/{ref}/check-runs': {
    needs: 'checks: read',
    async handle(call) {
      const { check_name, status, app_id, filter } = call.query;
      const sha = await call.repository.resolve(call.params.ref);
      if (sha === undefined) throw new Refusal(422, `No commit found for SHA: ${call.params.ref}`);
      const fitting = call.repository.checks
        .of(sha, filter)
        .filter(
          (run) =>
            (check_name === undefined || run.name === check_name) &&
            (status === undefined || run.status === status) &&
            (app_id === undefined || run.suite.app.id === app_id),
        );
      const { items, headers } = page(call, fitting);
      return {
        status: 200,
        headers,
        body: { total_count: fitting.length, check_runs: items.map(({ json }) => json) },
      };
    },
  },
};

/** Nobody but an App says what a check came to; `GITHUB_TOKEN` is one of the App that runs workflows. */
function appOf(actor: Actor): App {
  if (actor.kind !== 'installation') throw new Refusal(403, 'You must authenticate via a GitHub App.');
  return actor.app;
}

function demandConclusion({ status, conclusion }: CheckChange): void {
  if (status === 'completed' && conclusion === undefined) {
    throw invalid({ resource: 'CheckRun', field: 'conclusion', code: 'missing_field' });
  }
}

/** An App asks for its own alone. */
function demandOwn(actor: Actor, suite: CheckSuite): void {
  if (appOf(actor) !== suite.app) throw new Refusal(403, 'This check run is not rerequestable');
}

function suiteOf({
  repository,
  params,
}: Pick<Call, 'repository'> & { readonly params: { readonly check_suite_id: number } }): CheckSuite {
  const suite = repository.checks.suites.find(({ id }) => id === params.check_suite_id);
  if (!suite) throw notFound();
  return suite;
}

function runOf({
  repository,
  params,
}: Pick<Call, 'repository'> & { readonly params: { readonly check_run_id: number } }): CheckRun {
  const run = repository.checks.find(params.check_run_id);
  if (!run) throw notFound();
  return run;
}
