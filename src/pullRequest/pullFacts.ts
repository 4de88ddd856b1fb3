import type { CommitSha, RepositoryName } from '../identity/git.ts';
import type { ExistingComment } from './commentPlan.ts';

/** What GitHub says of one pull request and of the default branch, read at one moment. */
export interface PullFacts {
  readonly number: number;
  readonly state: 'open' | 'closed';
  /** Login; absent where the account is gone. */
  readonly author?: string;
  readonly head: CommitSha;
  readonly headBranch: string;
  /** Absent where the fork is gone. */
  readonly headRepository?: RepositoryName;
  readonly fork: boolean;
  /** Whether it cannot be merged as it stands: GitHub then starts no workflow for it. */
  readonly conflicts: boolean;
  readonly ruling: RulingBranch;
  /** `touchstone.yml` at the head's root, where there is one. */
  readonly proposedConfig?: string;
  /** Our newest check on the head. */
  readonly check?: AppCheck;
  /** Commits before the head whose check of ours is not over. */
  readonly left: readonly { readonly head: CommitSha; readonly check: AppCheck }[];
  /** Oldest first. */
  readonly comments: readonly PullComment[];
}

/** The default branch, as far as the App reads it. */
export interface RulingBranch {
  readonly name: string;
  readonly commit: CommitSha;
  /** Text of `touchstone-judge.yml`; absent where there is none. */
  readonly judging?: string;
  readonly overriding: boolean;
  /** Text of the configuration where the workflows look for it; absent where there is none. */
  readonly config?: string;
}

/** A check that the App made. */
export interface AppCheck {
  readonly nodeId: string;
  readonly externalId: string;
  readonly status: 'completed' | 'unfinished';
  readonly conclusion?: string;
  readonly title: string;
  readonly startedAt?: string;
}

/** A comment as far as commands, replies and the sticky one are told by it. */
export interface PullComment extends ExistingComment {
  readonly author: { readonly kind: 'person' | 'bot' | 'gone'; readonly login: string };
  readonly createdAt: string;
  /** Whether its text was changed since: by its author, or by anybody who can write. */
  readonly edited: boolean;
  /** Whether the App put its 👀 on it. */
  readonly seen: boolean;
}
