import { execFile } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ZipFile } from 'yazl';
import { openGitHub } from '../../src/adapters/github/gitHubClient.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { parseCommitSha, parseRepositoryName } from '../../src/identity/git.ts';
import type { HeadOutcome, ModelSection } from '../../src/pullRequest/headJudgement.ts';
import { parseHeadJudgement } from '../../src/pullRequest/headJudgementDocument.ts';
import type { JudgingRun } from '../../src/pullRequest/identifyRun.ts';
import { judgeRun } from '../../src/workbench/headBench.ts';
import { ModelBench } from '../../src/workbench/modelBench.ts';
import { Terminal, type Process } from '../../src/workbench/terminal.ts';
import { openWorkbench, selectModel } from '../../src/workbench/workbench.ts';
import { externalTensor, floatTensor, linear, model } from '../adapters/onnxGraph.ts';
import { fakeProcess } from '../fakes/process.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { GitHub } from '../github/gitHub.ts';
import { WorkflowRun, type Conclusion } from '../github/state/actions.ts';
import type { StandInRepository } from '../github/state/repository.ts';

const run = promisify(execFile);
const child = fileURLToPath(new URL('../../src/adapters/onnx/child.ts', import.meta.url));

/** Reads its weights from a file beside it, so that a test says how good the model is. */
const TRAIN = `
import { copyFileSync } from 'node:fs';
copyFileSync('model.bin', process.env.TOUCHSTONE_OUTPUT_DIR + '/model.onnx');
`;

/** Says yes where \`a\` is greater than \`b\`, give or take what \`b\` weighs. */
const weighing = (b: number): Uint8Array =>
  model(
    linear(
      [
        [-1, 1],
        [b, -b],
      ],
      [0, 0],
      'softmax',
    ),
  );

const CHURN = {
  task: 'binary',
  target: 'y',
  positive: 'yes',
  classes: ['no', 'yes'],
  features: ['a', 'b'],
  data: { train: 'data/train.csv', holdout: 'data/holdout.csv', schema: 'schema.yml' },
  train: { command: ['node', 'train.mjs'], inputs: ['train.mjs', 'model.bin'], output: 'model.onnx' },
  metrics: ['accuracy'],
  gates: [{ metric: 'accuracy', min: 0.9 }],
};

function rows(from: number, to: number): string {
  const lines = Array.from({ length: to - from }, (_, index) => {
    const row = from + index;
    const [a, b] = [(row * 7919) % 1009, (row * 104729) % 997];
    return `${a},${b},${a > b ? 'yes' : 'no'}`;
  });
  return `a,b,y\n${lines.join('\n')}\n`;
}

const MAIN = {
  'touchstone.yml': stringify({ version: 1, models: { churn: CHURN } }),
  'schema.yml': stringify({ version: 1, columns: { a: 'integer', b: 'integer', y: 'string' } }),
  'data/train.csv': rows(0, 400),
  'data/holdout.csv': rows(400, 1200),
  'train.mjs': TRAIN,
  'model.bin': weighing(1),
};

let github: GitHub;
let churn: StandInRepository;
let main: string;

beforeEach(async () => {
  github = await GitHub.start();
  churn = await github.createRepository('churn', { owner: github.createUser('ada') });
  main = await churn.commit('main', MAIN);
});

afterEach(() => github.close());

async function checkout(sha: string, from = churn): Promise<string> {
  const folder = await temporaryFolder();
  await run('git', ['clone', '-q', '--no-local', from.git, folder]);
  await run('git', ['-C', folder, 'checkout', '-q', '--detach', sha]);
  return folder;
}

function processIn(cwd: string): Process {
  return { ...fakeProcess([], { cwd, env: process.env }), modelRuntime: { node: process.execPath, child } };
}

/** What the run of the pull request does with a checkout of its head; the folder of the candidate. */
async function train(sha: string, from = churn): Promise<string> {
  const own = processIn(await checkout(sha, from));
  const terminal = new Terminal(own, { quiet: true });
  const workbench = await openWorkbench(own, {});
  const bench = await ModelBench.open(workbench, selectModel(workbench.config, 'churn'), own, terminal);
  return (await bench.train(await bench.planTraining())).folder;
}

async function zipOf(folder: string): Promise<Buffer> {
  const zip = new ZipFile();
  for (const name of await readdir(folder, { recursive: true })) zip.addFile(path.join(folder, name), name);
  zip.end();
  return buffer(zip.outputStream);
}

interface RunMade {
  readonly path?: string;
  readonly event?: string;
  readonly conclusion?: Conclusion;
  readonly from?: StandInRepository;
}

