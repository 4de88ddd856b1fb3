import type { CommitSha, RepositoryName } from '../identity/git.ts';

/** A comment that may be a command, as GitHub tells of it now. Instants are ISO 8601, UTC, whole seconds. */
export interface CommandComment {
  readonly id: number;
  /** Absent where the account is gone. */
  readonly author?: { readonly login: string; readonly isPerson: boolean };
  readonly body: string;
  readonly createdAt: string;
  /** Whoever may write to the repository can edit what others wrote. */
  readonly edited: boolean;
  /** The pull request that it stands below; absent for an issue. */
  readonly pull?: CommentedPull;
}

export interface CommentedPull {
  readonly number: number;
  readonly open: boolean;
  readonly head: CommitSha;
  readonly headBranch: string;
  readonly headRepository?: RepositoryName;
  /** Where the head was set to what does not descend from the one before, oldest first. */
  readonly forcePushes: readonly ForcePush[];
}

export interface ForcePush {
  readonly at: string;
  /** Absent where GitHub has it no longer. */
  readonly to?: CommitSha;
}

/**
 * Whether a comment was written when this commit was the head. A run of the head tells from when on the commit was known; it
 * can have been put aside, and back, by force pushes alone: those are on record for good, runs can be deleted. Of one
 * second nobody knows the order, and nobody reads a change in one.
 */
export function saidOfHead(
  { createdAt, pull }: Pick<CommandComment, 'createdAt' | 'pull'>,
  { head, knownSince }: { readonly head: CommitSha; readonly knownSince: string },
): boolean {
  const since = (pull?.forcePushes ?? []).filter(({ at }) => at >= knownSince);
  const last = since.at(-1);
  return createdAt > knownSince && (last === undefined || (last.to === head && last.at < createdAt));
}
