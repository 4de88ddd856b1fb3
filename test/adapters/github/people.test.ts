import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openGitHub } from '../../../src/adapters/github/gitHubClient.ts';
import { gitHubPeople } from '../../../src/adapters/github/people.ts';
import { parseRepositoryName } from '../../../src/identity/git.ts';
import { GitHub } from '../../github/gitHub.ts';

const REPOSITORY = parseRepositoryName('ada/churn');

describe('a person, as GitHub tells of one at this moment', () => {
  it('has the role that somebody was given, and none where everybody reads', async () => {
    const github = await GitHub.start();
    try {
      const repository = await github.createRepository('churn', { owner: github.createUser('ada') });
      const token = github.token({ workflowOf: repository, permissions: { contents: 'write' } });
      const people = gitHubPeople(openGitHub({ baseUrl: github.apiUrl, token, msPerSecond: 1 }), REPOSITORY);
      for (const role of ['triage', 'write', 'maintain', 'admin'] as const) {
        const bob = github.createUser(`bob-${role}`);
        repository.allow(bob, role);
        expect(await people.personOf(bob.login)).toEqual({ login: bob.login, role });
      }
      github.createUser('eve');
      expect(await people.personOf('eve')).toEqual({ login: 'eve' });
      expect(await people.personOf('nobody')).toEqual({ login: 'nobody' });
    } finally {
      await github.close();
    }
  });
});

describe("a role of an organisation's own", () => {
  const API = 'https://api.github.test';
  beforeEach(() => nock.disableNetConnect());
  afterEach(() => {
    nock.cleanAll();
    nock.enableNetConnect();
  });

  it.each([
    ['admin', 'admin'],
    ['write', 'write'],
    ['read', undefined],
    ['none', undefined],
  ])('that GitHub writes %s is worth %s', async (permission, role) => {
    nock(API)
      .get('/repos/ada/churn/collaborators/bob/permission')
      .reply(200, { permission, role_name: 'data scientist' });
    const people = gitHubPeople(openGitHub({ baseUrl: API, token: 'token', msPerSecond: 1 }), REPOSITORY);
    expect(await people.personOf('bob')).toEqual({ login: 'bob', ...(role !== undefined && { role }) });
  });
});