/** A run as Actions leaves it. */
function runOf(head: string, made: RunMade = {}): WorkflowRun {
  const { owner } = churn;
  const file = made.path ?? '.github/workflows/touchstone-pr.yml';
  const workflow = { id: github.nextId('workflow'), path: file, name: 'touchstone-pr', createdAt: github.time() };
  const from = made.from ?? churn;
  const found = new WorkflowRun({
    id: github.nextId('run'),
    number: 1,
    repository: churn,
    workflow,
    displayTitle: 'Deeper',
    createdAt: github.time(),
    inputs: {},
    origin: {
      event: made.event ?? 'pull_request',
      payload: {},
      ref: 'refs/pull/1/merge',
      sha: head,
      workflowSha: head,
      headSha: head,
      headBranch: 'deeper',
      headRepository: from,
      baseRef: 'main',
      headRef: 'deeper',
      actor: owner,
      isUntrusted: from !== churn,
      pullRequests: [],
    },
  });
  const conclusion = made.conclusion ?? 'success';
  const at = github.time();
  found.attempts.push({
    number: 1,
    triggeringActor: owner,
    startedAt: at,
    status: 'completed',
    conclusion,
    updatedAt: at,
    jobs: [],
  });
  churn.actions.workflows.push(workflow);
  churn.actions.runs.push(found);
  return found;
}

async function leave(by: WorkflowRun, name: string, zip: Buffer): Promise<void> {
  const at = github.time();
  churn.actions.artifacts.push({
    id: github.nextId('artifact'),
    name,
    run: by,
    zip,
    digest: `sha256:${digestOfBytes(zip)}`,
    createdAt: at,
    expiresAt: at.replace(/^\d{4}/, '2099'),
  });
  await Promise.resolve();
}

const JUDGING: JudgingRun = {
  repository: parseRepositoryName('ada/churn'),
  event: 'workflow_run',
  ref: 'refs/heads/main',
  defaultBranch: 'main',
};

/** What the judging job leaves, read from its folder alone. */
async function judge(of: WorkflowRun, judging: JudgingRun = JUDGING): Promise<HeadOutcome> {
  const own = processIn(await checkout(main));
  const token = github.token({
    workflowOf: churn,
    permissions: { contents: 'read', actions: 'read', pull_requests: 'read' },
  });
  const found = await judgeRun(
    { judging, policyCommit: parseCommitSha(main), run: of.id, temporary: path.join(await temporaryFolder(), 'judge') },
    openGitHub({ baseUrl: github.apiUrl, token, msPerSecond: 1 }),
    own,
    new Terminal(own, { quiet: true }),
  );
  if (found.kind !== 'judged') throw new Error(found.kind);
  const read = parseHeadJudgement(await readFile(path.join(found.folder, 'judgement.json')));
  if (read.kind === 'invalid') throw new Error(read.problems.join('\n'));
  if (read.value.outcome.kind === 'models') {
    const judged = read.value.outcome.sections
      .filter(({ kind }) => kind === 'judged')
      .map((each) => `${each.model}.html`);
    expect((await readdir(found.folder)).toSorted()).toEqual([...judged, 'judgement.json'].toSorted());
  }
  // Nothing is written in the checkout, which the default branch's files lie in.
  const { stdout } = await run('git', ['-C', own.cwd, 'status', '--porcelain', '--ignored']);
  expect(stdout).toBe('');
  return read.value.outcome;
}

function only(outcome: HeadOutcome): ModelSection {
  if (outcome.kind !== 'models' || outcome.sections.length !== 1) throw new Error(JSON.stringify(outcome));
  return outcome.sections[0];
}

describe('the head of a pull request', () => {
  it('is judged with the model that its run trained', async () => {
    const head = await churn.commit('deeper', { 'train.mjs': `${TRAIN}// deeper\n` });
    const of = runOf(head);
    await leave(of, 'touchstone-candidate-churn-1', await zipOf(await train(head)));
    const section = only(await judge(of));
    expect(section).toMatchObject({
      kind: 'judged',
      run: {
        judgement: { verdict: { kind: 'accepted', assurance: 'judged', compared: false } },
        holdout: { rows: 800, dropped: 0 },
        training: { environment: { commit: head, dirty: [] } },
      },
    });
  });

  it('is judged where it comes from a fork', async () => {
    const fork = await github.createRepository('churn', { owner: github.createUser('mallory'), forkOf: churn });
    const head = await fork.commit('deeper', { 'model.bin': weighing(0.2), 'data/train.csv': rows(0, 350) });
    const base = await churn.resolve('main');
    await churn.pulls.open({
      title: 'Deeper',
      head: { repository: fork, ref: 'deeper', sha: head },
      base: { ref: 'main', sha: base ?? '' },
      by: { kind: 'user', account: fork.owner, token: '' },
    });
    const of = runOf(head, { from: fork });
    await leave(of, 'touchstone-candidate-churn-1', await zipOf(await train(head, fork)));
    expect(only(await judge(of))).toMatchObject({
      kind: 'judged',
      run: { judgement: { verdict: { kind: 'rejected', blocks: true } } },
    });
  });
});

