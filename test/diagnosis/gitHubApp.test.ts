import { describe, expect, it } from 'vitest';
import type { AppFacts, HookDelivery, HookSettings, RegisteredApp } from '../../src/diagnosis/appFacts.ts';
import type { Check, CheckStatus } from '../../src/diagnosis/check.ts';
import { checkGitHub } from '../../src/diagnosis/gitHub.ts';
import type { RepositorySettings } from '../../src/diagnosis/gitHubFacts.ts';
import { WORKFLOW_FILES } from '../../src/scaffold/workflowText.ts';
import { ANSWERED_BY_APP, APP, checksOf, read, RELEASED, requestsOf, SAFE } from './repositorySettings.ts';

type Case = readonly [what: string, changed: Partial<RepositorySettings>, status: CheckStatus, found: RegExp];

/** Each is a change of a repository in which the App answers and everything is as it should be. */
function judged(id: string, cases: readonly Case[]): void {
  it.each(cases)('%s', (_, changed, status, found) => {
    const check = checksOf({ ...ANSWERED_BY_APP, ...changed }).get(id);
    expect(check?.found).toMatch(found);
    expect(check?.status).toBe(status);
    if (status === 'problem' || status === 'warning') expect(check?.remedy).toBeDefined();
  });
}

const app = (changed: Partial<RegisteredApp>): Partial<RepositorySettings> => ({ app: { ...APP, ...changed } });
const { installation: INSTALLATION, ...NOT_INSTALLED } = APP;
const { hook: HOOK, ...WITHOUT_HOOK } = APP;
const installed = (changed: Partial<NonNullable<RegisteredApp['installation']>>): Partial<RepositorySettings> =>
  INSTALLATION === undefined ? {} : app({ installation: { ...INSTALLATION, ...changed } });
const BY_JOB = { workflows: RELEASED.templates, checks: SAFE.checks };

describe('a repository in which the App answers and all is as it should be', () => {
  it('has no problem and no warning', () => {
    const statuses = [...checksOf(ANSWERED_BY_APP).values()].map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set(['ok', 'not-applicable']));
  });
});

describe('the App', () => {
  judged('github.app', [
    ['answers', {}, 'ok', /"Touchstone of Acme" \(4711\) is installed here, and answers/],
    ['is not installed', { app: NOT_INSTALLED }, 'problem', /not installed here.* every pull request waits for ever/],
    ['is suspended', installed({ suspended: true }), 'problem', /suspended here.* every pull request waits for ever/],
    ['has no key here', { app: { kind: 'no-credentials' } }, 'not-applicable', /takes APP_ID and PRIVATE_KEY/],
    [
      'has a key that is none',
      { app: { kind: 'unusable', because: 'PRIVATE_KEY is no private key in PEM' } },
      'problem',
      /PRIVATE_KEY is no/,
    ],
    ['is installed, and the job answers', BY_JOB, 'warning', /takes commands here, and leaves check and comment/],
    ['is not installed, and the job answers', { ...BY_JOB, app: NOT_INSTALLED }, 'not-applicable', /answers$/],
    ['is suspended, and the job answers', { ...BY_JOB, ...installed({ suspended: true }) }, 'warning', /suspended/],
  ]);

  it('is not spoken of where the job answers and there is no key', () => {
    expect([...checksOf().keys()].filter((id) => id.startsWith('github.app'))).toEqual([]);
  });

  it('is looked at without a token for the repository, by its own key', () => {
    const { repository } = SAFE;
    const told = (facts: AppFacts): readonly string[] =>
      checkGitHub({ kind: 'no-token', repository, remedy: 'Give one', app: facts }, RELEASED, undefined).map(
        ({ id, status }) => `${id} ${status}`,
      );
    expect(told(APP)).toContain('github.app ok');
    expect(told(NOT_INSTALLED)).toContain('github.app warning');
  });
});

describe('what the App may do', () => {
  const withoutChecks = Object.fromEntries(Object.entries(APP.permissions).filter(([name]) => name !== 'checks'));
  judged('github.app.permissions', [
    ['is what it uses', {}, 'ok', /and no others/],
    [
      'lacks one',
      { app: { ...NOT_INSTALLED, permissions: withoutChecks } },
      'problem',
      /does not ask for checks: write$/,
    ],
    ['lacks writing', app({ permissions: { ...APP.permissions, checks: 'read' } }), 'problem', /for checks: write$/],
    [
      'was not accepted',
      installed({ permissions: { ...APP.permissions, actions: 'read' } }),
      'problem',
      /actions: write, and nobody has accepted it here/,
    ],
    [
      'is more than it uses',
      app({ permissions: { ...APP.permissions, contents: 'write', secrets: 'read' } }),
      'warning',
      /more than it uses: contents: write, secrets: read$/,
    ],
    [
      'may be as much as an administrator',
      app({ permissions: { ...APP.permissions, checks: 'admin' } }),
      'warning',
      /checks: admin/,
    ],
  ]);

  it('is mended by who owns what is lacking, with the reason', () => {
    const of = (changed: Partial<RepositorySettings>): Check | undefined =>
      checksOf({ ...ANSWERED_BY_APP, ...changed }).get('github.app.permissions');
    expect(of(app({ permissions: withoutChecks }))).toMatchObject({
      expected: 'checks: write (the check "touchstone")',
      remedy: expect.stringContaining(`${APP.settings}/permissions`) as string,
    });
    expect(of(installed({ permissions: withoutChecks }))?.remedy).toContain(INSTALLATION?.page);
  });
});

