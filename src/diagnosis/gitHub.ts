import type { RegistryLocation } from '../config/config.ts';
import { whoAnswers } from '../pullRequest/judgingWorkflow.ts';
import { notApplicable, warning, type Check } from './check.ts';
import { checkEnvironments } from './environments.ts';
import { checkApp } from './gitHubApp.ts';
import type { GitHubFacts, RepositorySettings, Setting } from './gitHubFacts.ts';
import { checkRegistryBranch, checkRegistryReach } from './gitHubRegistry.ts';
import { checkRequiredCheck } from './requiredCheck.ts';
import { checkRunners } from './runners.ts';
import { checkWorkflowFiles, type Released } from './workflowFiles.ts';
import { checkActionsPolicy, checkForks, checkTokenDefaults } from './workflowRights.ts';

const ID = 'github';

/** What is unsafe, or missing, in the settings that the trust in a pull request's verdict leans on. */
export function checkGitHub(
  facts: GitHubFacts,
  released: Released,
  registry: RegistryLocation | undefined,
): readonly Check[] {
  switch (facts.kind) {
    case 'not-on-github':
      return [notApplicable(ID, 'this is no clone of a repository on GitHub')];
    case 'no-token':
      return [
        notApplicable(ID, `the settings of ${facts.repository} were not looked at, without a token. ${facts.remedy}`),
        ...checkApp(facts.app, undefined),
      ];
    case 'repository':
      return checkSettings(facts, released, registry);
  }
}

function checkSettings(
  settings: RepositorySettings,
  released: Released,
  registry: RegistryLocation | undefined,
): readonly Check[] {
  const registryChecks = [
    ...(registry === undefined ? [] : checkRegistryReach(settings, registry)),
    ...(settings.registry === undefined ? [] : checkRegistryBranch(settings, settings.registry)),
  ];
  const answers = whoAnswers(settings.workflows['touchstone-judge.yml'] ?? '');
  const files = checkWorkflowFiles(settings, released, answers);
  // Where nothing runs there is nothing to walk around.
  if (Object.keys(settings.workflows).length === 0) return [...files, ...registryChecks];
  return [
    ...files,
    ...checkRequiredCheck(settings, answers),
    ...checkApp(settings.app, answers),
    ...checkForks(settings),
    ...checkTokenDefaults(settings),
    ...checkActionsPolicy(settings, released.release.repository),
    ...checkRunners(settings),
    ...checkEnvironments(settings),
    ...registryChecks,
    ...unread(settings),
  ];
}

/** What could not be looked at: nothing is said of it, neither good nor bad. */
function unread(settings: RepositorySettings): readonly Check[] {
  const { registry } = settings;
  const looks: readonly (readonly [what: string, setting: Setting<unknown> | undefined])[] = [
    ['required checks', settings.checks],
    ['the merge queue', settings.mergeQueue],
    ['approval of forks', settings.forks],
    ['default rights of workflows', settings.token],
    ['allowed actions', settings.actions],
    ['runners', settings.runners],
    ['runner groups', settings.ownedBy === 'organisation' ? settings.runnerGroups : undefined],
    ['environments', settings.environments],
    ['rules of the registry branch', registry?.rules],
    ['immutability of releases', registry?.releasesAreImmutable],
    ['that a name is created once', registry?.createsOnce],
  ];
  const lacking = new Map<string, string[]>();
  const absent: Check[] = [];
  for (const [what, setting] of looks) {
    if (setting?.kind === 'not-allowed') lacking.set(setting.needs, [...(lacking.get(setting.needs) ?? []), what]);
    if (setting?.kind === 'not-offered') {
      absent.push(notApplicable(`${ID}.plan`, `${what}: GitHub does not have them here (${setting.because})`));
    }
  }
  const refused = [...lacking].map(([needs, what]) =>
    warning(`${ID}.permission`, `the token may not see ${what.join(', ')}`, {
      expected: `"${needs}"`,
      remedy:
        'Run it as somebody who may: GITHUB_TOKEN="$(gh auth token)" touchstone doctor (runner groups of an organisation: gh auth refresh --scopes admin:org)',
    }),
  );
  return [...absent, ...refused];
}
