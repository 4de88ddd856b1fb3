import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitHubFacts } from '../../../src/adapters/diagnosis/gitHubFacts.ts';
import { openGitHub } from '../../../src/adapters/github/gitHubClient.ts';
import { TOUCHSTONE_RELEASE, workflowTemplates } from '../../../src/adapters/touchstoneRelease.ts';
import type { Check } from '../../../src/diagnosis/check.ts';
import { checkGitHub } from '../../../src/diagnosis/gitHub.ts';
import type { GitHubFacts } from '../../../src/diagnosis/gitHubFacts.ts';
import { requestsOf } from '../../diagnosis/repositorySettings.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';
import { GitHub, type Grant } from '../../github/gitHub.ts';
import type { Account } from '../../github/state/account.ts';
import type { StandInRepository } from '../../github/state/repository.ts';

let github: GitHub;
let owner: Account;
let churn: StandInRepository;
const now = (): Date => github.now();

beforeEach(async () => {
  github = await GitHub.start();
  owner = github.createUser('ada');
  churn = await repositoryOf(owner, false);
});

afterEach(async () => {
  await github.close();
});

async function repositoryOf(account: Account, isPrivate: boolean): Promise<StandInRepository> {
  const name = isPrivate ? 'hidden' : 'churn';
  const repository = await github.createRepository(name, { owner: account, private: isPrivate });
  repository.allow(owner, 'admin');
  const templates = await workflowTemplates();
  const workflows = Object.entries(templates).map(([file, text]) => [`.github/workflows/${file}`, text]);
  await repository.commit('main', Object.fromEntries(workflows) as Record<string, string>);
  await repository.commit('touchstone', { 'registry.json': '{"layout":1}\n' }, { parent: null });
  return repository;
}

async function facts(repository: StandInRepository, grant: Grant = { user: owner }): Promise<GitHubFacts> {
  const env = {
    GITHUB_SERVER_URL: github.url,
    GITHUB_API_URL: github.apiUrl,
    GITHUB_REPOSITORY: repository.fullName,
    GITHUB_TOKEN: github.token(grant),
  };
  return gitHubFacts(env, { root: await temporaryFolder(), now, registry: { kind: 'github' } });
}

async function checks(repository: StandInRepository, grant?: Grant): Promise<ReadonlyMap<string, Check>> {
  const released = { release: TOUCHSTONE_RELEASE, templates: await workflowTemplates() };
  const found = checkGitHub(await facts(repository, grant), released, undefined);
  return new Map(found.map((check) => [check.id, check]));
}

/** Does what the remedies say, as somebody who pastes their commands would. */
async function mend(found: ReadonlyMap<string, Check>): Promise<readonly string[]> {
  const client = openGitHub({ baseUrl: github.apiUrl, token: github.token({ user: owner }) });
  const mended: string[] = [];
  for (const check of found.values()) {
    for (const { method, path, body } of requestsOf(check)) {
      await client.request(`${method} /${path}`, { data: body });
      mended.push(check.id);
    }
  }
  return mended;
}

