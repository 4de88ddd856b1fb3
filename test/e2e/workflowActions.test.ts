import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openWorld } from '../github/actions/world.ts';

import type { WorkflowRun } from '../github/state/actions.ts';
import type { World } from '../github/actions/world.ts';

const action = `
name: Judge
description: Judges
inputs:
  run: { description: r, required: true }
  Dry Run: { description: d, default: "no" }
  token: { description: t, default: "\${{ github.token }}" }
runs: { using: node24, pre: pre.mjs, main: main.mjs, post: post.mjs, post-if: success() }
`;

const files = {
  'package.json': '{ "repository": { "url": "git+ssh://git@github.com/acme/judge.git" } }',
  'actions/judge/action.yml': action,
  'actions/judge/pre.mjs': `console.log('before all');`,
  'actions/judge/main.mjs': `
import { appendFileSync } from 'node:fs';
const { env } = process;
console.log(['main', env.INPUT_RUN, env.INPUT_DRY_RUN, env.INPUT_TOKEN.slice(0, 4), env.GITHUB_ACTION_REPOSITORY, env.GITHUB_ACTION_REF, process.versions.node.split('.')[0]].join(' '));
console.log('token in the environment:', Object.keys(env).filter((key) => key !== 'INPUT_TOKEN' && env[key] === env.INPUT_TOKEN).join());
appendFileSync(env.GITHUB_STATE, 'started=' + env.INPUT_RUN + '\\n');
appendFileSync(env.GITHUB_OUTPUT, 'verdict=accepted\\n');
if (env.INPUT_RUN === 'fail') process.exitCode = 1;
`,
  'actions/judge/post.mjs': `console.log('after all, started', process.env.STATE_started, process.env.INPUT_RUN);`,
};

let world: World;
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'action-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  world = await openWorld({ touchstone: root });
});

afterEach(async () => {
  await world.close();
  await rm(root, { recursive: true });
});

const judge = (given: string, more = ''): Promise<WorkflowRun> =>
  world.run(`
on: push
jobs:
  judge:
    runs-on: ubuntu-latest
    outputs: { verdict: "\${{ steps.judge.outputs.verdict }}" }
    steps:
      - run: echo first
      - { id: judge, uses: acme/judge/actions/judge@0123456789012345678901234567890123456789, with: ${given} }
      - run: echo last
${more}`);

describe('an action of the working tree', () => {
  it('runs on Node 24 with its inputs, before, in and after its step', async () => {
    const run = await judge('{ run: 12 }');
    const job = run.job('judge');
    expect(job.outputs).toEqual({ verdict: 'accepted' });
    const log = job.steps.map(
      (step) => `${step.name}: ${step.log.filter((line) => !line.startsWith('echo')).join('|')}`,
    );
    expect(log).toEqual([
      "Set up job: Runner name: 'GitHub Actions'",
      'Pre Run acme/judge/actions/judge@0123456789012345678901234567890123456789: before all',
      'Run echo first: first',
      'Run acme/judge/actions/judge@0123456789012345678901234567890123456789: main 12 no ghs_ acme/judge 0123456789012345678901234567890123456789 24|token in the environment: ',
      'Run echo last: last',
      'Post Run acme/judge/actions/judge@0123456789012345678901234567890123456789: after all, started 12 12',
      'Complete job: ',
    ]);
  });

  it('is told of inputs that it does not have, and misses none that it must have', async () => {
    const run = await judge('{ run: 12, runs: 13 }');
    expect(run.annotations).toEqual([
      { level: 'warning', message: "Unexpected input(s) 'runs', valid inputs are ['run', 'Dry Run', 'token']" },
    ]);
    await expect(judge('{ dry run: yes }')).rejects.toThrow('the input run is required');
  });

  it('has no post step where its condition does not hold', async () => {
    const run = await judge('{ run: fail }');
    expect(run.conclusion).toBe('failure');
    expect(run.job('judge').steps.map((step) => step.name)).not.toContainEqual(expect.stringMatching(/^Post/));
  });

  it('can lie in the checkout', async () => {
    await world.repository.commit('main', {
      '.github/hello/action.yml': 'name: h\ndescription: h\nruns: { using: node24, main: main.mjs }',
      '.github/hello/main.mjs': 'console.log("hello from " + process.env.GITHUB_REPOSITORY)',
    });
    const run = await world.run(`
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps: [{ uses: actions/checkout@v7.0.1 }, { uses: ./.github/hello }]
`);
    expect(run.log).toContain('hello from octocat/churn');
  });
});
