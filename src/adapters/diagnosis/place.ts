import type { GitHubClient } from '../github/gitHubClient.ts';

/** A client for one repository. */
export interface Place {
  readonly client: GitHubClient;
  readonly owner: string;
  readonly repo: string;
}
