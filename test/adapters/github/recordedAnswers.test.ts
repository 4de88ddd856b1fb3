import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openGitHub } from '../../../src/adapters/github/gitHubClient.ts';
import {
  gitHubRecordedAnswers,
  KeptAnswers,
  type FoundAnswer,
  type RecordedAnswers,
  type RecordedAnswersOptions,
} from '../../../src/adapters/github/recordedAnswers.ts';
import { parseModelName } from '../../../src/identity/names.ts';
import { ANSWER_BYTES, formatRecordedAnswer, type RecordedAnswer } from '../../../src/pullRequest/answerDocument.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';
import { GitHub } from '../../github/gitHub.ts';
import { WorkflowRun, type Artifact } from '../../github/state/actions.ts';
import type { StandInRepository } from '../../github/state/repository.ts';
import { serverError } from '../../github/faults.ts';
import { HEAD, REPOSITORY } from '../../pullRequest/heads.ts';
import { directoryOf, writeFormat, zipOf, type Contents } from '../artifact/zips.ts';

let github: GitHub;
let repository: StandInRepository;

beforeEach(async () => {
  github = await GitHub.start();
  repository = await github.createRepository('churn', { owner: github.createUser('octocat') });
  await repository.commit('main', { 'README.md': 'Churn' });
});

afterEach(async () => {
  await github.close();
});

const answer = (problem = 'it did not answer'): RecordedAnswer => ({
  repository: REPOSITORY,
  head: HEAD,
  trained: { id: 101, attempt: 1 },
  answer: { kind: 'unjudged', because: { kind: 'not-recorded', problem } },
});

const written = (of = answer()): Contents => ({ 'answer.json': Buffer.from(formatRecordedAnswer(of)) });

async function judgingRun(): Promise<WorkflowRun> {
  const sha = (await repository.resolve('main')) ?? '';
  const run = new WorkflowRun({
    id: github.nextId('run'),
    number: 1,
    repository,
    workflow: { id: 1, path: '.github/workflows/touchstone-judge.yml', name: 'touchstone-judge', createdAt: '' },
    origin: {
      event: 'workflow_run',
      payload: {},
      ref: 'refs/heads/main',
      ...{ sha, workflowSha: sha, headSha: sha },
      headBranch: 'main',
      headRepository: repository,
      ...{ baseRef: '', headRef: '' },
      actor: repository.owner,
      isUntrusted: false,
      pullRequests: [],
    },
    displayTitle: 'touchstone-judge: run 101',
    createdAt: github.time(),
    inputs: {},
  });
  repository.actions.runs.push(run);
  return run;
}

function upload(run: WorkflowRun, name: string, zip: Buffer, change: Partial<Artifact> = {}): void {
  repository.actions.artifacts.push({
    id: github.nextId('artifact'),
    name,
    run,
    zip,
    digest: `sha256:${createHash('sha256').update(zip).digest('hex')}`,
    createdAt: github.time(),
    expiresAt: new Date(github.now().getTime() + 86_400_000).toISOString(),
    ...change,
  });
}

function answers(options: RecordedAnswersOptions = {}): RecordedAnswers {
  const token = github.token({ workflowOf: repository, permissions: { actions: 'read' } });
  return gitHubRecordedAnswers(openGitHub({ baseUrl: github.apiUrl, token, msPerSecond: 1 }), REPOSITORY, options);
}

/** What is found of a run whose first attempt left an archive. */
async function found(zip: Buffer, change: Partial<Artifact> = {}): Promise<FoundAnswer> {
  const run = await judgingRun();
  upload(run, 'touchstone-answer-1', zip, change);
  return answers().read({ id: run.id, attempt: 1 });
}

async function problemsOf(zip: Buffer, change: Partial<Artifact> = {}): Promise<string> {
  const read = await found(zip, change);
  if (read.kind !== 'unreadable') throw new Error(`It is ${read.kind}.`);
  return read.problems.join('; ');
}

const requests = (): readonly string[] => github.requests.map(({ path }) => path);

