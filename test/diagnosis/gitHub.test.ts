import { describe, expect, it } from 'vitest';
import type { CheckStatus } from '../../src/diagnosis/check.ts';
import { checkGitHub } from '../../src/diagnosis/gitHub.ts';
import type { RepositorySettings, RunnerGroup } from '../../src/diagnosis/gitHubFacts.ts';
import { parseRepositoryName } from '../../src/identity/git.ts';
import { checksOf, read, RELEASED, requestsOf, SAFE, SHA } from './repositorySettings.ts';

type Case = readonly [what: string, changed: Partial<RepositorySettings>, status: CheckStatus, found: RegExp];

function judged(id: string, cases: readonly Case[]): void {
  it.each(cases)('%s', (_, changed, status, found) => {
    const check = checksOf(changed).get(id);
    expect(check?.found).toMatch(found);
    expect(check?.status).toBe(status);
    if (status === 'problem' || status === 'warning') expect(check?.remedy).toBeDefined();
  });
}

const lastOf = <Item>(items: readonly Item[]): Item => {
  const last = items.at(-1);
  if (last === undefined) throw new TypeError('There is none.');
  return last;
};

describe('a repository in which everything is as it should be', () => {
  it('has no problem and no warning', () => {
    const statuses = [...checksOf().values()].map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set(['ok', 'not-applicable']));
  });
});

describe('the required check', () => {
  const ours = { name: 'touchstone', from: { kind: 'ruleset', id: 7 } } as const;
  judged('github.check', [
    [
      'is missing',
      { checks: read([{ ...ours, name: 'tests' }]) },
      'problem',
      /does not require the check "touchstone"/,
    ],
    ['is taken from anybody', { checks: read([ours]) }, 'problem', /from anybody who can write a commit status/],
    [
      'is wanted of another App than publishes',
      { checks: read([{ ...ours, source: 9 }]) },
      'problem',
      /the App 9 alone/,
    ],
    [
      'is one of two that names its source',
      { checks: read([ours, { ...ours, source: 15368 }]) },
      'ok',
      /any workflow with/,
    ],
    [
      'wants branches up to date',
      { checks: read([{ ...ours, source: 15368, strict: true }]) },
      'ok',
      /each merge has all open ones trained again/,
    ],
  ]);

  it('is bound to its source beside the others that protection asks for, which stay as they are', () => {
    const from = { kind: 'branch-protection' } as const;
    const checks = read([
      { name: "it's", from },
      { name: 'tests', source: 3, from },
      { name: 'touchstone', from },
    ]);
    const check = checksOf({ checks, defaultBranch: 'release/a' }).get('github.check');
    // One word for a shell, whatever somebody called their check.
    expect(check?.remedy).toContain(`{"context":"it'\\''s","app_id":-1}`);
    expect(check && requestsOf(check)).toEqual([
      {
        method: 'PATCH',
        path: 'repos/acme/churn/branches/release%2Fa/protection/required_status_checks',
        body: {
          checks: [
            { context: "it's", app_id: -1 },
            { context: 'tests', app_id: 3 },
            { context: 'touchstone', app_id: 15368 },
          ],
        },
      },
    ]);
  });

  it('is bound where the organisation asks for it', () => {
    const from = { kind: 'ruleset', id: 7, organisation: 'acme' } as const;
    expect(checksOf({ checks: read([{ name: 'touchstone', from }]) }).get('github.check')?.remedy).toContain(
      'https://github.com/organizations/acme/settings/rules/7',
    );
  });
});

describe('pull requests from forks', () => {
  const closed = { kind: 'private', run: true, writeTokens: false, secrets: false, approval: true } as const;
  judged('github.forks', [
    [
      'run unapproved for whom GitHub knows',
      { forks: read({ kind: 'public', approval: 'first_time_contributors_new_to_github' }) },
      'problem',
      /everybody who is not new to GitHub/,
    ],
    [
      'run unapproved for who came once',
      { forks: read({ kind: 'public', approval: 'first_time_contributors' }) },
      'problem',
      /everybody who had a commit merged once/,
    ],
    [
      'wait',
      { forks: read({ kind: 'public', approval: 'all_external_contributors' }) },
      'ok',
      /all external contributors wait/,
    ],
    ['of a private repository wait', { forks: read(closed) }, 'ok', /neither secrets nor a token/],
    ['of a private repository get secrets', { forks: read({ ...closed, secrets: true }) }, 'problem', /get secrets$/],
    ['can write', { forks: read({ ...closed, writeTokens: true }) }, 'problem', /a token that can write$/],
    ['do not wait', { forks: read({ ...closed, approval: false }) }, 'warning', /run without approval/],
  ]);
});

