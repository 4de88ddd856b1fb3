import type { RepositoryName } from '../../identity/git.ts';
import type { GitHubClient } from '../github/gitHubClient.ts';
import type { Asker } from './gitHubStoreFailure.ts';

/** What the parts of a store in a repository work with. */
export interface StoreSite extends Asker {
  readonly client: GitHubClient;
  readonly repository: RepositoryName;
  readonly pause: (seconds: number) => Promise<void>;
}
