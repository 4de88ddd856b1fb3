import type { CommitSha } from '../identity/git.ts';
import { isLater, parseMarker, type CommentMarker } from './commentMarker.ts';
import type { RunReference } from './headJudgement.ts';
import type { Standing } from './standing.ts';

/** A comment on a pull request. */
export interface ExistingComment {
  readonly id: number;
  /** GraphQL's name for it. */
  readonly nodeId: string;
  readonly body: string;
  /** Whether the App wrote it whose token this is. A marker in a comment of anybody else means nothing. */
  readonly own: boolean;
}

/** The comment that tells how the pull request stands. */
export interface StickyComment extends ExistingComment {
  readonly marker: CommentMarker;
}

export type CommentPlan =
  /** The comment that stands tells what a later run found. */
  | { readonly kind: 'leave' }
  | { readonly kind: 'create'; readonly retire: readonly StickyComment[] }
  | { readonly kind: 'edit'; readonly comment: StickyComment; readonly retire: readonly StickyComment[] };

/** Our own comments that carry a marker, the one that counts first: of the head, where it is said which; then the later one. */
export function stickyComments(comments: readonly ExistingComment[], head?: CommitSha): readonly StickyComment[] {
  const isOfHead = ({ marker }: StickyComment): boolean => marker.head === head;
  return comments
    .filter(({ own }) => own)
    .flatMap((comment) => {
      const marker = parseMarker(comment.body);
      return marker === undefined ? [] : [{ ...comment, marker }];
    })
    .sort((a, b) => {
      if (isOfHead(a) !== isOfHead(b)) return isOfHead(a) ? -1 : 1;
      if (isLater(a.marker.judging, b.marker.judging)) return -1;
      return isLater(b.marker.judging, a.marker.judging) ? 1 : a.id - b.id;
    });
}

/**
 * One comment tells how the pull request stands. It is edited while the answer stays the same; where it turns, a new one
 * is written, since nobody is told of an edit, and the old one is put away.
 */
export function planComment(
  sticky: readonly StickyComment[],
  { conclusion }: Standing,
  { head, judging }: { readonly head: CommitSha; readonly judging: RunReference },
): CommentPlan {
  const [current, ...others] = sticky;
  if (current === undefined) return { kind: 'create', retire: [] };
  // One of another head tells of what was pushed in between and taken back.
  if (current.marker.head === head && isLater(current.marker.judging, judging)) return { kind: 'leave' };
  const flipped = (current.marker.conclusion === 'success') !== (conclusion === 'success');
  if (flipped) return { kind: 'create', retire: sticky };
  return { kind: 'edit', comment: current, retire: others };
}