describe('what a workflow may do that does not say it', () => {
  judged('github.token', [
    [
      'is to write',
      { token: read({ write: true, approvesPullRequests: false }) },
      'warning',
      /^every workflow .* can write/,
    ],
    [
      'is to approve',
      { token: read({ write: false, approvesPullRequests: true }) },
      'warning',
      /^workflows can approve/,
    ],
  ]);
});

describe('the actions that may run', () => {
  const policy = { enabled: true, commitsRequired: true, allowed: { kind: 'all' } } as const;
  const selected = (ofGitHub: boolean, ...patterns: readonly string[]): Partial<RepositorySettings> => ({
    actions: read({ ...policy, allowed: { kind: 'selected', ofGitHub, patterns: read(patterns) } }),
  });
  judged('github.actions', [
    ['are none', { actions: read({ ...policy, enabled: false }) }, 'problem', /switched off/],
    [
      'are the own',
      { actions: read({ ...policy, allowed: { kind: 'local' } }) },
      'problem',
      /of GitHub and those of Touchstone/,
    ],
    ['lack those of GitHub', selected(false, 'touchstone-ml/*'), 'problem', /^the actions of GitHub may not/],
    [
      'lack those of Touchstone',
      selected(true, 'touchstone-mlx/*', 'touchstone-ml/other@*'),
      'problem',
      /of touchstone-ml\/touchstone may not/,
    ],
    ['are named', selected(false, 'actions/*', 'touchstone-ml/touchstone@*'), 'ok', /by their commits alone/],
    ['may be pinned by tags', { actions: read({ ...policy, commitsRequired: false }) }, 'warning', /by a tag/],
  ]);
});

describe('the machines of a team', () => {
  const [gpus] = SAFE.runnerGroups.kind === 'read' ? SAFE.runnerGroups.value : [];
  const group = (changed: Partial<RunnerGroup>): Partial<RepositorySettings> => ({
    runnerGroups: read([{ ...(gpus as RunnerGroup), ...changed }]),
  });
  const apart = {
    name: 'judges',
    everyRepository: false,
    publicRepositories: false,
    runners: [{ name: 'cpu-1', labels: ['self-hosted', 'cpu'], ephemeral: false }],
  };
  const anyWorkflow = { ...apart, runners: (gpus as RunnerGroup).runners };

  judged('github.runners.group', [
    ['serve every repository', group({ everyRepository: true }), 'warning', /every repository of the organisation/],
    ['serve public ones', group({ publicRepositories: true }), 'warning', /serves public repositories/],
    ['serve every workflow', { runnerGroups: read([anyWorkflow]) }, 'warning', /serves every workflow/],
    ['have no group at a person', { ownedBy: 'person' }, 'not-applicable', /in organisations alone/],
  ]);
  judged('github.runners', [
    ['are not there', { runnerGroups: read([]) }, 'warning', /no runner is \[self-hosted, gpu\]/],
    [
      'have but some of the labels',
      { runnerGroups: read([{ ...apart, runners: [{ name: 'cpu-1', labels: ['self-hosted'], ephemeral: true }] }]) },
      'warning',
      /no runner is/,
    ],
    ['train for strangers', { isPublic: true }, 'warning', /code of strangers does/],
    [
      'are not used',
      { workflows: { ...RELEASED.templates, 'touchstone-pr.yml': RELEASED.templates['touchstone-judge.yml'] } },
      'not-applicable',
      /machines of GitHub/,
    ],
  ]);
  const own = { name: 'lab', labels: ['self-hosted', 'gpu'], ephemeral: false };
  judged('github.runners.own', [
    ['keep what was left', { runners: read([own]) }, 'warning', /^lab keeps what one pull request leaves/],
    ['are made for one job', { runners: read([{ ...own, ephemeral: true }]) }, 'ok', /one job each/],
  ]);

  const judging = RELEASED.templates['touchstone-judge.yml'].replace('ubuntu-latest', '[self-hosted, cpu]');
  const judgedBy = (...workflows: readonly string[]): Partial<RepositorySettings> => ({
    workflows: { ...RELEASED.templates, 'touchstone-judge.yml': judging },
    runnerGroups: read([{ ...apart, ...(workflows.length > 0 && { workflows }) }]),
  });
  const judge = 'acme/churn/.github/workflows/touchstone-judge.yml@refs/heads/main';
  judged('github.runners.judge', [
    ['judge where nothing else runs', judgedBy(judge), 'ok', /only touchstone-judge.yml can use/],
    ['judge where anything runs', judgedBy(), 'problem', /no pull request can run there before it/],
    ['judge where a second workflow runs', judgedBy(judge, judge.replace('judge', 'pr')), 'problem', /nothing shows/],
    [
      'judge where one of two groups is for anything',
      {
        ...judgedBy(judge),
        runnerGroups: read([{ ...apart, workflows: [judge] }, apart]),
      },
      'problem',
      /nothing shows/,
    ],
    ['judge where a branch can run', judgedBy(judge.replace('heads/main', 'heads/mine')), 'problem', /nothing shows/],
  ]);
});

