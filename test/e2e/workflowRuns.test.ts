import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openGitHub } from '../../src/adapters/github/gitHubClient.ts';
import { openWorld } from '../github/actions/world.ts';

import type { WorkflowRun } from '../github/state/actions.ts';
import type { World } from '../github/actions/world.ts';

let world: World;
const where = { owner: 'octocat', repo: 'churn' };

beforeEach(async () => {
  world = await openWorld({ scale: 0.02 });
});

afterEach(async () => {
  await world.close();
});

const client = (): ReturnType<typeof openGitHub>['rest'] =>
  openGitHub({ baseUrl: world.github.apiUrl, token: world.github.token({ user: world.owner }) }).rest;
const states = (name: string): (string | undefined)[] =>
  world.actions.runsOf(world.repository, name).map((run) => run.conclusion ?? run.status);
const start = async (name: string, how: Promise<unknown>): Promise<WorkflowRun> => {
  await how;
  await world.actions.until(() => world.actions.runsOf(world.repository, name).at(-1)?.status === 'in_progress');
  return world.actions.latest(world.repository, name);
};

/** Runs until a file is there. */
const waits = (name: string, concurrency: string, more = ''): string => `
name: ${name}
on: { push: { branches: ["${name}**"] } }
concurrency: ${concurrency}
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: until [ -e ${world.github.folder}/go ]; do sleep 0.05; done
${more}`;
const go = (): Promise<unknown> => world.repository.run(['init', '--quiet', '--bare', `${world.github.folder}/go`]);

describe('concurrency', () => {
  it('keeps one run and the newest that waits', async () => {
    await world.workflows({ 'w.yml': waits('w', '{ group: "w-${{ github.repository }}" }') });
    await start('w', world.repository.commit('w1', { a: '1' }));
    for (const branch of ['w2', 'w3']) await world.repository.commit(branch, { a: branch });
    await world.actions.until(() => states('w').join() === 'in_progress,cancelled,pending');
    await go();
    await world.actions.idle();
    expect(states('w')).toEqual(['success', 'cancelled', 'success']);
  });

  it('ends what runs with cancel-in-progress, of its own group only', async () => {
    await world.workflows({ 'w.yml': waits('w', '{ group: "${{ github.ref }}", cancel-in-progress: true }') });
    const first = await start('w', world.repository.commit('w1', { a: '1' }));
    await start('w', world.repository.commit('w2', { a: '1' }));
    await world.repository.commit('w1', { a: '2' });
    await world.actions.until(() => states('w').join() === 'cancelled,in_progress,in_progress');
    expect(first.job('a').conclusion).toBe('cancelled');
    await go();
    await world.actions.idle();
    expect(states('w')).toEqual(['cancelled', 'success', 'success']);
  });

  it('loses none with queue: max, one after the other', async () => {
    const more = `      - run: mkdir ${world.github.folder}/at && sleep 0.1 && rmdir ${world.github.folder}/at\n`;
    await world.workflows({ 'w.yml': waits('w', '{ group: w, queue: max }', more) });
    for (const branch of ['w1', 'w2', 'w3', 'w4']) await world.repository.commit(branch, { a: branch });
    await go();
    await world.actions.idle();
    expect(states('w')).toEqual(['success', 'success', 'success', 'success']);
  });

  it('of a job holds the job alone', async () => {
    const job = `{ runs-on: ubuntu-latest, concurrency: { group: one, queue: max }, steps: [{ run: 'mkdir ${world.github.folder}/at && sleep 0.1 && rmdir ${world.github.folder}/at' }] }`;
    const run = await world.run(`on: push\njobs:\n  a: ${job}\n  b: ${job}\n  c: ${job}\n`);
    expect(run.conclusion).toBe('success');
  });

  it('knows no queue: max together with cancel-in-progress', async () => {
    await expect(
      world.run(
        'on: push\nconcurrency: { group: a, queue: max, cancel-in-progress: true }\njobs: { a: { runs-on: ubuntu-latest, steps: [{ run: x }] } }',
      ),
    ).rejects.toThrow('exclude each other');
  });
});