describe('what the App is told of', () => {
  judged('github.app.events', [
    ['is all that it acts on', {}, 'ok', /all that it acts on/],
    [
      'lacks some',
      app({ events: APP.events.filter((event) => event !== 'issue_comment' && event !== 'merge_group') }),
      'problem',
      /is not told of issue_comment, merge_group$/,
    ],
  ]);
});

describe('the webhook of the App', () => {
  const hook = (changed: Partial<HookSettings>): Partial<RepositorySettings> =>
    HOOK === undefined ? {} : app({ hook: { ...HOOK, ...changed } });
  judged('github.app.hook', [
    ['is signed', {}, 'ok', /is signed, and goes to https:/],
    ['is not there', { app: WITHOUT_HOOK }, 'problem', /has no webhook/],
    ['has no secret', hook({ hasSecret: false }), 'problem', /has no secret/],
    [
      'is not encrypted',
      hook({ url: 'http://touchstone.acme.example/api/github/webhooks' }),
      'problem',
      /not encrypted/,
    ],
    ['is no address', hook({ url: 'touchstone' }), 'problem', /not encrypted/],
    ['sends forms', hook({ contentType: 'form' }), 'problem', /sends form, which/],
    ['goes to anybody', hook({ verifiesCertificate: false }), 'problem', /any certificate/],
    ['leads elsewhere', hook({ url: 'https://touchstone.acme.example/' }), 'warning', /is https:/],
  ]);
});

describe('deliveries to the App', () => {
  const delivery = (guid: string, time: string, statusCode: number, event = 'pull_request'): HookDelivery => ({
    guid,
    event,
    at: new Date(time),
    statusCode,
    status: statusCode === 200 ? 'OK' : 'failed to connect to host',
  });
  const deliveries = (...all: readonly HookDelivery[]): Partial<RepositorySettings> => app({ deliveries: all });
  judged('github.app.deliveries', [
    ['arrive', {}, 'ok', /arrived$/],
    ['were none', deliveries(), 'not-applicable', /nothing was delivered/],
    [
      'failed before yesterday',
      deliveries(delivery('b', '2026-05-02T09:59:59Z', 502)),
      'not-applicable',
      /nothing was/,
    ],
    [
      'do not arrive any more',
      deliveries(
        delivery('a', '2026-05-03T07:00:00Z', 200),
        delivery('c', '2026-05-03T09:00:00Z', 502, 'check_run'),
        delivery('b', '2026-05-03T08:00:00Z', 500),
        delivery('b', '2026-05-03T08:30:00Z', 500),
      ),
      'problem',
      /^nothing arrives .* 2 events were not .*\(check_run, pull_request\).* since 2026-05-03T08:00:00.000Z, the last at 2026-05-03T09:00:00.000Z with 502 \(failed to connect to host\)$/,
    ],
    [
      'failed once',
      deliveries(delivery('b', '2026-05-03T08:00:00Z', 500), delivery('a', '2026-05-03T09:00:00Z', 200)),
      'warning',
      /^1 event was not .*; since then they arrive$/,
    ],
    [
      'failed, and were made up for',
      deliveries(delivery('b', '2026-05-03T08:00:00Z', 500), delivery('b', '2026-05-03T09:00:00Z', 202)),
      'ok',
      /arrived$/,
    ],
    ['were not answered at all', deliveries(delivery('b', '2026-05-03T08:00:00Z', 0)), 'problem', /with 0/],
  ]);
});

