import type { Json } from '../route.ts';
import { type Account, nodeId } from './account.ts';
import type { StandInRepository } from './repository.ts';

export type StatusState = 'error' | 'failure' | 'pending' | 'success';

/** What somebody says of a commit under a name, the older way: for checks that are not an App's. */
export interface CommitStatus {
  readonly id: number;
  readonly sha: string;
  readonly state: StatusState;
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly author: Account;
  readonly createdAt: string;
}

export class CommitStatuses {
  readonly all: CommitStatus[] = [];
  readonly #repository: StandInRepository;

  constructor(repository: StandInRepository) {
    this.#repository = repository;
  }

  add(made: Omit<CommitStatus, 'id' | 'createdAt'>): CommitStatus {
    const { github } = this.#repository;
    const status = { ...made, id: github.nextId('status'), createdAt: github.time() };
    this.all.push(status);
    return status;
  }

  /** Newest first. */
  of(sha: string): CommitStatus[] {
    return this.all.filter((status) => status.sha === sha).reverse();
  }

  /** The newest of each context. */
  latest(sha: string): CommitStatus[] {
    const seen = new Set<string>();
    return this.of(sha).filter(({ context }) => !seen.has(context) && seen.add(context));
  }

  /** `status` in GitHub's description. */
  json(status: CommitStatus): Json {
    return {
      url: `${this.#repository.url}/statuses/${status.sha}`,
      avatar_url: status.author.json['avatar_url'],
      id: status.id,
      node_id: nodeId('SC', status.id),
      state: status.state,
      description: status.description,
      target_url: status.targetUrl,
      context: status.context,
      created_at: status.createdAt,
      updated_at: status.createdAt,
    };
  }
}
