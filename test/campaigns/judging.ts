import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { ZipFile } from 'yazl';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { parseHeadJudgement } from '../../src/pullRequest/headJudgementDocument.ts';
import type { HeadJudgement } from '../../src/pullRequest/headJudgement.ts';
import { PULL_REQUEST_WORKFLOW } from '../../src/pullRequest/identifyRun.ts';
import { linear, model } from '../adapters/onnxGraph.ts';
import { fillToolCache } from '../fakes/toolCache.ts';
import { GitHub } from '../github/gitHub.ts';
import { WorkflowRun } from '../github/state/actions.ts';
import type { StandInRepository } from '../github/state/repository.ts';

const DIST = path.resolve(import.meta.dirname, '../../dist');

/** Reads its weights from a file beside it, so that a test says how good the model is. */
const TRAIN = `
import { copyFileSync } from 'node:fs';
copyFileSync('model.bin', process.env.TOUCHSTONE_OUTPUT_DIR + '/model.onnx');
`;

/** Says yes where \`a\` is greater than \`b\`, give or take what \`b\` weighs. */
const weighing = (b: number): Uint8Array => {
  const weights = [
    [-1, 1],
    [b, -b],
  ];
  return model(linear(weights, [0, 0], 'softmax'));
};

const CONFIG = stringify({
  version: 1,
  registry: 'github:',
  models: {
    churn: {
      task: 'binary',
      target: 'y',
      positive: 'yes',
      classes: ['no', 'yes'],
      features: ['a', 'b'],
      data: { train: 'data/train.csv', holdout: 'data/holdout.csv', schema: 'schema.yml' },
      train: { command: ['node', 'train.mjs'], inputs: ['train.mjs', 'model.bin'], output: 'model.onnx' },
      metrics: ['accuracy'],
      gates: [{ metric: 'accuracy', min: 0.8, maxRegression: 0.1 }],
      promote: { requires: 'advisory' },
    },
  },
});

function rows(from: number, to: number): string {
  const lines = Array.from({ length: to - from }, (_, index) => {
    const row = from + index;
    const [a, b] = [(row * 7919) % 1009, (row * 104729) % 997];
    return `${a},${b},${a > b ? 'yes' : 'no'}`;
  });
  return `a,b,y\n${lines.join('\n')}\n`;
}

const MAIN = {
  'touchstone.yml': CONFIG,
  'schema.yml': stringify({ version: 1, columns: { a: 'integer', b: 'integer', y: 'string' } }),
  'data/train.csv': rows(0, 400),
  'data/holdout.csv': rows(400, 1200),
  'train.mjs': TRAIN,
  'model.bin': weighing(1),
};

/** How a judging job ended. */
export interface Judged {
  readonly exitCode: number | undefined;
  readonly log: string;
  readonly reason: string;
  /** What it left, where it left something. */
  readonly judgement?: HeadJudgement;
}

/** A pull request whose head was trained, on a GitHub with a registry and a champion, and the bundle that judges. */
export class Judging {
  readonly github: GitHub;
  readonly repository: StandInRepository;
  readonly #folder: string;
  readonly #main: string;
  readonly #run: WorkflowRun;
  readonly #token: string;
  #jobs = 0;

