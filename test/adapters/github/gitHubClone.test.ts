import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { gitHubClone, isGitHub, knownRunner } from '../../../src/adapters/github/gitHubClone.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';

describe('whether a host is GitHub', () => {
  it.each([
    ['github.com', {}, true],
    ['acme.ghe.com', {}, true],
    ['github.acme.com', {}, true],
    ['git.acme.com', {}, false],
    ['git.acme.com', { GH_HOST: 'git.acme.com' }, true],
    ['git.acme.com:8443', { GITHUB_SERVER_URL: 'https://git.acme.com:8443/' }, true],
    ['gitlab.com', { GITHUB_SERVER_URL: 'https://github.com' }, false],
    ['notgithub.com', {}, false],
  ])('%s with %j', (host, env, expected) => {
    expect(isGitHub(host, env)).toBe(expected);
  });
});

describe('a clone', () => {
  const PATH = process.env['PATH'];
  it('knows its repository, and whether a folder is its top', async () => {
    const folder = await temporaryFolder({ 'models/churn.csv': 'a\n' });
    await execa('git', ['init', '--quiet'], { cwd: folder });
    expect(await gitHubClone(folder, { PATH })).toEqual({ kind: 'not-on-github' });
    await execa('git', ['remote', 'add', 'origin', 'git@github.com:acme/churn.git'], { cwd: folder });
    const clone = { kind: 'clone', host: 'github.com', repository: 'acme/churn' };
    expect(await gitHubClone(folder, { PATH })).toEqual({ ...clone, top: true });
    expect(await gitHubClone(`${folder}/models`, { PATH })).toEqual({ ...clone, top: false });
  });

  it('knows the runner that its workflows name, the first of them by name', async () => {
    const folder = await temporaryFolder({
      '.github/workflows/a.yml': 'jobs:\n  a:\n    runs-on: ubuntu-latest\n',
      '.github/workflows/b.yaml': 'jobs:\n  a:\n    runs-on: [self-hosted, b]\n',
      '.github/workflows/c.yml': 'jobs:\n  a:\n    runs-on: [self-hosted, c]\n',
      '.github/workflows/README.md': 'runs-on: [self-hosted, none]\n',
    });
    expect(await knownRunner(folder)).toEqual(['self-hosted', 'b']);
    expect(await knownRunner(await temporaryFolder())).toBeUndefined();
  });
});
