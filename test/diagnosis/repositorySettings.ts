import type { RegisteredApp } from '../../src/diagnosis/appFacts.ts';
import { APP_EVENTS, APP_PERMISSIONS } from '../../src/diagnosis/appNeeds.ts';
import type { Check } from '../../src/diagnosis/check.ts';
import { checkGitHub } from '../../src/diagnosis/gitHub.ts';
import type { RepositorySettings, Setting } from '../../src/diagnosis/gitHubFacts.ts';
import type { Released } from '../../src/diagnosis/workflowFiles.ts';
import type { RegistryLocation } from '../../src/config/config.ts';
import { parseRepositoryName } from '../../src/identity/git.ts';

export const SHA = 'a'.repeat(40);

const uses = (action: string): string => `      - uses: touchstone-ml/touchstone/actions/${action}@${SHA} # v1.0.0\n`;

export const RELEASED: Released = {
  release: { repository: 'touchstone-ml/touchstone', tag: 'v1.0.0', sha: SHA },
  templates: {
    'touchstone-pr.yml': `on:\n  pull_request:\n  merge_group:\njobs:\n  train:\n    runs-on: [self-hosted, gpu]\n    steps:\n${uses('train')}`,
    'touchstone-judge.yml': `on:\n  workflow_run:\njobs:\n  judge:\n    runs-on: ubuntu-latest\n    steps:\n${uses('judge')}  publish:\n    permissions:\n      contents: write # verdicts\n      checks: write # the check\n      pull-requests: write # the comment\n    steps:\n${uses('publish')}        with:\n          run: 1\n          answered-by: job # or app\n`,
    'touchstone-override.yml': `on:\n  workflow_dispatch:\njobs:\n  override:\n    runs-on: ubuntu-latest\n    steps:\n${uses('override')}`,
  },
};

export const read = <Value>(value: Value): Setting<Value> => ({ kind: 'read', value });

/** A repository in which everything is as it should be. */
export const SAFE: RepositorySettings = {
  kind: 'repository',
  repository: parseRepositoryName('acme/churn'),
  host: 'github.com',
  defaultBranch: 'main',
  isPublic: false,
  ownedBy: 'organisation',
  actionsApp: 15368,
  app: { kind: 'no-credentials' },
  workflows: RELEASED.templates,
  checks: read([{ name: 'touchstone', source: 15368, strict: false, from: { kind: 'ruleset', id: 7 } }]),
  mergeQueue: read(false),
  forks: read({ kind: 'private', run: false, writeTokens: false, secrets: false, approval: false }),
  token: read({ write: false, approvesPullRequests: false }),
  actions: read({ enabled: true, commitsRequired: true, allowed: { kind: 'all' } }),
  runners: read([]),
  runnerGroups: read([
    {
      name: 'gpus',
      everyRepository: false,
      publicRepositories: false,
      workflows: ['acme/churn/.github/workflows/touchstone-pr.yml@refs/heads/main'],
      runners: [{ name: 'gpu-1', labels: ['self-hosted', 'Linux', 'GPU'], ephemeral: true }],
    },
  ]),
  environments: read([]),
  registry: {
    branch: 'touchstone',
    exists: true,
    rules: read({ keepsHistory: true, keepsBranch: true, inTheWay: [] }),
    releasesAreImmutable: read(false),
    createsOnce: read(true),
  },
};

const PERMISSIONS = Object.fromEntries(Object.entries(APP_PERMISSIONS).map(([name, { access }]) => [name, access]));

/** The App as it should be, installed in the repository. */
export const APP: RegisteredApp = {
  kind: 'app',
  id: 4711,
  name: 'Touchstone of Acme',
  page: 'https://github.com/apps/touchstone-of-acme',
  settings: 'https://github.com/organizations/acme/settings/apps/touchstone-of-acme',
  permissions: PERMISSIONS,
  events: Object.keys(APP_EVENTS),
  installation: {
    page: 'https://github.com/organizations/acme/settings/installations/5',
    suspended: false,
    permissions: PERMISSIONS,
  },
  hook: {
    url: 'https://touchstone.acme.example/api/github/webhooks',
    contentType: 'json',
    hasSecret: true,
    verifiesCertificate: true,
  },
  deliveries: [
    { guid: 'a', event: 'pull_request', at: new Date('2026-05-03T09:00:00Z'), statusCode: 200, status: 'OK' },
  ],
  askedAt: new Date('2026-05-03T10:00:00Z'),
};

const JUDGING = RELEASED.templates['touchstone-judge.yml'].replace('answered-by: job', 'answered-by: app');

/** What a team changes of a repository in which everything is as it should be, to have the App answer there. */
export const ANSWERED_BY_APP: Partial<RepositorySettings> = {
  app: APP,
  workflows: { ...RELEASED.templates, 'touchstone-judge.yml': JUDGING },
  checks: read([{ name: 'touchstone', source: APP.id, strict: false, from: { kind: 'ruleset', id: 7 } }]),
};

/** What doctor says of it with something changed, by id. */
export function checksOf(
  changed: Partial<RepositorySettings> = {},
  registry?: RegistryLocation,
): ReadonlyMap<string, Check> {
  return new Map(checkGitHub({ ...SAFE, ...changed }, RELEASED, registry).map((check) => [check.id, check]));
}

/** The requests that the commands of a remedy make: `echo BODY | gh api --method METHOD PATH --input -`. */
export function requestsOf({ remedy = '' }: Check): readonly { method: string; path: string; body: object }[] {
  const commands = remedy.matchAll(/echo '(.*?)' \| gh api(?: --hostname \S+)? --method (\w+) '?([^ ']+)'? --input -/g);
  return [...commands].map(([, body = '', method = '', path = '']) => ({
    method,
    path,
    body: JSON.parse(body.replaceAll(`'\\''`, `'`)) as object,
  }));
}