describe('the answer that a judging run recorded', () => {
  it('is read in two requests however much the run left, and leaves nothing behind', async () => {
    const temporary = await temporaryFolder();
    const run = await judgingRun();
    upload(run, 'touchstone-answer-1', await zipOf(written()));
    for (let i = 0; i < 120; i += 1) upload(run, `report-${i}`, Buffer.alloc(0));
    const read = await answers({ temporary }).read({ id: run.id, attempt: 1 });
    expect(read).toEqual({ kind: 'read', answer: answer(), attempt: 1 });
    expect(requests()).toHaveLength(2);
    expect(await readdir(temporary)).toEqual([]);
  });

  it('is not there yet, or was never left', async () => {
    const run = await judgingRun();
    upload(run, 'touchstone-judgement-1', await zipOf(written()));
    expect(await answers().read({ id: run.id, attempt: 1 })).toEqual({ kind: 'none' });
    expect(requests()).toHaveLength(1);
  });

  it('is that of the attempt, or of the last one before it, and of none after it', async () => {
    const run = await judgingRun();
    for (const attempt of [1, 2, 4]) {
      upload(run, `touchstone-answer-${attempt}`, await zipOf(written(answer(`attempt ${attempt}`))));
    }
    for (const [asked, attempt] of [
      [1, 1],
      [2, 2],
      [3, 2],
    ] as const) {
      expect(await answers().read({ id: run.id, attempt: asked })).toEqual({
        kind: 'read',
        answer: answer(`attempt ${attempt}`),
        attempt,
      });
    }
  });

  it('is never that of another run', async () => {
    const [run, other] = [await judgingRun(), await judgingRun()];
    upload(other, 'touchstone-answer-1', await zipOf(written()));
    expect(await answers().read({ id: run.id, attempt: 2 })).toEqual({ kind: 'none' });
  });

  it('is found beside one other entry', async () => {
    const zip = await zipOf({ ...written(), 'notes.txt': Buffer.from('hello') });
    expect(await found(zip)).toMatchObject({ kind: 'read' });
  });
});

describe('an answer that was read before', () => {
  it('is not asked for again, whoever asks', async () => {
    const run = await judgingRun();
    upload(run, 'touchstone-answer-1', await zipOf(written()));
    const kept = new KeptAnswers();
    const first = await answers({ kept }).read({ id: run.id, attempt: 1 });
    github.requests.length = 0;
    expect(await answers({ kept }).read({ id: run.id, attempt: 1 })).toEqual(first);
    expect(requests()).toEqual([]);
  });

  it('is not fetched again for a later attempt that recorded none', async () => {
    const run = await judgingRun();
    upload(run, 'touchstone-answer-1', await zipOf(written()));
    const kept = new KeptAnswers();
    await answers({ kept }).read({ id: run.id, attempt: 1 });
    github.requests.length = 0;
    expect(await answers({ kept }).read({ id: run.id, attempt: 2 })).toMatchObject({ kind: 'read', attempt: 1 });
    expect(requests().filter((path) => path.endsWith('/zip'))).toHaveLength(0);
    upload(run, 'touchstone-answer-2', await zipOf(written(answer('another'))));
    expect(await answers({ kept }).read({ id: run.id, attempt: 2 })).toMatchObject({
      attempt: 2,
      answer: answer('another'),
    });
  });

  it('is fetched again where it could not be read', async () => {
    const run = await judgingRun();
    upload(run, 'touchstone-answer-1', Buffer.from('no archive'));
    const kept = new KeptAnswers();
    for (let i = 0; i < 2; i += 1) {
      expect(await answers({ kept }).read({ id: run.id, attempt: 1 })).toMatchObject({ kind: 'unreadable' });
    }
    expect(requests().filter((path) => path.endsWith('/zip'))).toHaveLength(2);
  });

  it('is forgotten where others were asked for more recently, or where it is large', () => {
    const kept = new KeptAnswers(2);
    for (const run of ['1', '2']) kept.put(run, answer(run), 10);
    expect(kept.get('1')).toEqual(answer('1'));
    kept.put('3', answer('3'), 10);
    expect(['1', '2', '3'].map((run) => kept.get(run) !== undefined)).toEqual([true, false, true]);
    kept.put('4', answer('4'), 16 * 1024 ** 2);
    expect(['1', '3', '4'].map((run) => kept.get(run) !== undefined)).toEqual([false, false, true]);
    kept.put('5', answer('5'), 17 * 1024 ** 2);
    expect(['4', '5'].map((run) => kept.get(run) !== undefined)).toEqual([true, false]);
  });
});

