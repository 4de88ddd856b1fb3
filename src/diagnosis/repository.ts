import type { RegistryLocation } from '../config/config.ts';
import { formatBytes, notApplicable, ok, problem, warning, type Check } from './check.ts';

/** What git says of the folder that the configuration stands in. */
export type RepositoryFacts =
  | { readonly kind: 'git-missing' }
  | { readonly kind: 'no-repository'; readonly git: string }
  | { readonly kind: 'refused'; readonly remedy: string }
  | {
      readonly kind: 'repository';
      /** `2.39.5` */
      readonly git: string;
      /** Absent before the first one. */
      readonly commit?: string;
      /** The workspace folder, whether it exists yet or not. */
      readonly workspaceIgnored: boolean;
      /** Where the registry lies inside of the repository, and what git makes of it. */
      readonly registry?: 'tracked' | 'ignored' | 'untracked';
      /** Files that git holds, with their sizes in bytes. */
      readonly trackedData: readonly { readonly path: string; readonly bytes: number }[];
      /** What of the training inputs differs from the commit. */
      readonly changed: readonly string[];
    };

export function checkRepository(facts: RepositoryFacts): readonly Check[] {
  switch (facts.kind) {
    case 'git-missing':
      return [
        warning('git', 'git is not on PATH', {
          remedy: 'Install git: without it no model version knows the commit that it came from',
        }),
      ];
    case 'no-repository':
      return [
        warning('git', `git ${facts.git}, and this folder stands in no repository`, {
          remedy: 'Run: git init && git add . && git commit',
        }),
      ];
    case 'refused':
      return [problem('git', 'git refuses to read the repository, which another user owns', { remedy: facts.remedy })];
    case 'repository':
      return [
        facts.commit === undefined
          ? warning('git', `git ${facts.git}, in a repository without a commit`, {
              remedy: 'Run: git add . && git commit, so that a model version knows where it came from',
            })
          : ok('git', `git ${facts.git}, at commit ${facts.commit.slice(0, 8)}`),
        checkIgnored(facts),
        checkInputs(facts),
      ];
  }
}

type Repository = Extract<RepositoryFacts, { kind: 'repository' }>;

function checkIgnored({ workspaceIgnored }: Repository): Check {
  if (workspaceIgnored) return ok('git.workspace', '.touchstone is ignored by git');
  return warning('git.workspace', '.touchstone is not ignored by git', {
    expected: 'what can be made again not to be committed',
    remedy: 'Add the line ".touchstone/" to .gitignore',
  });
}

function checkInputs({ changed, commit }: Repository): Check {
  if (commit === undefined) return notApplicable('git.inputs', 'there is no commit to compare the inputs with');
  if (changed.length === 0) return ok('git.inputs', 'the training inputs are as they were committed');
  const more = changed.length > 3 ? ` and ${changed.length - 3} more` : '';
  return warning(
    'git.inputs',
    `training would see other inputs than the commit: ${changed.slice(0, 3).join(', ')}${more}`,
    {
      remedy: 'Commit them before you register what comes of it; the evidence says "dirty" otherwise',
    },
  );
}

/** A registry in the repository: shared by pushing it, for this machine alone, or about to be committed by a slip. */
export function checkRegistryPlace(facts: RepositoryFacts, location: RegistryLocation): Check {
  const id = 'registry.place';
  if (location.kind === 'github') {
    return ok(
      id,
      `the registry lies on GitHub, in ${location.repository ?? 'this repository'}: who can read that can read it`,
    );
  }
  const outside = ok(id, `the registry lies at ${location.path}`);
  if (facts.kind !== 'repository' || facts.registry === undefined) return outside;
  switch (facts.registry) {
    case 'ignored':
      return ok(id, `${location.path} is ignored by git: the registry is this clone's own`);
    case 'tracked':
      return warning(id, `${location.path} is committed to git: two branches can each add the next event`, {
        expected: 'a registry that all clones write to, or that git ignores',
        remedy: 'Put it on a disk that everybody reaches ("registry: file:/srv/registry"), or ignore it',
      });
    case 'untracked':
      return warning(id, `${location.path} lies in the repository and is not ignored`, {
        expected: 'that nobody commits it by a slip',
        remedy: `Add the line "${location.path.replace(/^\.\//, '')}/" to .gitignore, or put the registry elsewhere`,
      });
  }
}

const BIG = 5 * 1024 * 1024;

/** Data that git holds: every version of them stays in every clone. */
export function checkTrackedData(facts: RepositoryFacts): Check {
  const id = 'git.data';
  if (facts.kind !== 'repository') return notApplicable(id, 'there is no repository');
  const big = facts.trackedData.filter(({ bytes }) => bytes > BIG);
  if (big.length === 0) return ok(id, 'git holds no large data file');
  const named = big.map(({ path, bytes }) => `${path} (${formatBytes(bytes)})`);
  return warning(id, `git holds large data: ${named.slice(0, 3).join(', ')}${named.length > 3 ? ', and more' : ''}`, {
    expected: `files below ${formatBytes(BIG)}`,
    remedy: 'Keep them outside of git (git rm --cached FILE, and a line in .gitignore), or in Git LFS',
  });
}
