import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, describe, expect, it } from 'vitest';
import type { FileChanges } from '../github/state/importCommit.ts';
import { beginners, configuration, GOOD, weighing } from './quickTeam.ts';
import { workflows } from './shippedWorkflows.ts';
import { ANSWERERS, Team } from './team.ts';

const PIPE = '.github/workflows/touchstone-pr.yml';
const JUDGE = '.github/workflows/touchstone-judge.yml';

describe('a repository that has data and nothing else', () => {
  let team: Team;
  afterEach(() => team.close());

  it('gets no answer before the workflows are on its default branch, and one for each pull request after that', async () => {
    team = await Team.open(onlyData());
    const written = await initialised(team, '.');
    // GitHub takes the workflow that judges from the default branch alone, where it is not yet.
    const first = await team.propose('begin', written);
    await team.settle();
    expect(team.jobsFor(first)).toEqual(['validate', 'train digits']);
    expect(await team.check(first.headSha)).toBeUndefined();
    await team.merge(first);

    await team.repository.commit('main', {
      'touchstone.yml': (await team.file('touchstone.yml')).replace('# registry: "github:"', 'registry: "github:"'),
    });
    const next = await team.propose('deeper', await params(team, 'touchstone.yml', /max_iter: \d+/, 'max_iter: 2'));
    await team.settle();
    // Nothing serves yet, so only the bound of the gate is held against it.
    expect((await team.check(next.headSha))?.title).toMatch(/^digits (accepted|rejected)/);
    expect(team.comments(next)[0]?.body).toContain('no champion to compare with');

    await team.serve();
    await team.push(next, { 'README.md': '# Digits\n' });
    await team.settle();
    expect(team.comments(next).at(-1)?.body).toContain('against **`digits@v1`**');
    expect(await team.check(next.headSha)).toMatchObject({ conclusion: 'failure' });
  });
});

describe('a repository where the App is installed before anything is there', () => {
  let team: Team;
  afterEach(() => team.close());

  it('is answered from its first pull request on, which brings configuration and workflows', async () => {
    const shipped = await workflows('app');
    const nothing = [...Object.keys(shipped), 'touchstone.yml'].map((file) => [file, null] as const);
    team = await beginners(Object.fromEntries(nothing), { answeredBy: 'app' });
    const words = await team.propose('words', { 'README.md': '# Who leaves\n' });
    const first = await team.propose('begin', { ...configuration(), ...shipped });
    await team.settle();
    expect(await team.check(words.headSha)).toBeUndefined();
    expect(await team.check(first.headSha)).toMatchObject({
      conclusion: 'success',
      title: expect.stringContaining('Starts with this merge') as string,
    });
    await team.merge(first);
    const next = await team.propose('next', GOOD);
    await team.settle();
    expect(await team.check(next.headSha)).toMatchObject({
      conclusion: 'success',
      title: expect.stringContaining('churn accepted') as string,
    });
    expect(team.comments(next)).toHaveLength(1);
  });
});

describe.each(ANSWERERS)('a project in a folder of a larger repository, answered by the %s', (answeredBy) => {
  let team: Team;
  afterEach(() => team.close());

  it('is validated, trained, judged and answered by the input "config", and by nothing outside of its folder', async () => {
    team = await beginners({}, { answeredBy });
    await team.repository.commit('main', {
      ...(await inFolder(team, [
        ...Object.keys(configuration()),
        'schema.yml',
        'train.mjs',
        'data/train.csv',
        'data/holdout.csv',
      ])),
      'model.bin': null,
      'ml/model.bin': weighing(1),
    });
    await team.repository.commit('main', await pointed(team, 'ml/touchstone.yml'));

    const outside = await team.propose('app', { 'app/main.py': 'print(1)\n' });
    const inside = await team.propose('tuned', { 'ml/model.bin': weighing(0.999) });
    await team.settle();
    expect(team.jobsFor(outside)).toEqual(['validate']);
    expect(await team.check(outside.headSha)).toMatchObject({ conclusion: 'success', title: 'No model is touched' });
    expect(team.jobsFor(inside)).toEqual(['validate', 'train churn']);
    expect(await team.check(inside.headSha)).toMatchObject({
      conclusion: 'success',
      title: expect.stringContaining('churn') as string,
    });
  });
});