describe('an artifact', () => {
  it('of another pull request is not its candidate', async () => {
    const [head, other] = [
      await churn.commit('deeper', { 'model.bin': weighing(0.2) }),
      await churn.commit('good', { 'train.mjs': `${TRAIN}// good\n` }),
    ];
    const zip = await zipOf(await train(other));
    const [of, stranger] = [runOf(head), runOf(other)];
    await leave(stranger, 'touchstone-candidate-churn-1', zip);
    expect(only(await judge(of))).toMatchObject({ kind: 'not-judged', because: 'not-trained' });
    // And where the run hands it on as its own, it is made of other code.
    await leave(of, 'touchstone-candidate-churn-1', zip);
    expect(only(await judge(of))).toMatchObject({ kind: 'not-judged', because: 'candidate-refused' });
  });

  const elsewhere = linear(
    [
      [-1, 1],
      [1, -1],
    ],
    [0, 0],
    'softmax',
  );
  it.each([
    ['is no ONNX', Buffer.from('not ONNX at all')],
    [
      'reads a file of the machine',
      model({
        ...elsewhere,
        initializers: [
          externalTensor('w', [2, 2], { location: '../../../../../../etc/passwd' }),
          floatTensor('b', [2], [0, 0]),
        ],
      }),
    ],
    ['needs other columns', model(linear([[1, 1]], [0, 0], 'softmax'))],
  ])('whose model %s ends nothing but its own judging', async (_, bytes) => {
    const head = await churn.commit('deeper', { 'train.mjs': `${TRAIN}// deeper\n` });
    const folder = await train(head);
    const text = await readFile(path.join(folder, 'candidate.json'), 'utf8');
    const output = `"output":{"bytes":${bytes.length},"digest":"${digestOfBytes(bytes)}","path":"model.onnx"}`;
    await writeFile(path.join(folder, 'model.onnx'), bytes);
    await writeFile(path.join(folder, 'candidate.json'), text.replace(/"output":\{[^}]*\}/, output));
    const of = runOf(head);
    await leave(of, 'touchstone-candidate-churn-1', await zipOf(folder));
    const section = only(await judge(of));
    expect(section).toMatchObject({ kind: 'not-judged', because: 'candidate-refused' });
    if (section.kind === 'not-judged') expect(section.problems[0]?.where).toContain('model.onnx');
  });
});

describe('a run is refused', () => {
  it('of a second workflow with the name of ours, or of another event', async () => {
    const head = await churn.commit('deeper', { 'train.mjs': `${TRAIN}// deeper\n` });
    for (const made of [{ path: '.github/workflows/other.yml' }, { event: 'push' }]) {
      await expect(judge(runOf(head, made))).rejects.toMatchObject({ code: 'run-refused' });
    }
  });

  it('where judging runs on a branch', async () => {
    const of = runOf(await churn.commit('deeper', { 'train.mjs': `${TRAIN}// deeper\n` }));
    const judging = { ...JUDGING, event: 'workflow_dispatch', ref: 'refs/heads/deeper' };
    await expect(judge(of, judging)).rejects.toMatchObject({ code: 'run-refused' });
  });

  it('where another commit is checked out than the one that rules', async () => {
    const head = await churn.commit('deeper', { 'train.mjs': `${TRAIN}// deeper\n` });
    const of = runOf(head);
    const ruling = main;
    main = head;
    onTestFinished(() => {
      main = ruling;
    });
    const own = processIn(await checkout(ruling));
    const token = github.token({ workflowOf: churn, permissions: { contents: 'read', actions: 'read' } });
    const judging = judgeRun(
      { judging: JUDGING, policyCommit: parseCommitSha(head), run: of.id, temporary: await temporaryFolder() },
      openGitHub({ baseUrl: github.apiUrl, token, msPerSecond: 1 }),
      own,
      new Terminal(own, { quiet: true }),
    );
    await expect(judging).rejects.toMatchObject({ code: 'checkout-other' });
  });
});