describe('cancelling a run', () => {
  it('sends SIGINT, then SIGTERM, then kills, and runs what always runs', async () => {
    const file = (text: string): string => `${world.github.folder}/${text}`;
    await world.workflows({
      'w.yml': `
name: w
on: push
jobs:
  polite:
    runs-on: ubuntu-latest
    steps:
      - run: |
          trap 'echo saved; exit 3' INT
          touch ${file('polite')}; while :; do sleep 0.02; done
      - { name: clean, if: always(), run: "echo clean \${{ job.status }}" }
      - { name: never, run: echo never }
      - { name: unless, if: "!cancelled()", run: echo never }
  slow:
    runs-on: ubuntu-latest
    steps:
      - run: |
          trap 'date +%s%N >> ${file('int')}' INT
          trap 'date +%s%N >> ${file('term')}' TERM
          touch ${file('slow')}; while :; do sleep 0.02; done
  kept: { runs-on: ubuntu-latest, if: always(), steps: [{ if: always(), run: "touch ${file('kept')}; sleep 0.3; echo kept" }] }
  after: { runs-on: ubuntu-latest, needs: polite, steps: [{ run: echo never }] }
  report: { runs-on: ubuntu-latest, needs: [polite, slow], if: always(), steps: [{ run: "echo \${{ needs.polite.result }}" }] }
`,
    });
    await world.actions.until(() => ['polite', 'slow', 'kept'].every((name) => existsSync(file(name))));
    const run = world.actions.latest(world.repository, 'w');
    const { status } = await client().actions.cancelWorkflowRun({ ...where, run_id: run.id });
    expect(status).toBe(202);
    await world.actions.idle();

    const of = (name: string): string | undefined => run.job(name).conclusion;
    expect(['polite', 'slow', 'kept', 'after', 'report'].map(of)).toEqual([
      'cancelled',
      'cancelled',
      'success',
      'skipped',
      'success',
    ]);
    expect(run.conclusion).toBe('cancelled');
    expect(run.log).toContain('saved\n##[error]The operation was canceled.\necho clean cancelled\nclean cancelled');
    expect(run.log).toContain('\nkept');
    expect(run.log).not.toContain('\nnever');
    const [int, term] = await Promise.all(
      [file('int'), file('term')].map(async (path) => Number(await readFile(path, 'utf8'))),
    );
    // 7.5 s at a scale of 0.02.
    expect(((term ?? 0) - (int ?? 0)) / 1e6).toBeGreaterThan(100);
    await expect(client().actions.cancelWorkflowRun({ ...where, run_id: run.id })).rejects.toMatchObject({
      status: 409,
    });
  });

  it('reaches jobs that wait for a runner', async () => {
    await world.workflows({ 'w.yml': 'name: w\non: push\njobs: { a: { runs-on: gpu, steps: [{ run: echo }] } }' });
    await world.actions.until(() => world.actions.runsOf(world.repository, 'w').length === 1);
    await world.actions.until(() => world.actions.latest(world.repository, 'w').jobs.length === 1);
    world.actions.cancel(world.actions.latest(world.repository, 'w'));
    await world.actions.idle();
    expect(states('w')).toEqual(['cancelled']);
  });
});

describe('a self-hosted runner', () => {
  it('takes one job at a time and keeps its tool cache, but no temporary files', async () => {
    world.actions.runners.register({ name: 'gpu-1', labels: ['gpu'], kind: 'self-hosted', env: { GPU: 'H200' } });
    const job = `{ runs-on: [gpu], steps: [{ run: 'mkdir ${world.github.folder}/at; sleep 0.1; rmdir ${world.github.folder}/at; echo $GPU $(ls $RUNNER_TOOL_CACHE) $(ls $RUNNER_TEMP | grep -c left); touch $RUNNER_TOOL_CACHE/tool $RUNNER_TEMP/left' }] }`;
    const run = await world.run(`on: push\njobs:\n  a: ${job}\n  b: ${job}\n`);
    expect(run.conclusion).toBe('success');
    expect(run.log.match(/^H200.*$/gm)?.toSorted()).toEqual(['H200 0', 'H200 tool 0']);
  });
});