describe.each(ANSWERERS)(
  'a workflow of a team that has a job called touchstone, where the %s answers',
  (answeredBy) => {
    let team: Team;
    afterEach(() => team.close());

    it('is not taken for the check: the answer stands beside it', async () => {
      team = await beginners(
        {
          '.github/workflows/own.yml':
            'name: own\non: pull_request\njobs:\n  touchstone:\n    runs-on: ubuntu-latest\n    steps:\n      - run: "true"\n',
        },
        { answeredBy },
      );
      const pull = await team.propose('typo', { 'train.mjs': 'throw new Error("no such column");\n' });
      await team.settle();
      expect(await team.check(pull.headSha)).toMatchObject({
        conclusion: 'failure',
        title: expect.stringContaining('training failed') as string,
      });
      const named = await team.ask<{ total_count: number }>(
        team.owner,
        'GET',
        `/commits/${pull.headSha}/check-runs?check_name=touchstone&filter=all`,
      );
      expect(named.total_count).toBe(2);
    });
  },
);

/** What `touchstone init` writes into a clone, by path in the repository. */
async function initialised(team: Team, folder: string): Promise<Record<string, string>> {
  const clone = await mkdtemp(path.join(tmpdir(), 'begin-'));
  try {
    await execa('git', ['clone', '--quiet', team.repository.git, clone]);
    await execa('git', ['remote', 'set-url', 'origin', `${team.github.url}/${team.repository.fullName}.git`], {
      cwd: clone,
    });
    const program = path.resolve(import.meta.dirname, '../../dist/touchstone.js');
    await execa(process.execPath, [program, 'init', '--yes', '--data', 'data/digits.csv', '--target', 'digit'], {
      cwd: path.join(clone, folder),
      env: { GITHUB_SERVER_URL: team.github.url, CI: '' },
    });
    const { stdout } = await execa('git', ['ls-files', '--others', '--exclude-standard'], { cwd: clone });
    const files = stdout.split('\n').filter((file) => file !== '');
    return Object.fromEntries(
      await Promise.all(files.map(async (file) => [file, await readFile(path.join(clone, file), 'utf8')] as const)),
    );
  } finally {
    await rm(clone, { recursive: true, force: true });
  }
}

/** Takes all of the example away but its data. */
function onlyData(): FileChanges {
  return Object.fromEntries(
    ['touchstone.yml', 'train.py', 'requirements.txt', 'README.md', PIPE, JUDGE].map((file) => [file, null]),
  );
}

/** Files of the default branch in a folder; workflows stay, which GitHub takes from the top alone. */
async function inFolder(team: Team, files: readonly string[]): Promise<FileChanges> {
  const moved = files.map(
    async (file) =>
      [
        [file, null],
        [`ml/${file}`, await team.file(file)],
      ] as const,
  );
  return Object.fromEntries((await Promise.all(moved)).flat());
}

/** Both workflows with the input that says where the configuration is, as docs/workflows.md has it. */
async function pointed(team: Team, config: string): Promise<FileChanges> {
  const texts = [PIPE, JUDGE].map(async (file) => [file, withConfig(await team.file(file), config)] as const);
  return Object.fromEntries(await Promise.all(texts));
}

function withConfig(workflow: string, config: string): string {
  return workflow.replaceAll(
    /^( {6}- | {8})(uses: touchstone-ml\/touchstone\/actions\/.*\n)(?: {8}with:\n)?/gm,
    `$1$2        with:\n          config: ${config}\n`,
  );
}

/** A file of the default branch with one parameter changed. */
async function params(team: Team, file: string, from: RegExp, to: string): Promise<FileChanges> {
  return { [file]: (await team.file(file)).replace(from, to) };
}
