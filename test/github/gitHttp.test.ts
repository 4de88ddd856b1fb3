import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitHub, type GitHubEvent } from './gitHub.ts';
import type { Account } from './state/account.ts';
import type { StandInRepository } from './state/repository.ts';

let github: GitHub;
let ada: Account;
let churn: StandInRepository;
let folder: string;

beforeEach(async () => {
  github = await GitHub.start();
  ada = github.createUser('ada');
  churn = await github.createRepository('churn', { owner: ada, private: true });
  await churn.commit('main', { 'README.md': 'Churn\n' });
  folder = await mkdtemp(join(tmpdir(), 'clone-'));
});

afterEach(async () => {
  await github.close();
  await rm(folder, { recursive: true, force: true });
});

async function git(...args: string[]): Promise<string> {
  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const { stdout } = await promisify(execFile)(
    'git',
    ['-C', folder, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args],
    { env },
  );
  return stdout;
}

const address = (token: string): string => `${github.url}/ada/churn.git`.replace('://', `://x-access-token:${token}@`);

describe('git', () => {
  it('clones and pushes with a token, and the push is told of', async () => {
    await git('clone', '--quiet', address(github.token({ user: ada })), '.');
    expect(await readFile(join(folder, 'README.md'), 'utf8')).toBe('Churn\n');
    const events: GitHubEvent[] = [];
    github.on('push', (event) => void events.push(event));
    await writeFile(join(folder, 'train.py'), 'print(1)\n');
    await git('checkout', '--quiet', '-b', 'deeper');
    await git('add', '.');
    await git('commit', '--quiet', '-m', 'Train');
    await git('push', '--quiet', 'origin', 'deeper');
    await github.settled();
    const sha = (await git('rev-parse', 'HEAD')).trim();
    expect(await churn.resolve('deeper')).toBe(sha);
    expect(events.map(({ payload, by }) => [payload['ref'], payload['after'], by.kind])).toEqual([
      ['refs/heads/deeper', sha, 'user'],
    ]);
  });

  it('is refused what the token may not', async () => {
    const reads = github.token({ workflowOf: churn, permissions: { contents: 'read' } });
    await git('clone', '--quiet', address(reads), '.');
    await git('commit', '--quiet', '--allow-empty', '-m', 'Nothing');
    await expect(git('push', '--quiet', 'origin', 'HEAD')).rejects.toThrow('403');
    for (const token of ['ghs_unknown', github.token({ workflowOf: churn, permissions: { issues: 'write' } })]) {
      await expect(git('ls-remote', address(token))).rejects.toThrow(/403|Authentication failed/);
    }
    await expect(git('ls-remote', `${github.url}/ada/churn.git`)).rejects.toThrow(/could not read Username/);
  });
});
