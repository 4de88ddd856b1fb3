import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { initWith } from '../../../src/cli/init/init.ts';
import { ConversationEnded, type Conversation } from '../../../src/cli/init/conversation.ts';
import { runCli } from '../../../src/cli/program.ts';
import { Terminal } from '../../../src/workbench/terminal.ts';
import { UserMistake } from '../../../src/failure.ts';
import { fakeProcess, type FakeProcess } from '../../fakes/process.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';

/** 400 rows whose label follows from x in four of five. */
const ROWS = Array.from({ length: 400 }, (_, at) => {
  const x = (at * 37) % 100;
  return `${at + 1},${x},${at % 3 === 0 ? 'north' : 'south'},${x >= 50 !== (at % 5 === 0) ? 'yes' : 'no'}`;
});
const DATA = `id,x,region,churned\n${ROWS.join('\n')}\n`;

/** Answers each question in turn: with a value, or by Ctrl-C. */
function person(...answers: readonly string[]): Conversation & { readonly heard: string[] } {
  const left = [...answers];
  const heard: string[] = [];
  const answer = (message: string): Promise<string> => {
    heard.push(message);
    const next = left.shift();
    if (next === 'ctrl-c' || next === undefined) return Promise.reject(new ConversationEnded('enough'));
    return Promise.resolve(next);
  };
  return {
    heard,
    choose: async ({ message, options }) => {
      const chosen = await answer(message);
      const option = options.find(({ value }) => value === chosen);
      if (option === undefined) throw new Error(`"${chosen}" was no answer to "${message}".`);
      return option.value;
    },
    text: ({ message }) => answer(message),
    tell: (text) => void heard.push(text),
  };
}

interface Asked {
  readonly conversation?: Conversation;
  readonly dryRun?: boolean;
  readonly data?: string;
}

async function initIn(
  cwd: string,
  { conversation, ...options }: Asked,
): Promise<{ exitCode: number; process: FakeProcess }> {
  const process = fakeProcess(['init'], { cwd, env: { PATH: '' } });
  const terminal = new Terminal(process, {});
  const exitCode = await initWith({ process, terminal, options }, conversation);
  return { exitCode, process };
}

