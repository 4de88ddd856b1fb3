import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GitHub } from '../github/gitHub.ts';
import type { StandInRepository } from '../github/state/repository.ts';
import { bundle, CONFIG, DATA, TRAIN, type Ended } from './touchstone.ts';

const WITH_REGISTRY = CONFIG.replace('version: 1\n', 'version: 1\nregistry: github:\n');

describe('the command line on a registry on GitHub', () => {
  let github: GitHub;
  let repository: StandInRepository;
  let folder: string;
  let token: string;
  beforeAll(async () => {
    github = await GitHub.start();
    const owner = github.createUser('acme');
    repository = await github.createRepository('churn', { owner });
    await repository.commit('main', { 'train.py': '' });
    token = github.token({ user: owner });
    folder = await realpath(await mkdtemp(path.join(tmpdir(), 'touchstone-github-')));
    for (const [name, text] of Object.entries({
      'touchstone.yml': WITH_REGISTRY,
      'data.csv': DATA,
      'train.py': TRAIN,
    })) {
      await writeFile(path.join(folder, name), text);
    }
    await execa('git', ['init', '--quiet'], { cwd: folder });
    await execa('git', ['remote', 'add', 'origin', 'git@github.com:acme/churn.git'], { cwd: folder });
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await github.close();
  });

  async function run(args: readonly string[], env: Record<string, string> = { GITHUB_TOKEN: token }): Promise<Ended> {
    const { exitCode, stdout, stderr } = await execa(process.execPath, [bundle, ...args], {
      cwd: folder,
      reject: false,
      extendEnv: false,
      env: { PATH: process.env['PATH'], NO_COLOR: '1', GITHUB_API_URL: github.apiUrl, ...env },
    });
    return { exitCode, stdout, stderr };
  }
  async function done(...args: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await run(args);
    expect(exitCode, stderr).toBe(0);
    return stdout;
  }
  const stored = (...folders: readonly string[]): Promise<string> =>
    repository.run(['ls-tree', '-r', '--name-only', 'refs/heads/touchstone', '--', ...folders]);
  const writes = (): number => github.requests.filter(({ method }) => method !== 'GET').length;
  /** Another model: the same question with another seed. */
  const train = async (seed: number): Promise<void> => {
    await writeFile(path.join(folder, 'touchstone.yml'), WITH_REGISTRY.replace('timeout: 60s', `seed: ${seed}`));
    await done('run', '--json');
  };

  it('runs, registers, promotes, rolls back and proves it', async () => {
    await train(1);
    // A dry run judges, which is a look that counts, and does nothing else.
    expect(await done('register', '--dry-run')).toMatch(/^Would register churn@/);
    expect(await stored('intents', 'models')).toBe('');
    expect(await done('register')).toMatch(/^Registered churn@v1 /);
    const before = writes();
    expect(await done('promote', 'churn@v1', '--dry-run')).toMatch(/^Would promote churn@v1 in production/);
    expect(writes()).toBe(before);
    expect(await done('promote', 'churn@v1')).toMatch(/^Promoted churn@v1 in production/);
    await train(2);
    expect(await done('register')).toMatch(/^Registered churn@v2 /);
    expect(await done('promote', 'churn@v2')).toMatch(/^Promoted churn@v2 in production, in place of churn@v1/);
    expect(await done('promote', 'churn@v2')).toMatch(/serves production already/);
    expect(await done('registry', 'list')).toMatch(/churn/);
    expect(await done('rollback', 'churn', '--reason', 'wrong currency')).toMatch(/churn@v1/);
    expect(await done('registry', 'show', 'churn@v2')).toMatch(/seed/);
    expect(await done('registry', 'log')).toMatch(/wrong currency/);
    expect(await done('registry', 'verify')).toMatch(/every digest and chain holds/);
  });

  it('is read without a token, and says how to give one where it is written', async () => {
    const listed = await run(['registry', 'list', '--json'], {});
    expect(listed.exitCode, listed.stderr).toBe(0);
    expect(JSON.parse(listed.stdout)).toMatchObject({
      models: [{ model: 'churn', versions: [{ number: 1 }, { number: 2 }] }],
    });
    const refused = await run(['promote', 'churn@v2'], {});
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toMatch(/Give one as GITHUB_TOKEN or GH_TOKEN/);
    expect(refused.stderr).not.toMatch(/^\s+at /m);
  });

  it('says which permission the token of a workflow lacks', async () => {
    const reading = github.token({ workflowOf: repository, permissions: { contents: 'read' } });
    const { exitCode, stderr } = await run(['promote', 'churn@v2'], {
      GITHUB_TOKEN: reading,
      GITHUB_REPOSITORY: 'acme/churn',
    });
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/permissions: \{ contents: write \}/);
  });

  it('lets one of eight promotions at once win, and loses no event', async () => {
    const { models } = JSON.parse(await done('registry', 'list', '--json')) as {
      models: { champions: { champion: { manifest: string } }[] }[];
    };
    const expected = models[0]?.champions[0]?.champion.manifest ?? '';
    const ended = await Promise.all(
      Array.from({ length: 8 }, () => run(['promote', 'churn@v2', '--expect', expected, '--json'])),
    );
    const outcomes = ended.map(({ stdout }) => (JSON.parse(stdout) as { outcome: string }).outcome);
    expect(
      outcomes.filter((outcome) => outcome === 'promoted'),
      ended.map(({ stderr }) => stderr).join('\n'),
    ).toHaveLength(1);
    // The others are too late: what they ask for is done, or another champion serves than the one that they expect.
    expect(outcomes.every((outcome) => ['promoted', 'already_done', 'refused'].includes(outcome))).toBe(true);
    expect(await done('registry', 'verify')).toMatch(/every digest and chain holds/);
  });

  it('that nobody can reach is a failure of the service', async () => {
    const began = performance.now();
    // Nobody listens there (RFC 863); port 1 would be refused by `fetch` itself.
    const { exitCode, stderr } = await run(['registry', 'list'], { GITHUB_API_URL: 'http://127.0.0.1:9' });
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/GitHub does not answer at http:\/\/127\.0\.0\.1:9: asked 3 times/);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

it('a registry in a folder loads nothing that talks to GitHub', async () => {
  const dist = path.dirname(bundle);
  const files = await readdir(dist);
  const read = new Map<string, string>();
  /** A file and all that it imports before it runs. */
  const load = async (name: string): Promise<void> => {
    if (read.has(name)) return;
    const text = await readFile(path.join(dist, name), 'utf8');
    read.set(name, text);
    for (const [, imported = ''] of text.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) await load(imported);
  };
  const commands = files.filter((name) =>
    /^(touchstone|register|promote|rollback|registry|run|train|validate|evaluate)(-\w+)?\.js$/.test(name),
  );
  expect(commands.length).toBeGreaterThan(6);
  for (const name of commands) await load(name);
  expect([...read].filter(([, text]) => text.includes('octokit-rest.js')).map(([name]) => name)).toEqual([]);
});
