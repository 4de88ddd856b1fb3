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
    'touchstone-judge.yml': `on:\n  workflow_run:\njobs:\n  judge:\n    runs-on: ubuntu-latest\n    steps:\n${uses('judge')}`,
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
