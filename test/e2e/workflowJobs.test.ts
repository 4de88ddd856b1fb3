import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { openWorld } from '../github/actions/world.ts';

import type { WorkflowRun } from '../github/state/actions.ts';
import type { World } from '../github/actions/world.ts';

let world: World;

beforeEach(async () => {
  world = await openWorld({ scale: 0.02 });
});

afterEach(async () => {
  await world.close();
});

const conclusions = (run: WorkflowRun): Record<string, string | undefined> =>
  Object.fromEntries(run.jobs.map((job) => [job.name, job.conclusion]));
const log = (run: WorkflowRun, job: string): string =>
  run
    .job(job)
    .steps.flatMap((step) => step.log)
    .join('\n');

describe('jobs', () => {
  it('wait for what they need, see its results and outputs, and are skipped where it failed', async () => {
    const run = await world.run(`
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    outputs: { x: "\${{ steps.s.outputs.x }}", many: "\${{ steps.s.outputs.many }}" }
    steps:
      - id: s
        run: |
          echo x=1 >> $GITHUB_OUTPUT
          printf 'many<<E\\none\\ntwo\\nE\\n' >> $GITHUB_OUTPUT
  b: { runs-on: ubuntu-latest, needs: a, steps: [{ run: "exit 3" }] }
  c: { runs-on: ubuntu-latest, needs: b, steps: [{ run: echo }] }
  d: { runs-on: ubuntu-latest, needs: [c], if: failure(), steps: [{ run: "echo d" }] }
  e: { runs-on: ubuntu-latest, needs: [a, c], if: always(), steps: [{ run: "echo \${{ needs.a.outputs.x }}, \${{ needs.c.result }}, \${{ toJSON(needs.a.outputs.many) }}" }] }
  f: { runs-on: ubuntu-latest, needs: e, steps: [{ run: echo }] }
  g: { runs-on: ubuntu-latest, needs: a, if: "needs.a.outputs.x == '2'", steps: [{ run: echo }] }
`);
    expect(conclusions(run)).toEqual({
      a: 'success',
      b: 'failure',
      c: 'skipped',
      d: 'success',
      e: 'success',
      f: 'skipped',
      g: 'skipped',
    });
    expect(log(run, 'e')).toContain('1, skipped, one\\ntwo');
    expect(run.conclusion).toBe('failure');
  });

  it('go on after a step that failed only where its condition says so', async () => {
    const run = await world.run(`
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - { id: soft, run: exit 1, continue-on-error: true }
      - run: echo "soft \${{ steps.soft.outcome }} \${{ steps.soft.conclusion }} \${{ job.status }}"
      - { id: hard, run: exit 7 }
      - { name: never, run: echo never }
      - { name: on failure, if: failure(), run: "echo now \${{ job.status }}" }
      - { name: on failure of soft, if: "failure() && steps.soft.outcome == 'success'", run: echo }
      - { name: anyway, if: "!cancelled()", run: echo }
`);
    const steps = Object.fromEntries(run.job('a').steps.map((step) => [step.name, step.conclusion]));
    expect(steps).toMatchObject({
      never: 'skipped',
      'on failure': 'success',
      'on failure of soft': 'skipped',
      anyway: 'success',
    });
    expect(log(run, 'a')).toContain('soft failure success success');
    expect(log(run, 'a')).toContain('now failure');
    expect(log(run, 'a')).toContain('##[error]Process completed with exit code 7.');
    expect(run.conclusion).toBe('failure');
  });

  it('that may fail leave the run a success', async () => {
    const run = await world.run(`
on: push
jobs:
  a: { runs-on: ubuntu-latest, continue-on-error: true, steps: [{ run: exit 1 }] }
  b: { runs-on: ubuntu-latest, needs: a, steps: [{ run: "echo \${{ needs.a.result }}" }] }
`);
    expect(conclusions(run)).toEqual({ a: 'failure', b: 'success' });
    expect(run.conclusion).toBe('success');
  });

  it('of a matrix run once for each value, and give their outputs together', async () => {
    const run = await world.run(`
on: push
jobs:
  list:
    runs-on: ubuntu-latest
    outputs: { models: "\${{ steps.s.outputs.models }}" }
    steps: [{ id: s, run: "echo 'models=[\\"churn\\", \\"digits\\"]' >> $GITHUB_OUTPUT" }]
  train:
    needs: list
    name: train \${{ matrix.model }}
    runs-on: ubuntu-latest
    strategy: { matrix: { model: "\${{ fromJSON(needs.list.outputs.models) }}" } }
    outputs: { "last": "\${{ steps.s.outputs.last }}" }
    steps: [{ id: s, run: "echo last=\${{ matrix.model }}-\${{ strategy.job-index }}-\${{ strategy.job-total }} >> $GITHUB_OUTPUT" }]
  after: { needs: train, runs-on: ubuntu-latest, steps: [{ run: "echo \${{ needs.train.outputs.last }}" }] }
`);
    expect(conclusions(run)).toEqual({
      list: 'success',
      'train churn': 'success',
      'train digits': 'success',
      after: 'success',
    });
    expect(log(run, 'after')).toContain('digits-1-2');
  });

  it('of a matrix are cancelled with the first that fails, unless fail-fast is off', async () => {
    const file = (failFast: boolean): string => `
on: push
jobs:
  train:
    runs-on: ubuntu-latest
    strategy: { fail-fast: ${failFast}, matrix: { n: [1, 2] } }
    steps: [{ run: "if [ \${{ matrix.n }} = 1 ]; then exit 1; else sleep 1; fi" }]
`;
    expect(conclusions(await world.run(file(true)))).toEqual({ 'train (1)': 'failure', 'train (2)': 'cancelled' });
    expect(conclusions(await world.run(file(false)))).toEqual({ 'train (1)': 'failure', 'train (2)': 'success' });
  });

  it('of a matrix run no more at once than max-parallel', async () => {
    const run = await world.run(`
on: push
jobs:
  train:
    runs-on: ubuntu-latest
    strategy: { max-parallel: 1, matrix: { n: [1, 2, 3] } }
    env: { AT: "${world.github.folder}/at" }
    steps: [{ run: 'mkdir $AT && sleep 0.1 && rmdir $AT' }]
`);
    expect(run.conclusion).toBe('success');
  });

  it('have their environment from workflow, job, step and files, and their folders', async () => {
    world.repository.actions.variables.set('REGION', 'eu');
    const run = await world.run(`
on: push
env: { A: w, B: w, C: w }
defaults: { run: { shell: bash } }
jobs:
  a:
    runs-on: ubuntu-latest
    env: { B: j, C: "\${{ vars.REGION }}j" }
    defaults: { run: { working-directory: sub } }
    steps:
      - { run: "mkdir -p sub; echo E=file >> $GITHUB_ENV; echo $RUNNER_TEMP/bin >> $GITHUB_PATH; mkdir $RUNNER_TEMP/bin; printf '#!/bin/sh\\necho tool' > $RUNNER_TEMP/bin/my-tool; chmod +x $RUNNER_TEMP/bin/my-tool", working-directory: . }
      - { run: "echo $A $B $C $D $E \${{ env.E }} \${{ vars.REGION }} $CI $(basename $PWD); my-tool", env: { D: "\${{ env.C }}s" } }
      - run: false | true
      - { if: always(), shell: python, run: "import sys; print('py', 1 + 1)" }
`);
    expect(log(run, 'a')).toContain('w j euj eujs file file eu true sub\ntool');
    // `shell: bash` brings pipefail.
    expect(run.job('a').conclusion).toBe('failure');
  });

  it('say things of lines, write summaries, and show nothing that is masked', async () => {
    world.repository.actions.secrets.set('KEY', 's3cret-one\ns3cret-two');
    const run = await world.run(`
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    outputs: { open: "\${{ steps.s.outputs.open }}", hidden: "\${{ steps.s.outputs.hidden }}" }
    steps:
      - id: s
        env: { KEY: "\${{ secrets.KEY }}", TOKEN: "\${{ github.token }}" }
        run: |
          M="made"-up
          echo "::add-mask::$M"
          echo "::error file=schema.yml,line=3::$M is wrong"
          echo "$KEY and $TOKEN and $M"
          echo "# $M, but well" >> $GITHUB_STEP_SUMMARY
          echo open=yes >> $GITHUB_OUTPUT
          echo hidden=$M >> $GITHUB_OUTPUT
          for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "::warning::$i"; done
`);
    const job = run.job('a');
    expect(run.annotations[0]).toEqual({ level: 'error', file: 'schema.yml', line: 3, message: '*** is wrong' });
    const step = job.steps.find(({ id }) => id === 's');
    expect(step?.annotations.filter(({ level }) => level === 'warning')).toHaveLength(10);
    expect(step?.summary).toBe('# ***, but well\n');
    expect(job.outputs).toEqual({ open: 'yes' });
    expect(log(run, 'a')).toContain('***\n*** and *** and ***');
    expect(run.log).not.toMatch(/s3cret|made-up|ghs_/);
  });

  it('end when their time is over; steps that run in any case still run', async () => {
    const run = await world.run(`
on: push
jobs:
  job:
    runs-on: ubuntu-latest
    timeout-minutes: 0.5
    steps: [{ run: sleep 30 }, { name: clean, if: always(), run: echo cleaned }]
  step:
    runs-on: ubuntu-latest
    steps: [{ run: sleep 30, timeout-minutes: 0.2 }, { name: clean, if: failure(), run: echo cleaned }]
`);
    expect(conclusions(run)).toEqual({ job: 'cancelled', step: 'failure' });
    for (const job of ['job', 'step']) expect(log(run, job)).toContain('\ncleaned');
    expect(run.annotations.map(({ message }) => message).join('\n')).toMatch(
      /exceeded the maximum execution time of 0.5 minutes/,
    );
    expect(run.annotations.map(({ message }) => message).join('\n')).toMatch(/has timed out after 0.2 minutes/);
  });

  it('leave no process behind', async () => {
    const run = await world.run(`
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps: [{ run: 'sleep 300 & echo $! > ${world.github.folder}/pid' }]
`);
    const pid = Number(await readFile(`${world.github.folder}/pid`, 'utf8'));
    expect(log(run, 'a')).toContain(`Terminate orphan process: pid (${pid})`);
    // Gone, or dead and not yet taken note of.
    const state = (): Promise<string> => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => 'gone');
    await vi.waitFor(async () => expect(await state()).toMatch(/gone|\) [ZX] /));
  });
});

