import type { CommitSha } from '../identity/git.ts';
import type { Button } from './checkButtons.ts';
import type { CheckOutput } from './checkOutput.ts';
import type { ExistingCheck } from './checkPlan.ts';
import type { ExistingComment } from './commentPlan.ts';
import type { RunIdentity } from './identifyRun.ts';
import type { QueuedPull } from './mergeGroup.ts';

/** The run of a pull request, by who it is. */
export type PullRequestRun = Extract<RunIdentity, { readonly kind: 'pull-request' }>;

/** What stands on GitHub of a head, as far as it is ours. */
interface PresentAnswers {
  /** Our latest check on it. */
  readonly check?: ExistingCheck;
  /** The open pull requests whose head it still is; none where a later push has superseded it. */
  readonly pulls: readonly { readonly number: number; readonly comments: readonly ExistingComment[] }[];
}

export type CommentCreation =
  | { readonly kind: 'created'; readonly id: number; readonly nodeId: string }
  /** No answer came: it may stand, or not. */
  | { readonly kind: 'unknown'; readonly because: string };

/** A check as it is to stand on a commit. */
export interface WrittenCheck extends Omit<CheckOutput, 'conclusion'> {
  readonly head: CommitSha;
  /** Names what it tells of: see {@link checkId}. */
  readonly externalId: string;
  /** Absent where it is not over. `cancelled` passes for nothing, and says that nobody waits for it any more. */
  readonly conclusion?: CheckOutput['conclusion'] | 'cancelled';
  /** Where its "Details" lead. */
  readonly url: string;
  readonly buttons?: readonly Button[];
}

/** The checks and comments of one token on GitHub. */
export interface Answers {
  present(run: PullRequestRun): Promise<PresentAnswers>;
  /** Makes one, however the answers to it go. */
  createCheck(check: WrittenCheck): Promise<void>;
  /**
   * Writes over our check of that commit.
   * @param standing which one that is, where it is known.
   */
  updateCheck(check: WrittenCheck, standing?: { readonly nodeId: string }): Promise<void>;
  comments(pull: number): Promise<readonly ExistingComment[]>;
  /** Asks once, however it goes. */
  createComment(pull: number, body: string): Promise<CommentCreation>;
  /** `gone` where somebody deleted it. */
  editComment(id: number, body: string): Promise<'edited' | 'gone'>;
  /** Takes a comment of ours away; it may be gone already. */
  deleteComment(id: number): Promise<void>;
  /** Folds a comment away as outdated and takes the marker off it, where it still is there. */
  retireComment(comment: ExistingComment): Promise<void>;
}

/** The merge queues of a repository. */
export interface Queue {
  /** What waits to be merged into a branch, in its order. */
  pulls(branch: string): Promise<readonly QueuedPull[]>;
  /** Our check on the commit of a group. */
  check(group: CommitSha): Promise<ExistingCheck | undefined>;
}