describe('an archive that the job never leaves', () => {
  it('is not read where it expired, or was deleted meanwhile', async () => {
    const zip = await zipOf(written());
    expect(await problemsOf(zip, { expiresAt: '2020-01-01T00:00:00Z' })).toContain('GitHub keeps it no longer');
    github.faults.next({
      operation: 'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}',
      answer: { status: 410, body: { message: 'Artifact has expired' } },
    });
    expect(await problemsOf(zip)).toContain('GitHub keeps it no longer');
  });

  it('is not read where its bytes have another digest', async () => {
    expect(await problemsOf(await zipOf(written()), { digest: `sha256:${'0'.repeat(64)}` })).toMatch(
      /its bytes have the digest .* Expected sha256:0000/,
    );
  });

  it.each([
    ['its name is another one', { 'judgement.json': Buffer.from('{}') }, 'it holds no answer.json'],
    [
      'its name leads elsewhere',
      { 'xx/answer.json': { content: Buffer.from('{}'), renamed: '../answer.json' } },
      '../',
    ],
    [
      'there is more in it than belongs there',
      { ...written(), ...Object.fromEntries(['a', 'b', 'c'].map((name) => [`${name}.txt`, Buffer.from(name)])) },
      'it states 4 entries',
    ],
    ['it is no answer', { 'answer.json': Buffer.from('{"schema":"touchstone/answer/v1"}') }, 'kind: missing'],
    ['it is no text', { 'answer.json': new Uint8Array([0xff, 0xfe]) }, 'not JSON in UTF-8'],
  ] as const)('is not read where %s', async (_, contents, problem) => {
    expect(await problemsOf(await zipOf(contents))).toContain(problem);
  });

  it('is not read where it is a link', async () => {
    const zip = await zipOf({ 'answer.json': Buffer.from('/etc/passwd') });
    writeFormat(zip, 'answer.json', 0o120000);
    expect(await problemsOf(zip)).toContain('is a link or a special file');
  });

  it('is not read where it is a bomb, by what it states or by what it hides', async () => {
    const zeros = await zipOf({ 'answer.json': Buffer.alloc(8 * 1024 ** 2) });
    expect(await problemsOf(zeros)).toMatch(/bytes of it state to become 8388608/);
    const vast = await zipOf({ 'answer.json': Buffer.alloc(ANSWER_BYTES + 1) });
    expect(await problemsOf(vast)).toContain(`its files are of ${ANSWER_BYTES + 1} bytes`);
    vast.writeUInt32LE(100, directoryOf(vast, 'answer.json') + 24);
    expect(await problemsOf(vast)).toContain('it cannot be read');
  });

  it('is not read where it is no archive, or a part of one', async () => {
    expect(await problemsOf(Buffer.from('not a zip'))).toContain('it cannot be read');
    const whole = await zipOf(written());
    expect(await problemsOf(whole.subarray(0, whole.length - 30))).toContain('it cannot be read');
  });

  it('is not fetched where it is larger than an answer can be', async () => {
    expect(await problemsOf(Buffer.alloc(ANSWER_BYTES + 1024 ** 2))).toContain(
      `it has ${ANSWER_BYTES + 1024 ** 2} bytes`,
    );
    expect(requests().filter((path) => path.endsWith('/zip'))).toEqual([]);
  });

  it('says nothing of what a person can do about training', async () => {
    expect(await problemsOf(Buffer.from('not a zip'))).not.toMatch(/training|model/);
  });
});

describe('a GitHub that fails', () => {
  it('is no answer', async () => {
    const run = await judgingRun();
    upload(run, 'touchstone-answer-1', await zipOf(written(answer(parseModelName('digits')))));
    const operation = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts';
    github.faults.next({ operation, answer: serverError(), times: 9 });
    await expect(answers().read({ id: run.id, attempt: 1 })).rejects.toMatchObject({ status: 502 });
    github.faults.clear();
  });
});