describe('the settings of a repository as GitHub tells them', () => {
  it('are as unsafe in a new one as doctor says, and safe once its commands were run', async () => {
    const unsafe = await checks(churn);
    expect(Object.fromEntries([...unsafe].map(([id, { status }]) => [id, status]))).toMatchObject({
      'github.workflows.touchstone-pr': 'ok',
      'github.workflows.touchstone-judge': 'ok',
      'github.check': 'problem',
      'github.forks': 'problem',
      'github.token': 'ok',
      'github.registry.branch': 'warning',
      'github.registry.creation': 'ok',
    });
    expect(await mend(unsafe)).toEqual(['github.check', 'github.forks', 'github.registry.branch']);
    const safe = await checks(churn);
    for (const id of ['github.check', 'github.forks', 'github.registry.branch'])
      expect(safe.get(id)?.status).toBe('ok');
  });

  it('are mended where somebody made them lax', async () => {
    churn.settings.protections.set('main', {
      strict: false,
      checks: [
        { context: 'touchstone', app_id: -1 },
        { context: 'tests', app_id: 99 },
      ],
    });
    churn.settings.token = { default_workflow_permissions: 'write', can_approve_pull_request_reviews: true };
    churn.settings.actions = { enabled: false, allowed_actions: 'local_only', sha_pinning_required: false };
    const unsafe = await checks(churn);
    expect(unsafe.get('github.check')?.found).toMatch(/from anybody/);
    expect(await mend(unsafe)).toEqual(expect.arrayContaining(['github.check', 'github.token', 'github.actions']));
    const safe = await checks(churn);
    for (const id of ['github.check', 'github.token', 'github.actions']) expect(safe.get(id)?.status, id).toBe('ok');
    expect(churn.settings.protections.get('main')?.checks).toEqual([
      { context: 'tests', app_id: 99 },
      { context: 'touchstone', app_id: 15368 },
    ]);
  });

  it('are those of private repositories too', async () => {
    const hidden = await repositoryOf(owner, true);
    hidden.settings.privateForks = {
      run_workflows_from_fork_pull_requests: true,
      send_write_tokens_to_workflows: true,
      send_secrets_and_variables: true,
      require_approval_for_fork_pr_workflows: false,
    };
    const unsafe = await checks(hidden);
    expect(unsafe.get('github.forks')?.found).toContain('a token that can write and secrets');
    await mend(unsafe);
    expect((await checks(hidden)).get('github.forks')?.status).toBe('ok');
  });

  it('hold rulesets of the organisation, its runner groups, environments and what a branch may not', async () => {
    const acme = github.createOrganization('acme');
    const repository = await repositoryOf(acme, false);
    repository.settings.rulesets.push({
      id: 41,
      name: 'all',
      enforcement: 'active',
      branches: ['~ALL'],
      organisation: 'acme',
      rules: [
        { type: 'pull_request' },
        {
          type: 'required_status_checks',
          parameters: {
            strict_required_status_checks_policy: true,
            required_status_checks: [{ context: 'touchstone', integration_id: 15368 }],
          },
        },
        { type: 'merge_queue', parameters: QUEUE },
      ],
    });
    repository.settings.runnerGroups.push({
      name: 'gpus',
      visibility: 'all',
      runners: [{ name: 'gpu-1', labels: ['self-hosted', 'Linux', 'X64', 'gpu'] }],
    });
    const other = await github.createRepository('other', { owner: acme });
    other.settings.runnerGroups.push({ name: 'others', visibility: 'all', runners: [{ name: 'o', labels: GPU }] });
    repository.settings.runners.push({ name: 'own', labels: GPU });
    repository.settings.environments.push(
      { name: 'production', branches: ['main'] },
      { name: 'staging', branches: 'any' },
      { name: 'trial', branches: ['dev/*'] },
    );
    repository.settings.immutableReleases = true;
    const found = await checks(repository);
    expect(found.get('github.check')?.found).toContain('each merge has all open ones trained again');
    expect(found.get('github.queue')?.status).toBe('ok');
    expect(found.get('github.runners.group')?.found).toMatch(/"gpus" serves every repository .*, every workflow/);
    expect(found.get('github.runners.own')?.found).toMatch(/^own keeps/);
    expect(found.get('github.environments')?.found).toBe('any branch can use "staging"; dev/* can use "trial"');
    expect(found.get('github.registry.branch')?.found).toContain('pull_request');
    expect(found.get('github.registry.releases')?.status).toBe('problem');
  });

  it('are the protection of the branch that the registry is kept on', async () => {
    const branch = async (): Promise<Check | undefined> => (await checks(churn)).get('github.registry.branch');
    churn.settings.protections.set('touchstone', { strict: false, checks: [] });
    expect((await branch())?.status).toBe('ok');
    churn.settings.protections.set('touchstone', { strict: false, checks: [], allowsForcePushes: true });
    expect((await branch())?.status).toBe('warning');
    churn.settings.protections.set('touchstone', { strict: false, checks: [{ context: 'ci', app_id: null }] });
    expect((await branch())?.found).toContain('required_status_checks');
  });

  it('are not waited for where GitHub cannot be reached', async () => {
    const token = github.token({ user: owner });
    const env = { GITHUB_SERVER_URL: github.url, GITHUB_API_URL: github.apiUrl, GITHUB_REPOSITORY: 'ada/churn' };
    const look = { root: await temporaryFolder(), now };
    await github.kill();
    const started = performance.now();
    await expect(gitHubFacts({ ...env, GITHUB_TOKEN: token }, look)).rejects.toMatchObject({
      code: 'github-failed',
      message: expect.stringContaining('it was not reached') as string,
    });
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it('are what actions may run, by name', async () => {
    churn.settings.actions.allowed_actions = 'selected';
    churn.settings.selectedActions = { github_owned_allowed: true, verified_allowed: false, patterns_allowed: [] };
    expect((await checks(churn)).get('github.actions')?.found).toMatch(/of touchstone-ml\/touchstone may not run/);
    churn.settings.selectedActions.patterns_allowed = ['touchstone-ml/touchstone@*'];
    expect((await checks(churn)).get('github.actions')?.status).toBe('warning');
  });

  it('stay unsaid where the token may not see them, with what it lacks', async () => {
    const found = await checks(churn, { workflowOf: churn, permissions: { contents: 'read', actions: 'read' } });
    expect(found.has('github.forks')).toBe(false);
    expect(found.get('github.check')?.status).toBe('problem');
    expect(found.get('github.permission')).toMatchObject({
      found: expect.stringContaining('the token may not see') as string,
      expected: '"Contents: write"',
    });
    const all = checkGitHub(
      await facts(churn, { workflowOf: churn, permissions: { contents: 'read', actions: 'read' } }),
      { release: TOUCHSTONE_RELEASE, templates: await workflowTemplates() },
      undefined,
    );
    expect(all.filter(({ id }) => id === 'github.permission').map(({ expected }) => expected)).toEqual([
      '"Administration: read"',
      '"Contents: write"',
    ]);
  });

  it('are not offered where the plan has none', async () => {
    const hidden = await repositoryOf(owner, true);
    hidden.settings.planWithoutRules = true;
    const found = await checks(hidden);
    expect(found.get('github.plan')?.found).toContain('Upgrade to GitHub Pro');
  });

  it('change by being looked at in nothing', async () => {
    const before = await churn.run(['for-each-ref']);
    await checks(churn);
    expect(await churn.run(['for-each-ref'])).toBe(before);
    const written = github.requests.filter(({ method, status }) => method !== 'GET' && status < 400);
    expect(written).toEqual([]);
    expect(github.requests.length).toBeLessThan(20);
  });

  it('are none for a token that GitHub does not know, or that may not see the repository', async () => {
    const env = { GITHUB_SERVER_URL: github.url, GITHUB_API_URL: github.apiUrl, GITHUB_REPOSITORY: 'ada/churn' };
    const look = { root: await temporaryFolder(), now };
    await expect(gitHubFacts({ ...env, GITHUB_TOKEN: 'ghp_no' }, look)).rejects.toMatchObject({
      code: 'token-refused',
    });
    const token = github.token({ user: owner });
    await expect(
      gitHubFacts({ ...env, GITHUB_TOKEN: token, GITHUB_REPOSITORY: 'ada/none' }, look),
    ).rejects.toMatchObject({ code: 'repository-hidden' });
    expect(await gitHubFacts(env, look)).toMatchObject({ kind: 'no-token', repository: 'ada/churn' });
    expect(await gitHubFacts({}, look)).toEqual({ kind: 'not-on-github' });
    const { PATH } = process.env;
    await execa('git', ['init', '--quiet'], { cwd: look.root });
    await execa('git', ['remote', 'add', 'origin', 'https://gitlab.com/ada/churn.git'], { cwd: look.root });
    expect(await gitHubFacts({ PATH, GITHUB_TOKEN: token }, look)).toEqual({ kind: 'not-on-github' });
  });
});

const GPU = ['self-hosted', 'linux', 'x64', 'gpu'];

const QUEUE = {
  check_response_timeout_minutes: 60,
  grouping_strategy: 'ALLGREEN',
  max_entries_to_build: 5,
  max_entries_to_merge: 5,
  merge_method: 'MERGE',
  min_entries_to_merge: 1,
  min_entries_to_merge_wait_minutes: 5,
};
