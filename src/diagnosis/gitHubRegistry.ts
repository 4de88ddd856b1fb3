import path from 'node:path/posix';
import type { RegistryLocation } from '../config/config.ts';
import type { RepositoryName } from '../identity/git.ts';
import { ok, problem, warning, type Check } from './check.ts';
import { ghApi, settingsPage } from './gitHubCommand.ts';
import type { RegistryBranch, RepositorySettings } from './gitHubFacts.ts';
import { ownMachines } from './workflowMachines.ts';

const REACH = 'github.registry';

/** Whether the job that judges can read the registry, and the one that publishes write it. */
export function checkRegistryReach(
  { workflows, repository }: RepositorySettings,
  location: RegistryLocation,
): readonly Check[] {
  const judging = workflows['touchstone-judge.yml'];
  if (judging === undefined) return [];
  switch (location.kind) {
    case 'github':
      if (isKeptIn(repository, location)) return [];
      return [
        warning(
          REACH,
          `the registry is in ${location.repository ?? ''}, and the token of a workflow writes to its own repository alone`,
          {
            expected: `"registry: github:", which is ${repository}`,
            remedy: 'Write that in touchstone.yml, and register the champion there',
          },
        ),
      ];
    case 'folder':
      return [reachOfFolder(judging, location.path)];
  }
}

/** Whether a repository is the one that the registry is kept in. */
export function isKeptIn(repository: RepositoryName, location: RegistryLocation | undefined): boolean {
  if (location?.kind !== 'github') return false;
  return location.repository === undefined || location.repository.toLowerCase() === repository.toLowerCase();
}

function reachOfFolder(judging: string, folder: string): Check {
  if (path.isAbsolute(folder) && ownMachines(judging).length > 0) {
    return ok(REACH, `${folder} is a folder that the machine which judges can have`);
  }
  return warning(
    REACH,
    `the registry is the folder ${folder}, and a clean runner has none: it finds no champion to judge against`,
    {
      expected: 'a registry that every machine reads',
      remedy: 'Write "registry: github:" in touchstone.yml, and register the champion there',
    },
  );
}

/** Whether what `registry: github:` is kept on can be lost, and whether it can be written at all. */
export function checkRegistryBranch(settings: RepositorySettings, registry: RegistryBranch): readonly Check[] {
  return [
    ...rulesOfBranch(settings, registry),
    ...openReleases(settings, registry),
    ...createdOnce(settings, registry),
  ];
}

function rulesOfBranch(settings: RepositorySettings, { branch, rules, exists }: RegistryBranch): readonly Check[] {
  const id = 'github.registry.branch';
  if (rules.kind !== 'read') return [];
  const { keepsBranch, keepsHistory, inTheWay } = rules.value;
  if (inTheWay.length > 0) {
    return [
      problem(
        id,
        `rules forbid what the registry does, to add files to the branch "${branch}": ${inTheWay.join(', ')}`,
        {
          remedy: `Except the branch from them: ${settingsPage(settings, 'rules')}`,
        },
      ),
    ];
  }
  if (keepsBranch && keepsHistory) return [ok(id, `the branch "${branch}" can be neither deleted nor rewritten`)];
  const lacking = [!keepsBranch && 'deleted', !keepsHistory && 'rewritten'].filter((each) => each !== false);
  const command = ghApi(settings, 'POST', 'rulesets', {
    name: `${branch}: the model registry`,
    target: 'branch',
    enforcement: 'active',
    conditions: { ref_name: { include: [`refs/heads/${branch}`], exclude: [] } },
    rules: [{ type: 'deletion' }, { type: 'non_fast_forward' }],
  });
  const found = exists ? `the branch "${branch}"` : `the branch "${branch}", which the first registration makes,`;
  return [
    warning(id, `${found} can be ${lacking.join(' and ')}, and every version and verdict with it`, {
      remedy: `Run: ${command}`,
    }),
  ];
}

/** Blobs are assets of releases: one that can get no more of them holds none. */
function openReleases(settings: RepositorySettings, { releasesAreImmutable }: RegistryBranch): readonly Check[] {
  if (releasesAreImmutable.kind !== 'read' || !releasesAreImmutable.value) return [];
  return [
    problem('github.registry.releases', 'releases are immutable here, and the registry adds each model to one', {
      remedy: `Switch "Enable release immutability" off (${settingsPage(settings, '')}), or use a registry elsewhere`,
    }),
  ];
}

function createdOnce({ repository }: RepositorySettings, { createsOnce, branch }: RegistryBranch): readonly Check[] {
  const id = 'github.registry.creation';
  if (createsOnce?.kind !== 'read') return [];
  if (createsOnce.value) return [ok(id, 'a name that is taken was refused, as it has to be')];
  return [
    problem(id, `a file of the branch "${branch}" was written over, where it should have been refused`, {
      expected: 'that a name can be created once',
      remedy: `This store would lose events: use another registry than ${repository}`,
    }),
  ];
}