describe('init without a terminal', () => {
  it('names --yes, with the command as it was typed', async () => {
    const cwd = await temporaryFolder({ 'churn.csv': DATA });
    const process = fakeProcess(['init', '--target', 'churned'], { cwd });
    expect(await runCli(process)).toBe(2);
    expect(process.err()).toContain('touchstone init --target churned --yes');
    expect(await readdir(cwd)).toEqual(['churn.csv']);
  });

  it.each([
    ['no table', {}, 'data_missing', /--data FILE/],
    [
      'several',
      { 'a.csv': DATA, 'b/c d.csv': DATA },
      'data_ambiguous',
      /touchstone init --data a\.csv\n.*--data 'b\/c d\.csv'/,
    ],
  ])('says what to type where there is %s', async (_, files, code, message) => {
    const cwd = await temporaryFolder(files);
    await expect(initIn(cwd, {})).rejects.toSatisfy(
      (error) => error instanceof UserMistake && error.code === code && message.test(error.message),
    );
    expect((await readdir(cwd)).sort()).toEqual(
      Object.keys(files)
        .map((name) => name.split('/')[0])
        .sort(),
    );
  });

  it('takes the table that is called after training beside those for testing', async () => {
    const test = DATA.replaceAll(/,(?:churned|yes|no)$/gm, '');
    const cwd = await temporaryFolder({ 'train.csv': DATA, 'test.csv': test, 'sample_submission.csv': DATA });
    const { process } = await initIn(cwd, { dryRun: true });
    expect(process.out()).toContain('train: train.csv');
    await expect(
      initIn(await temporaryFolder({ 'train.csv': DATA, 'customers.csv': DATA }), { dryRun: true }),
    ).rejects.toMatchObject({ code: 'data_ambiguous' });
    await expect(
      initIn(await temporaryFolder({ 'train.csv': DATA, 'old/train.csv': DATA }), { dryRun: true }),
    ).rejects.toMatchObject({ code: 'data_ambiguous' });
  });

  it('reads files that are parts of one table as a glob names them', async () => {
    const parts = { 'months/2024-01.csv': DATA, 'months/2024-02.csv': DATA.replaceAll(/^(\d)/gm, '9$1') };
    const cwd = await temporaryFolder(parts);
    await expect(initIn(cwd, {})).rejects.toMatchObject({
      message: expect.stringContaining(`touchstone init --data 'months/*-*.csv'\n`) as string,
    });
    const { process } = await initIn(cwd, { dryRun: true, data: 'months/*-*.csv' });
    expect(process.out()).toMatch(/train: ["']?months\/\*-\*\.csv/);
    await expect(initIn(cwd, { data: '../*.csv' })).rejects.toMatchObject({ code: 'data_missing' });
    await expect(initIn(cwd, { data: 'weeks/*.csv' })).rejects.toMatchObject({ code: 'data_missing' });
  });

  it('passes hidden folders, packages and virtual environments by', async () => {
    const others = ['.cache/a.csv', 'node_modules/m/b.csv', 'mine/lib/c.csv', 'd.json'];
    const cwd = await temporaryFolder({
      'data/churn.csv': DATA,
      'mine/pyvenv.cfg': '',
      ...Object.fromEntries(others.map((name) => [name, DATA])),
    });
    const { exitCode, process } = await initIn(cwd, { dryRun: true });
    expect([exitCode, process.out()]).toEqual([0, expect.stringContaining('train: data/churn.csv')]);
  });

  it('writes nothing for --dry-run', async () => {
    const cwd = await temporaryFolder({ 'churn.csv': DATA });
    const { process } = await initIn(cwd, { dryRun: true });
    expect(process.out()).toContain('target: churned');
    expect(await readdir(cwd)).toEqual(['churn.csv']);
  });

  it('lets the files stand where there is no Python, and says how to measure the margin', async () => {
    const cwd = await temporaryFolder({ 'churn.csv': DATA });
    const { exitCode, process } = await initIn(cwd, {});
    expect(exitCode).toBe(2);
    expect(process.out()).toMatch(/a guess: it was not measured[^]*"touchstone init --model churn" measures it/);
    const before = await readFile(path.join(cwd, 'touchstone.yml'), 'utf8');
    expect(before).toContain('# The margin is a guess:');
    // Again: tried again, and nothing else.
    const again = await initIn(cwd, {});
    expect([again.exitCode, again.process.out()]).toEqual([2, expect.stringContaining('churn stands already')]);
    expect(await readFile(path.join(cwd, 'touchstone.yml'), 'utf8')).toBe(before);
  });

  it('copies data from elsewhere, and says so', async () => {
    const elsewhere = await temporaryFolder({ 'churn.csv': DATA });
    const cwd = await temporaryFolder();
    const { process } = await initIn(cwd, { data: path.join(elsewhere, 'churn.csv') });
    expect(await readFile(path.join(cwd, 'data/churn.csv'), 'utf8')).toBe(DATA);
    expect(process.out()).toContain('data/churn.csv is a copy');
    expect(process.out()).toContain('no git repository');
  });
});

describe('the conversation', () => {
  it('asks for the table and the target, and shows each choice before it is written', async () => {
    const cwd = await temporaryFolder({ 'a.csv': DATA, 'churn.csv': DATA });
    const conversation = person('churn.csv', 'churned', 'write');
    const { process } = await initIn(cwd, { conversation, dryRun: true });
    expect(process.out()).toContain('train: churn.csv');
    expect(conversation.heard[2]).toMatch(/target +churned +"churned" names what is predicted/);
    expect(conversation.heard.filter((message) => message.endsWith('?'))).toEqual([
      'Which file holds the data?',
      'What is to be predicted?',
      'Write this?',
    ]);
  });

  it('takes changes, and tells where one cannot be', async () => {
    const cwd = await temporaryFolder({ 'churn.csv': DATA });
    const conversation = person('churned', 'model', 'leavers', 'task', 'regression', 'id', '', 'write');
    const { process } = await initIn(cwd, { conversation, dryRun: true });
    expect(process.out()).toContain('  leavers:');
    expect(process.out()).not.toMatch(/^ +id: /m);
    // A text is no number: the task stays, and the reason was told.
    expect(process.out()).toContain('task: binary');
    expect(conversation.heard.some((message) => message.includes('task'))).toBe(true);
  });

  it.each([
    ['at the first question', ['ctrl-c']],
    ['at the last', ['churned', 'ctrl-c']],
    ['by "No"', ['churned', 'stop']],
  ])('leaves nothing where it is ended %s', async (_, answers) => {
    const cwd = await temporaryFolder({ 'churn.csv': DATA });
    const { exitCode, process } = await initIn(cwd, { conversation: person(...answers) });
    expect([exitCode, process.err()]).toEqual([130, expect.stringContaining('Nothing was written.')]);
    expect(await readdir(cwd)).toEqual(['churn.csv']);
  });
});

describe('init in a clone of a repository on GitHub', () => {
  async function cloneOf(url: string, files: { readonly [name: string]: string }): Promise<string> {
    const cwd = await temporaryFolder(files);
    await execa('git', ['init', '--quiet'], { cwd });
    await execa('git', ['remote', 'add', 'origin', url], { cwd });
    return cwd;
  }
  const runIn = async (cwd: string, dryRun: boolean): Promise<FakeProcess> => {
    const process = fakeProcess(['init'], { cwd, env: { PATH: globalThis.process.env['PATH'] } });
    await initWith({ process, terminal: new Terminal(process, {}), options: { dryRun, model: 'churn' } }, undefined);
    return process;
  };
  const TRAINS = '.github/workflows/touchstone-pr.yml';

  it('would write the workflows, for the runner that another workflow names, and says what is left to set', async () => {
    const cwd = await cloneOf('git@github.com:acme/churn.git', {
      'churn.csv': DATA,
      '.github/workflows/ci.yml': 'jobs:\n  test:\n    runs-on: [self-hosted, a100]\n',
    });
    const process = await runIn(cwd, true);
    expect(process.out()).toMatch(
      /Would write .*touchstone-override\.yml, \.github\/workflows\/touchstone-judge\.yml, \.github\/workflows\/touchstone-pr\.yml/,
    );
    expect(process.out()).toContain('(now [self-hosted, a100], as another workflow has it)');
    expect(process.out()).toContain(
      '"registry: github:" in touchstone.yml, and the check "touchstone" as a required one',
    );
  });

  it('adds them to a project that came to GitHub later, once', async () => {
    const cwd = await cloneOf('https://github.com/acme/churn', { 'touchstone.yml': CONFIGURED, 'churn.csv': DATA });
    await runIn(cwd, true);
    await expect(readFile(path.join(cwd, TRAINS), 'utf8')).rejects.toThrow('ENOENT');
    expect((await runIn(cwd, false)).out()).toContain(
      `Wrote ${TRAINS}, .github/workflows/touchstone-judge.yml, .github/workflows/touchstone-override.yml.`,
    );
    expect(await readFile(path.join(cwd, TRAINS), 'utf8')).toBe(
      await readFile('workflows-templates/touchstone-pr.yml', 'utf8'),
    );
    expect((await runIn(cwd, false)).out()).not.toContain('Wrote');
  });

  it('writes none where GitHub would not look for them, and says so', async () => {
    const cwd = await cloneOf('https://github.com/acme/churn', { 'models/churn.csv': DATA });
    expect((await runIn(path.join(cwd, 'models'), true)).out()).toContain('at the top of acme/churn alone');
    const other = await cloneOf('https://gitlab.com/acme/churn', { 'churn.csv': DATA });
    const said = (await runIn(other, true)).out();
    expect(said).toContain('"origin" is not on GitHub. Once it is, "touchstone init" adds them');
    expect(said).not.toContain('touchstone-pr.yml');
  });
});

const CONFIGURED = `version: 1
models:
  churn:
    task: binary
    target: churned
    positive: "yes"
    data: { train: churn.csv, holdout: churn.csv }
    train: { command: [python, train.py], inputs: [churn.csv], output: model.onnx }
    gates: [{ metric: accuracy, maxRegression: 0.01 }]
`;