describe('what the runner does not know', () => {
  it.each([
    ['an action', 'steps: [{ uses: actions/setup-python@v6 }]', 'uses: actions/setup-python@v6: the runner has'],
    [
      'a version of an action',
      'steps: [{ uses: actions/checkout@v4 }]',
      'uses: actions/checkout@v4: the stand-in has the inputs of',
    ],
    [
      'an input of an action',
      'steps: [{ uses: actions/checkout@v7.0.1, with: { submodules: true } }]',
      'does not carry out the input submodules',
    ],
    ['a shell', 'steps: [{ run: x, shell: pwsh }]', 'shell: pwsh: the runner knows'],
    ['a function', 'steps: [{ run: "echo ${{ hashFiles(\'x\') }}" }]', 'hashFiles'],
    ['a command', 'steps: [{ run: "echo ::set-output name=a::b" }]', '::set-output:: is not known'],
    ['a permission', 'permissions: { discussions: write }\n    steps: [{ run: x }]', 'permissions.discussions'],
    ['an empty matrix', 'strategy: { matrix: { a: [] } }\n    steps: [{ run: x }]', 'does not contain any values'],
  ])('is an error of the test: %s', async (_, job, problem) => {
    const file = `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    ${job}\n`;
    await expect(world.run(file)).rejects.toThrow(problem);
    expect(world.actions.problems.join()).toContain(problem);
  });

  it('is an error where a file cannot be read, and a run that failed to start', async () => {
    await expect(
      world.run('name: broken\non: push\njobs: { a: { runs-on: x, container: y, steps: [{ run: x }] } }'),
    ).rejects.toThrow('container');
    expect(world.actions.latest(world.repository, 'broken').conclusion).toBe('startup_failure');
  });

  it('is an error where no runner has the labels of a job', async () => {
    const file = 'name: gpu\non: push\njobs: { train: { runs-on: [self-hosted, gpu], steps: [{ run: echo }] } }';
    await expect(world.run(file)).rejects.toThrow(
      /train: queued, waits for a runner \[self-hosted, gpu\]\nRunners: GitHub Actions/,
    );
    world.actions.runners.register({ name: 'gpu-1', labels: ['self-hosted', 'linux', 'GPU'], kind: 'self-hosted' });
    await world.actions.idle();
    expect(world.actions.latest(world.repository, 'gpu').job('train').runner).toEqual({ id: 2, name: 'gpu-1' });
  });
});