describe('environments', () => {
  const environment = (branches: 'any' | 'protected' | readonly string[]): Partial<RepositorySettings> => ({
    environments: read([
      {
        name: 'production',
        branches: typeof branches === 'string' ? { kind: branches } : { kind: 'named', patterns: read(branches) },
      },
    ]),
  });
  judged('github.environments', [
    ['are for any branch', environment('any'), 'warning', /any branch can use "production"/],
    ['are for others too', environment(['main', 'dev/*']), 'warning', /^dev\/\* can use "production"/],
    ['are for the default branch', environment(['main']), 'ok', /default branch alone/],
    ['are for protected branches', environment('protected'), 'ok', /protected branches/],
    ['are none', {}, 'not-applicable', /no environment/],
  ]);
});

describe('the workflows on the default branch', () => {
  const training = RELEASED.templates['touchstone-pr.yml'];
  const trains = (text: string): Partial<RepositorySettings> => ({
    workflows: { ...RELEASED.templates, 'touchstone-pr.yml': text },
  });
  judged('github.workflows.touchstone-pr', [
    [
      'are as the release writes them, for other runners too',
      trains(training.replace('gpu', 'a100')),
      'ok',
      /as v1.0.0 writes/,
    ],
    [
      'name a configuration that lies in a folder',
      trains(
        training
          .replace(/^( {8})(uses: \S+\/actions\/validate@.*)$/m, '$1$2\n$1with:\n$1  config: ml/touchstone.yml')
          .replace('          model: ${{', '          config: ml/touchstone.yml\n          model: ${{'),
      ),
      'ok',
      /as v1.0.0 writes/,
    ],
    ['have other ends of lines', trains(training.replaceAll('\n', '\r\n')), 'ok', /as v1.0.0 writes/],
    [
      'run another release',
      trains(training.replace(SHA, 'b'.repeat(40))),
      'warning',
      /another release .* bbbbbbbbbbbb/,
    ],
    ['can be moved', trains(training.replace(SHA, 'v1')), 'problem', /at v1, which can be moved/],
    ['run something else', trains('on: pull_request\n'), 'problem', /runs no action of touchstone-ml\/touchstone/],
    ['were edited', trains(training.replace('merge_group:', 'push:')), 'warning', /first in line 3/],
  ]);
  judged('github.workflows', [
    ['are not there', { workflows: {} }, 'warning', /no pull request is judged/],
    ['lack one', { workflows: { 'touchstone-pr.yml': training } }, 'problem', /touchstone-judge.yml .*not on main/],
  ]);
  judged('github.queue', [
    ['answer the queue', { mergeQueue: read(true) }, 'ok', /is answered/],
    [
      'leave the queue waiting, whatever a comment says',
      { mergeQueue: read(true), ...trains(training.replace('merge_group:', '# merge_group:')) },
      'problem',
      /nothing could be merged/,
    ],
  ]);

  it('are all that is said where there are none: nothing runs that could be walked around', () => {
    expect([...checksOf({ workflows: {}, checks: read([]) }).keys()].filter((id) => !id.includes('registry'))).toEqual([
      'github.workflows',
    ]);
  });
});

