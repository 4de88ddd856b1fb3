import { setTimeout as pass } from 'node:timers/promises';
import type { RepositoryName } from '../../identity/git.ts';
import { findGitHub } from '../github/findGitHub.ts';
import { connectGitHub } from '../github/connectGitHub.ts';
import type { GitHubClientOptions } from '../github/gitHubClient.ts';
import { GitHubStore } from './githubStore.ts';

/**
 * The store in the repository that a folder is a clone of, or that is named.
 *
 * @throws UserMistake `repository-unknown`
 */
export async function openGitHubStore(options: {
  /** Absolute, in the clone. */
  readonly folder: string;
  readonly env: { readonly [name: string]: string | undefined };
  readonly repository?: RepositoryName;
  /** For messages: where the registry is named. */
  readonly where: string;
  readonly onWait: NonNullable<GitHubClientOptions['onWait']>;
}): Promise<GitHubStore> {
  const { apiUrl, repository, token } = await findGitHub(options);
  const { env, onWait } = options;
  const client = await connectGitHub({ baseUrl: apiUrl, onWait, ...(token !== undefined && { token }) }, env);
  const pause = (seconds: number): Promise<void> => pass(1000 * seconds);
  return new GitHubStore({ client, repository, hasToken: token !== undefined, pause });
}
