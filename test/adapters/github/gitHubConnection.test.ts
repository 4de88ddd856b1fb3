import { describe, expect, it } from 'vitest';
import { gitHubConnection, parseRemoteUrl } from '../../../src/adapters/github/gitHubConnection.ts';
import { parseRepositoryName } from '../../../src/identity/git.ts';
import { mistakeOf } from '../../fakes/mistakeOf.ts';

const where = 'touchstone.yml: registry';

describe('a remote', () => {
  it.each([
    ['https://github.com/acme/churn.git', 'github.com'],
    ['https://github.com/acme/churn', 'github.com'],
    ['https://github.com/acme/churn/', 'github.com'],
    ['https://x-access-token:secret@github.com/acme/churn.git', 'github.com'],
    ['git@github.com:acme/churn.git', 'github.com'],
    ['github.com:acme/churn', 'github.com'],
    ['ssh://git@github.com/acme/churn.git', 'github.com'],
    ['ssh://git@ssh.github.com:443/acme/churn.git', 'github.com'],
    ['https://WWW.github.com/acme/churn', 'github.com'],
    ['git@git.acme.example:acme/churn.git', 'git.acme.example'],
    ['ssh://git@git.acme.example:2222/acme/churn.git', 'git.acme.example'],
    ['https://git.acme.example:8443/acme/churn.git', 'git.acme.example:8443'],
  ])('%s names host and repository', (url, host) => {
    expect(parseRemoteUrl(url)).toEqual({ host, repository: 'acme/churn' });
  });

  it.each([
    '/srv/git/churn.git',
    'file:///srv/acme/churn.git',
    'https://gitlab.example/group/sub/churn.git',
    'churn',
    '',
  ])('"%s" is none of GitHub', (url) => {
    expect(parseRemoteUrl(url)).toBeUndefined();
  });
});

describe('the connection to GitHub', () => {
  const remoteUrl = 'git@github.com:acme/churn.git';

  it('is that of the clone, with the token of the environment', () => {
    expect(gitHubConnection({ env: { GH_TOKEN: 'gh' }, remoteUrl, where })).toEqual({
      host: 'github.com',
      apiUrl: 'https://api.github.com',
      repository: 'acme/churn',
      token: 'gh',
    });
    expect(gitHubConnection({ env: { GITHUB_TOKEN: 'first', GH_TOKEN: 'gh' }, remoteUrl, where }).token).toBe('first');
    expect(gitHubConnection({ env: { GITHUB_TOKEN: '', GH_TOKEN: '' }, remoteUrl, where })).not.toHaveProperty('token');
  });

  it('is that of the runner, whatever the clone says', () => {
    const env = {
      GITHUB_SERVER_URL: 'https://git.acme.example',
      GITHUB_API_URL: 'https://git.acme.example/api/v3/',
      GITHUB_REPOSITORY: 'acme/models',
      GITHUB_TOKEN: 'runner',
    };
    expect(gitHubConnection({ env, remoteUrl, where })).toEqual({
      host: 'git.acme.example',
      apiUrl: 'https://git.acme.example/api/v3',
      repository: 'acme/models',
      token: 'runner',
    });
  });

  it('is that of a named repository, on the host of the clone', () => {
    const repository = parseRepositoryName('acme/registry');
    expect(gitHubConnection({ env: {}, remoteUrl: 'git@git.acme.example:acme/churn.git', repository, where })).toEqual({
      host: 'git.acme.example',
      apiUrl: 'https://git.acme.example/api/v3',
      repository: 'acme/registry',
    });
    expect(gitHubConnection({ env: {}, repository, where }).apiUrl).toBe('https://api.github.com');
  });

  it('of a tenant with data residency has an API of its own', () => {
    const tenant = gitHubConnection({
      env: { GITHUB_TOKEN: 't' },
      remoteUrl: 'https://acme.ghe.com/acme/churn',
      where,
    });
    expect(tenant).toMatchObject({ apiUrl: 'https://api.acme.ghe.com', token: 't' });
  });

  it('hands the token for GitHub to no other host that a remote leads to', () => {
    const env = { GITHUB_TOKEN: 'secret', GH_TOKEN: 'secret' };
    const elsewhere = gitHubConnection({ env, remoteUrl: 'https://evil.example/acme/churn.git', where });
    expect(elsewhere).not.toHaveProperty('token');
    const own = { ...env, GH_ENTERPRISE_TOKEN: 'own' };
    expect(gitHubConnection({ env: own, remoteUrl: 'https://evil.example/acme/churn.git', where }).token).toBe('own');
  });

  it.each([undefined, '/srv/git/churn.git'])('without a repository (origin: %s) says how to name one', (url) => {
    const mistake = mistakeOf(() => gitHubConnection({ env: {}, where, ...(url !== undefined && { remoteUrl: url }) }));
    expect(mistake.code).toBe('repository-unknown');
    expect(mistake.message).toMatch(/registry: github:OWNER\/NAME/);
  });
});