describe('the registry of a judge on a clean runner', () => {
  const registry = SAFE.registry as NonNullable<RepositorySettings['registry']>;
  const rules = { keepsHistory: true, keepsBranch: true, inTheWay: [] };
  judged('github.registry.branch', [
    [
      'can be rewritten',
      { registry: { ...registry, rules: read({ ...rules, keepsHistory: false }) } },
      'warning',
      /can be rewritten,/,
    ],
    [
      'can be deleted',
      { registry: { ...registry, rules: read({ ...rules, keepsBranch: false }) } },
      'warning',
      /can be deleted,/,
    ],
    [
      'cannot be written',
      { registry: { ...registry, rules: read({ ...rules, inTheWay: ['pull_request'] }) } },
      'problem',
      /pull_request/,
    ],
    ['stays', {}, 'ok', /neither deleted nor rewritten/],
  ]);
  judged('github.registry.releases', [
    [
      'takes no files',
      { registry: { ...registry, releasesAreImmutable: read(true) } },
      'problem',
      /releases are immutable/,
    ],
  ]);
  judged('github.registry.creation', [
    ['overwrites', { registry: { ...registry, createsOnce: read(false) } }, 'problem', /was written over/],
    ['creates a name once', {}, 'ok', /was refused, as it has to be/],
  ]);

  it('is no folder, unless it is one that a machine of the team has', () => {
    const status = (path: string, judging?: string): string | undefined =>
      checksOf(judging === undefined ? {} : { workflows: { ...RELEASED.templates, 'touchstone-judge.yml': judging } }, {
        kind: 'folder',
        path,
      }).get('github.registry')?.status;
    const own = RELEASED.templates['touchstone-judge.yml'].replace('ubuntu-latest', '[self-hosted, cpu]');
    expect(status('.touchstone/registry')).toBe('warning');
    expect(status('/mnt/models')).toBe('warning');
    expect(status('/mnt/models', own)).toBe('ok');
    expect(status('.touchstone/registry', own)).toBe('warning');
  });
});

describe('a registry in a repository', () => {
  const reach = (repository?: string): string | undefined =>
    checksOf(
      {},
      { kind: 'github', ...(repository !== undefined && { repository: parseRepositoryName(repository) }) },
    ).get('github.registry')?.status;

  it('is one that workflows write to where it is their own', () => {
    expect([reach(), reach('Acme/Churn'), reach('acme/models')]).toEqual([undefined, undefined, 'warning']);
  });
});

describe('what cannot be seen', () => {
  it('is said with the permission that it takes, and nothing is said of the setting', () => {
    const hidden = { kind: 'not-allowed', needs: 'Administration: read' } as const;
    const checks = checksOf({ forks: hidden, token: hidden, runners: { kind: 'not-allowed', needs: 'Other: read' } });
    expect([...checks.keys()].filter((id) => id === 'github.forks' || id === 'github.token')).toEqual([]);
    const told = checkGitHub({ ...SAFE, forks: hidden, token: hidden }, RELEASED, undefined);
    expect(lastOf(told)).toMatchObject({
      id: 'github.permission',
      status: 'warning',
      found: 'the token may not see approval of forks, default rights of workflows',
      expected: '"Administration: read"',
    });
  });

  it('is a fact where GitHub does not offer it', () => {
    const because = 'Upgrade to GitHub Pro or make this repository public to enable this feature';
    const checks = checksOf({ checks: { kind: 'not-offered', because } });
    expect(checks.get('github.plan')).toMatchObject({
      status: 'not-applicable',
      found: expect.stringContaining(because) as string,
    });
    expect(checks.has('github.check')).toBe(false);
  });

  it('is everything without a token, and without GitHub', () => {
    const repository = parseRepositoryName('acme/churn');
    const lines = [
      checkGitHub(
        { kind: 'no-token', repository, remedy: 'Give one.', app: { kind: 'no-credentials' } },
        RELEASED,
        undefined,
      ),
      checkGitHub({ kind: 'not-on-github' }, RELEASED, undefined),
    ];
    expect(lines.map((checks) => checks.map(({ id, status }) => [id, status]))).toEqual([
      [['github', 'not-applicable']],
      [['github', 'not-applicable']],
    ]);
  });
});