describe('the required check where the App answers', () => {
  const ours = { name: 'touchstone', from: { kind: 'ruleset', id: 7 } } as const;
  const unknown = { kind: 'no-credentials' } as const;
  const numbered = { kind: 'no-credentials', id: APP.id } as const;
  const actions = read([{ ...ours, source: 15368 }]);
  judged('github.check', [
    ['is that of the App', {}, 'ok', /from Touchstone of Acme \(4711\), which nobody else can give/],
    ['is that of the App whose number is set', { app: numbered }, 'ok', /the Touchstone App \(4711\)/],
    ['is that of another App', { checks: read([{ ...ours, source: 9 }]) }, 'problem', /from the App 9 alone/],
    ['is that of workflows', { checks: actions }, 'problem', /from GitHub Actions alone.* the App answers/],
    [
      'is that of workflows, and the App is not known',
      { app: unknown, checks: actions },
      'problem',
      /GitHub Actions alone/,
    ],
    ['is that of some App', { app: unknown }, 'ok', /from the App 4711; set APP_ID to have it compared/],
    [
      'is that of the App and of workflows',
      {
        checks: read([
          { ...ours, source: APP.id },
          { ...ours, source: 15368 },
        ]),
      },
      'problem',
      /GitHub Actions alone/,
    ],
    ['is taken from anybody', { checks: read([ours]) }, 'problem', /from anybody/],
    [
      'is taken from anybody, and the App is not known',
      { app: unknown, checks: read([ours]) },
      'problem',
      /from anybody/,
    ],
    ['is missing', { checks: read([]) }, 'problem', /does not require/],
    ['is missing, and the App is not known', { app: unknown, checks: read([]) }, 'problem', /does not require/],
    [
      'is that of the App, and the job answers',
      { workflows: RELEASED.templates },
      'problem',
      /the App 4711 alone, and touchstone-judge.yml publishes as GitHub Actions/,
    ],
  ]);

  it('is required of the App by its number, and by the page where that is not known', () => {
    const missing = (facts: AppFacts): Check | undefined =>
      checksOf({ ...ANSWERED_BY_APP, app: facts, checks: read([]) }).get('github.check');
    const known = missing(APP);
    expect(known && requestsOf(known)).toMatchObject([
      {
        path: 'repos/acme/churn/rulesets',
        body: {
          rules: [{ parameters: { required_status_checks: [{ context: 'touchstone', integration_id: 4711 }] } }],
        },
      },
    ]);
    expect(missing(unknown)?.remedy).toContain('https://github.com/acme/churn/settings/rules');
    const from = { kind: 'branch-protection' } as const;
    const bare = { ...ANSWERED_BY_APP, app: unknown, checks: read([{ name: 'touchstone', from }]) };
    expect(checksOf(bare).get('github.check')?.remedy).toContain('https://github.com/acme/churn/settings/branches');
  });
});

describe('touchstone-judge.yml where the App answers', () => {
  const judging = ANSWERED_BY_APP.workflows?.['touchstone-judge.yml'] ?? '';
  const judges = (text: string): Partial<RepositorySettings> => ({
    workflows: { ...RELEASED.templates, 'touchstone-judge.yml': text },
  });
  const narrow = judging.replace(/ {6}checks: write.*\n {6}pull-requests: write.*\n/, '');
  judged('github.workflows.touchstone-judge', [
    ['is as the release writes it', judges(narrow), 'ok', /writes it$/],
    ['may more than it has to', {}, 'ok', /its job "publish" does without "checks: write" and "pull-requests: write"$/],
    ['does not say who answers', judges(judging.replace(/ {10}answered-by.*\n/, '')), 'ok', /writes it$/],
    [
      'names nobody that could answer',
      judges(judging.replace('answered-by: app', 'answered-by: me')),
      'warning',
      /differs/,
    ],
    [
      'lacks the rights, and the job answers',
      judges(narrow.replace('answered-by: app', 'answered-by: job')),
      'warning',
      /differs/,
    ],
    [
      'gives them to the job that loads candidates',
      judges(
        judging.replace(
          '    runs-on: ubuntu-latest\n',
          '    runs-on: ubuntu-latest\n    permissions:\n      checks: write\n',
        ),
      ),
      'warning',
      /first in line 6$/,
    ],
    ['was edited below', judges(`${narrow}      - run: echo\n`), 'warning', /first in line 16$/],
  ]);
});

describe('the workflows that commands start', () => {
  const essential = { 'touchstone-pr.yml': '', 'touchstone-judge.yml': '' };
  const others = WORKFLOW_FILES.filter((file) => !Object.hasOwn(essential, file));
  const lacking = (changed: Partial<RepositorySettings>): readonly string[] => {
    const { workflows = {} } = changed;
    const kept = Object.entries(workflows).filter(([file]) => Object.hasOwn(essential, file));
    const checks = checksOf({ ...changed, workflows: Object.fromEntries(kept) });
    return [...checks.values()].flatMap(({ id, status, found }) =>
      status === 'warning' && found.includes('does not work') ? [id] : [],
    );
  };

  it('are missed where the App answers, and not where nobody takes commands', () => {
    expect(lacking(ANSWERED_BY_APP)).toEqual(others.map((file) => `github.workflows.${file.replace('.yml', '')}`));
    expect(lacking({ workflows: RELEASED.templates })).toEqual([]);
  });
});
