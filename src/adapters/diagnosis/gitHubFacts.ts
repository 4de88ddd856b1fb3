import type { RegistryLocation } from '../../config/config.ts';
import { splitRepositoryName } from '../../identity/git.ts';
import { isKeptIn } from '../../diagnosis/gitHubRegistry.ts';
import type { GitHubFacts, RepositorySettings } from '../../diagnosis/gitHubFacts.ts';
import type { HostEnvironment } from '../../training/commandEnvironment.ts';
import { UserMistake } from '../../failure.ts';
import { findGitHub } from '../github/findGitHub.ts';
import { isGitHub } from '../github/gitHubClone.ts';
import { connectGitHub } from '../github/connectGitHub.ts';
import type { GitHubClient } from '../github/gitHubClient.ts';
import { HOW_TO_GIVE_A_TOKEN, type GitHubConnection } from '../github/gitHubConnection.ts';
import { appFacts } from './appFacts.ts';
import { actionsPolicy, forkPolicy, tokenDefaults } from './actionsSettings.ts';
import { mergeQueue, requiredChecks } from './branchRules.ts';
import { environments } from './environmentSettings.ts';
import { registryBranch } from './registryBranch.ts';
import { groupsOf, runnersOf } from './runnerSettings.ts';
import type { Place } from './place.ts';
import { repositoryFailure } from './settingAnswer.ts';
import { workflowsOn } from './workflowsOnBranch.ts';

export interface GitHubLook {
  /** Absolute, in the clone. */
  readonly root: string;
  /** Where the configuration has the registry, if there is one. */
  readonly registry?: RegistryLocation;
  readonly now: () => Date;
  readonly signal?: AbortSignal;
}

// https://api.github.com/apps/github-actions
const ACTIONS_APP = 15368;

/** What GitHub says of the repository that a folder is a clone of, in about 15 requests, and the App five. Changes nothing. */
export async function gitHubFacts(env: HostEnvironment, look: GitHubLook): Promise<GitHubFacts> {
  const connection = await findGitHub({ folder: look.root, env, where: look.root }).catch((error: unknown) => {
    if (error instanceof UserMistake) return undefined;
    throw error;
  });
  if (connection === undefined || !isGitHub(connection.host, env)) return { kind: 'not-on-github' };
  const { repository, token } = connection;
  if (token === undefined) {
    const app = await appFacts(env, { ...connection, ...look, folder: look.root });
    return { kind: 'no-token', repository, remedy: HOW_TO_GIVE_A_TOKEN, app };
  }
  return settingsOf(connection, look, env);
}

async function settingsOf(
  connection: GitHubConnection,
  look: GitHubLook,
  env: HostEnvironment,
): Promise<RepositorySettings> {
  const { repository, host, apiUrl, token } = connection;
  const { registry: location, signal } = look;
  const asked = { baseUrl: apiUrl, ...(token !== undefined && { token }), ...(signal && { signal }) };
  const client = await connectGitHub(asked, env);
  const place: Place = { client, ...splitRepositoryName(repository) };
  const { data } = await client.rest.repos
    // Whether GitHub can be reached at all is told at once.
    .get({ owner: place.owner, repo: place.repo, request: { retries: 0 } })
    .catch((error: unknown) => repositoryFailure(repository, error));
  const defaultBranch = data.default_branch;
  const ownedBy = data.owner.type === 'Organization' ? 'organisation' : 'person';
  const [actionsApp, app, workflows, checks, queue, forks, tokens, actions, runners, groups, uses, registry] =
    await Promise.all([
      host === 'github.com' ? ACTIONS_APP : actionsAppOf(client),
      appFacts(env, { ...connection, ...look, folder: look.root }),
      workflowsOn(place, defaultBranch),
      requiredChecks(place, defaultBranch),
      mergeQueue(place, defaultBranch),
      forkPolicy(place, !data.private),
      tokenDefaults(place),
      actionsPolicy(place),
      runnersOf(place),
      groupsOf(place, ownedBy),
      environments(place),
      isKeptIn(repository, location) ? registryBranch(place) : undefined,
    ]);
  return {
    kind: 'repository',
    repository,
    host,
    defaultBranch,
    isPublic: !data.private,
    ownedBy,
    actionsApp,
    app,
    workflows,
    checks,
    mergeQueue: queue,
    forks,
    token: tokens,
    actions,
    runners,
    runnerGroups: groups,
    environments: uses,
    ...(registry && { registry }),
  };
}

/** Each Enterprise server numbers its Apps itself. */
async function actionsAppOf(client: GitHubClient): Promise<number> {
  const { data } = await client.rest.apps.getBySlug({ app_slug: 'github-actions' });
  return data?.id ?? ACTIONS_APP;
}
