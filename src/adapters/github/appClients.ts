import { createAppAuth } from '@octokit/auth-app';
import { conditionalRequests, KeptResponses } from './conditionalRequests.ts';
import { openGitHub, type GitHubClient, type GitHubClientOptions } from './gitHubClient.ts';

export interface AppCredentials {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
}

/** GitHub's API as an App sees it: for itself, and in each installation. */
export interface AppClients {
  /** Signs as the App. */
  readonly app: GitHubClient;
  /** Signs by the installation's token, which is made anew before it runs out. */
  installation(id: number): GitHubClient;
}

/** Of answers that are kept, in all. */
const MOST_KEPT_BYTES = 64 * 1024 ** 2;
/** GitHub answers within ten seconds, or not at all. */
const ANSWER_WITHIN_MS = 30_000;

export function appClients(
  { appId, privateKey }: AppCredentials,
  options: Omit<GitHubClientOptions, 'token' | 'signing' | 'plugins'>,
): AppClients {
  const kept = new KeptResponses(MOST_KEPT_BYTES);
  const signed = (installationId?: number): GitHubClient =>
    openGitHub({
      answerWithinMs: ANSWER_WITHIN_MS,
      ...options,
      signing: {
        strategy: createAppAuth,
        options: { appId, privateKey, ...(installationId !== undefined && { installationId }) },
      },
      // As the App each request is signed anew, and a tag holds for what signed.
      plugins: installationId === undefined ? [] : [conditionalRequests(kept, String(installationId))],
    });
  const app = signed();
  const installations = new Map<number, GitHubClient>();
  return {
    app,
    installation(id) {
      const client = installations.get(id) ?? signed(id);
      installations.set(id, client);
      return client;
    },
  };
}