  /** @param weight how the head's model weighs one of its columns: the champion's weighs both alike. */
  static async begin(weight = 0.99): Promise<Judging> {
    const github = await GitHub.start();
    const owner = github.createUser('ada');
    const repository = await github.createRepository('churn', { owner });
    const main = await repository.commit('main', MAIN);
    const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'touchstone-judging-')));
    // A copy: what is built meanwhile changes nothing here.
    for (const name of ['dist', 'tools', 'jobs']) await mkdir(path.join(folder, name));
    await cp(DIST, path.join(folder, 'dist'), { recursive: true });
    await fillToolCache(path.join(folder, 'tools'));
    const checkout = path.join(folder, 'checkout');
    await execa('git', ['clone', '-q', '--no-local', repository.git, checkout]);
    const touchstone = async (...args: readonly string[]): Promise<string> => {
      const token = github.token({ user: owner });
      const { stdout } = await execa(process.execPath, [path.join(DIST, 'touchstone.js'), ...args], {
        cwd: path.join(folder, 'clone'),
        env: { GITHUB_API_URL: github.apiUrl, GITHUB_REPOSITORY: repository.fullName, GITHUB_TOKEN: token, CI: '' },
      });
      return stdout;
    };
    await execa('git', ['clone', '-q', '--no-local', repository.git, path.join(folder, 'clone')]);
    await touchstone('run', '--json');
    await touchstone('register');
    await touchstone('promote', 'churn@v1');

    const head = await repository.commit('deeper', { 'model.bin': weighing(weight) });
    await execa('git', ['-C', path.join(folder, 'clone'), 'fetch', '-q']);
    await execa('git', ['-C', path.join(folder, 'clone'), 'checkout', '-q', head]);
    const [, candidate = ''] = /: (\/.*)$/m.exec(await touchstone('train')) ?? [];
    const run = runOf(repository, head);
    await leave(run, 'touchstone-candidate-churn-1', await zipOf(candidate));
    const token = github.token({
      workflowOf: repository,
      permissions: { contents: 'read', actions: 'read', pull_requests: 'read' },
    });
    github.leave(token, 1_000_000);
    github.requests.length = 0;
    return new Judging({ github, repository, folder, main, run, token });
  }

  private constructor(made: {
    readonly github: GitHub;
    readonly repository: StandInRepository;
    readonly folder: string;
    readonly main: string;
    readonly run: WorkflowRun;
    readonly token: string;
  }) {
    this.github = made.github;
    this.repository = made.repository;
    this.#folder = made.folder;
    this.#main = made.main;
    this.#run = made.run;
    this.#token = made.token;
  }

  async close(): Promise<void> {
    await this.github.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Runs the judging job, on a machine of its own, to its end. */
  async judge(): Promise<Judged> {
    this.#jobs += 1;
    const own = path.join(this.#folder, 'jobs', String(this.#jobs));
    await mkdir(own);
    const event = { repository: this.repository.json, workflow_run: { id: this.#run.id, run_attempt: 1 } };
    await writeFile(path.join(own, 'event.json'), JSON.stringify(event));
    await writeFile(path.join(own, 'output'), '');
    const { exitCode, all } = await execa(process.execPath, [path.join(this.#folder, 'dist', 'action-judge.js')], {
      cwd: path.join(this.#folder, 'checkout'),
      reject: false,
      all: true,
      extendEnv: false,
      env: {
        PATH: process.env['PATH'],
        HOME: own,
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        GITHUB_API_URL: this.github.apiUrl,
        GITHUB_EVENT_NAME: 'workflow_run',
        GITHUB_EVENT_PATH: path.join(own, 'event.json'),
        GITHUB_JOB: 'judge',
        GITHUB_REF: 'refs/heads/main',
        GITHUB_REPOSITORY: this.repository.fullName,
        GITHUB_RUN_ATTEMPT: '1',
        GITHUB_RUN_ID: '201',
        GITHUB_SERVER_URL: this.github.url,
        GITHUB_SHA: this.#main,
        GITHUB_OUTPUT: path.join(own, 'output'),
        RUNNER_TEMP: own,
        RUNNER_TOOL_CACHE: path.join(this.#folder, 'tools'),
        INPUT_CONFIG: '',
        INPUT_RUN: String(this.#run.id),
        INPUT_TOKEN: this.#token,
      },
    });
    const output = await readFile(path.join(own, 'output'), 'utf8');
    const [, reason = ''] = /^reason_code<<(?:\S+)\n(.*)\n/m.exec(output) ?? [];
    const left = await readFile(path.join(own, 'touchstone-judge', 'judgement', 'judgement.json')).catch(
      () => undefined,
    );
    await rm(own, { recursive: true });
    const read = left && parseHeadJudgement(left);
    if (read?.kind === 'invalid') throw new Error(read.problems.join('\n'));
    return { exitCode, log: all, reason, ...(read && { judgement: read.value }) };
  }
}

/** A run that trained, as Actions leaves it. */
function runOf(repository: StandInRepository, head: string): WorkflowRun {
  const { github, owner } = repository;
  const workflow = {
    ...{ id: github.nextId('workflow'), path: PULL_REQUEST_WORKFLOW, name: 'touchstone-pr' },
    createdAt: github.time(),
  };
  const run = new WorkflowRun({
    ...{ id: github.nextId('run'), number: 1, repository, workflow, displayTitle: 'Deeper', inputs: {} },
    createdAt: github.time(),
    origin: {
      ...{ event: 'pull_request', payload: {}, ref: 'refs/pull/1/merge', sha: head, workflowSha: head, headSha: head },
      ...{ headBranch: 'deeper', headRepository: repository, baseRef: 'main', headRef: 'deeper', actor: owner },
      ...{ isUntrusted: false, pullRequests: [] },
    },
  });
  const at = github.time();
  run.attempts.push({
    ...{ number: 1, triggeringActor: owner, startedAt: at, updatedAt: at, jobs: [] },
    ...{ status: 'completed', conclusion: 'success' },
  });
  repository.actions.workflows.push(workflow);
  repository.actions.runs.push(run);
  return run;
}

async function leave(run: WorkflowRun, name: string, zip: Buffer): Promise<void> {
  const { repository } = run;
  const { github } = repository;
  const at = github.time();
  repository.actions.artifacts.push({
    ...{ id: github.nextId('artifact'), name, run, zip, digest: `sha256:${digestOfBytes(zip)}` },
    ...{ createdAt: at, expiresAt: at.replace(/^\d{4}/, '2099') },
  });
  await Promise.resolve();
}

async function zipOf(folder: string): Promise<Buffer> {
  const zip = new ZipFile();
  for (const name of await readdir(folder, { recursive: true })) zip.addFile(path.join(folder, name), name);
  zip.end();
  return buffer(zip.outputStream);
}
