import { notApplicable, ok, warning, type Check } from './check.ts';
import { settingsPage } from './gitHubCommand.ts';
import type { RepositorySettings } from './gitHubFacts.ts';

/** Whether code of a branch can come by what an environment guards: its secrets, and the identity that clouds trust. */
export function checkEnvironments(settings: RepositorySettings): readonly Check[] {
  const { environments, defaultBranch } = settings;
  const id = 'github.environments';
  if (environments.kind !== 'read') return [];
  if (environments.value.length === 0) return [notApplicable(id, 'no environment is configured')];
  const open = environments.value.flatMap(({ name, branches }) => {
    switch (branches.kind) {
      case 'any':
        return [`any branch can use "${name}"`];
      case 'protected':
        return [];
      case 'named': {
        const others =
          branches.patterns.kind === 'read' ? branches.patterns.value.filter((each) => each !== defaultBranch) : [];
        return others.length === 0 ? [] : [`${others.join(', ')} can use "${name}"`];
      }
    }
  });
  if (open.length === 0) return [ok(id, 'environments are for protected branches, or the default branch alone')];
  return [
    warning(id, open.join('; '), {
      expected: `${defaultBranch} alone`,
      remedy: `Set the deployment branches of each: ${settingsPage(settings, 'environments')} (in a private repository that takes GitHub Pro, Team or Enterprise)`,
    }),
  ];
}