describe('the API', () => {
  it('lists workflows, runs by what they are, jobs, logs and artifacts, all as GitHub describes them', async () => {
    await world.workflows({
      'w.yml': `
name: w
run-name: Train \${{ github.ref_name }}
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: echo hello > a
      - { uses: actions/upload-artifact@v7.0.1, with: { path: a, name: kept, retention-days: 3 } }
  b: { runs-on: ubuntu-latest, needs: a, if: "false", steps: [{ run: echo }] }
`,
    });
    await world.repository.commit('dev', { a: 'a' });
    await world.actions.idle();
    const { actions } = client();
    const [main, dev] = world.actions.runsOf(world.repository, 'w') as [WorkflowRun, WorkflowRun];
    const ids = async (filter: object): Promise<number[]> =>
      (await actions.listWorkflowRunsForRepo({ ...where, ...filter })).data.workflow_runs.map(({ id }) => id);
    expect(await ids({})).toEqual([dev.id, main.id]);
    expect(await ids({ branch: 'dev' })).toEqual([dev.id]);
    expect(await ids({ head_sha: main.origin.headSha })).toEqual([main.id]);
    expect(await ids({ event: 'pull_request' })).toEqual([]);
    expect(await ids({ status: 'success' })).toEqual([dev.id, main.id]);
    expect(await ids({ status: 'queued' })).toEqual([]);
    const { data: run } = await actions.getWorkflowRun({ ...where, run_id: dev.id });
    expect(run).toMatchObject({
      path: '.github/workflows/w.yml',
      head_branch: 'dev',
      display_title: 'Train dev',
      run_attempt: 1,
    });
    expect((await actions.getWorkflow({ ...where, workflow_id: 'w.yml' })).data).toMatchObject({
      name: 'w',
      id: run.workflow_id,
    });
    expect((await actions.listRepoWorkflows(where)).data.total_count).toBe(1);

    const { data: jobs } = await actions.listJobsForWorkflowRun({ ...where, run_id: dev.id });
    expect(jobs.jobs.map(({ name, conclusion }) => [name, conclusion])).toEqual([
      ['a', 'success'],
      ['b', 'skipped'],
    ]);
    const log = await actions.downloadJobLogsForWorkflowRun({ ...where, job_id: jobs.jobs[0]?.id ?? 0 });
    expect(String(log.data)).toContain('echo hello > a');

    const { data: artifacts } = await actions.listWorkflowRunArtifacts({ ...where, run_id: dev.id });
    expect(artifacts.artifacts).toMatchObject([{ name: 'kept', expired: false, workflow_run: { id: dev.id } }]);
    const zip = { ...where, artifact_id: artifacts.artifacts[0]?.id ?? 0, archive_format: 'zip' };
    const { data } = await actions.downloadArtifact(zip);
    expect(
      Buffer.from(data as ArrayBuffer)
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');
    await actions.deleteArtifact({ ...where, artifact_id: zip.artifact_id });
    expect((await actions.listArtifactsForRepo(where)).data.artifacts.map((each) => each.workflow_run?.id)).toEqual([
      main.id,
    ]);
  });

  it('dispatches a workflow with its inputs, and says which run that is', async () => {
    await world.workflows({
      'w.yml': `
name: w
on: { workflow_dispatch: { inputs: { run: { required: true }, dry: { type: boolean, default: true } } } }
jobs: { a: { runs-on: ubuntu-latest, steps: [{ run: "echo got \${{ inputs.run }} \${{ inputs.dry && 'dry' }} \${{ github.event.inputs.dry }} $GITHUB_REF" }] } }
`,
    });
    const { actions } = client();
    const call = { ...where, workflow_id: 'w.yml', ref: 'main' };
    const { data } = await actions.createWorkflowDispatch({ ...call, inputs: { run: '12' }, return_run_details: true });
    await world.actions.idle();
    const run = world.actions.latest(world.repository, 'w');
    expect(data).toMatchObject({ workflow_run_id: run.id });
    expect(run.log).toContain('got 12 dry true refs/heads/main');
    await expect(actions.createWorkflowDispatch(call)).rejects.toMatchObject({ status: 422 });
    await expect(actions.createWorkflowDispatch({ ...call, ref: 'gone' })).rejects.toMatchObject({ status: 422 });
    await expect(actions.createWorkflowDispatch({ ...call, workflow_id: 'x.yml' })).rejects.toMatchObject({
      status: 404,
    });
  });

  it('runs a run again: all of it, or what failed and what needs that', async () => {
    await world.workflows({
      'w.yml': `
name: w
on: push
jobs:
  a: { runs-on: ubuntu-latest, outputs: { at: "\${{ steps.s.outputs.at }}" }, steps: [{ id: s, run: "echo at=$GITHUB_RUN_ATTEMPT >> $GITHUB_OUTPUT" }] }
  b: { runs-on: ubuntu-latest, needs: a, steps: [{ run: "echo a was \${{ needs.a.outputs.at }}, now $GITHUB_RUN_ATTEMPT $GITHUB_TRIGGERING_ACTOR; [ -e ${world.github.folder}/go ]" }] }
  c: { runs-on: ubuntu-latest, needs: b, steps: [{ run: echo }] }
`,
    });
    await world.actions.idle();
    const run = world.actions.latest(world.repository, 'w');
    expect(run.conclusion).toBe('failure');
    await go();
    const other = world.github.createUser('maintainer');
    world.repository.allow(other, 'write');
    const rest = openGitHub({ baseUrl: world.github.apiUrl, token: world.github.token({ user: other }) }).rest.actions;
    await rest.reRunWorkflowFailedJobs({ ...where, run_id: run.id });
    await world.actions.idle();
    expect(run).toMatchObject({
      conclusion: 'success',
      origin: { actor: world.owner },
      attempt: { number: 2, triggeringActor: other },
    });
    expect(run.log).toContain('a was 1, now 2 maintainer');
    await rest.reRunWorkflow({ ...where, run_id: run.id });
    await world.actions.idle();
    expect(run.log).toContain('a was 3, now 3 maintainer');
    await rest.reRunJobForWorkflowRun({ ...where, job_id: run.job('b').id });
    await world.actions.idle();
    expect(run.jobs.map(({ name, attempt }) => [name, attempt])).toEqual([
      ['a', 3],
      ['b', 4],
      ['c', 4],
    ]);
    expect(run.log).toContain('a was 3, now 4 maintainer');
    const { data: first } = await rest.getWorkflowRunAttempt({ ...where, run_id: run.id, attempt_number: 1 });
    expect(first).toMatchObject({ conclusion: 'failure', run_attempt: 1 });
    const { data: all } = await rest.listJobsForWorkflowRun({ ...where, run_id: run.id, filter: 'all' });
    expect(all.total_count).toBe(12);
  });

  it('tells of runs and jobs as they go', async () => {
    const told: string[] = [];
    for (const name of ['workflow_run', 'workflow_job']) {
      world.github.on(name, ({ payload }) => {
        const { status, conclusion } = payload[name] as { status: string; conclusion: string | null };
        told.push(`${name} ${String(payload['action'])} ${status} ${conclusion ?? '-'}`);
      });
    }
    await world.run('name: w\non: push\njobs: { a: { runs-on: ubuntu-latest, steps: [{ run: exit 1 }] } }');
    expect(told).toEqual([
      'workflow_run requested queued -',
      'workflow_job queued queued -',
      'workflow_run in_progress in_progress -',
      'workflow_job in_progress in_progress -',
      'workflow_job completed completed failure',
      'workflow_run completed completed failure',
    ]);
    expect(world.github.violations).toEqual([]);
  });
});

describe('what starts a run', () => {
  it('is a merge group, on its own commit', async () => {
    await world.workflows({
      'w.yml':
        'name: w\non: merge_group\njobs: { a: { runs-on: ubuntu-latest, steps: [{ run: "echo $GITHUB_REF $GITHUB_SHA" }] } }',
    });
    await world.repository.commit('change', { a: 'a' });
    const pull = await world.propose('change');
    const entry = await world.repository.mergeQueue.enqueue(pull, { kind: 'user', account: world.owner, token: '' });
    await world.actions.idle();
    const run = world.actions.latest(world.repository, 'w');
    expect(run.log).toContain(`${entry.headRef} ${entry.headSha}`);
    expect(run.origin).toMatchObject({ headSha: entry.headSha, event: 'merge_group' });
  });

  it('is a time of its schedule, on the default branch', async () => {
    await world.workflows({
      'w.yml':
        'name: w\non: { schedule: [{ cron: "0 3 * * *" }] }\njobs: { a: { runs-on: ubuntu-latest, steps: [{ run: echo }] } }',
    });
    await world.actions.schedule(world.repository, '0 4 * * *');
    await world.actions.schedule(world.repository, '0 3 * * *');
    await world.actions.idle();
    expect(states('w')).toEqual(['success']);
  });
});
