import type { CommitSha } from '../identity/git.ts';
import type { StickyComment } from './commentPlan.ts';
import type { Links } from './commentText.ts';

const SIGN = '<!-- touchstone:pending -->';

/** The sticky comment with a line on top that it tells of an earlier commit than the head, or without one where it does not. */
export function withPendingNotice({ body, marker }: StickyComment, head: CommitSha, links: Links): string {
  const [first = '', ...rest] = body.split('\n');
  const told = rest
    .filter((line) => !line.startsWith(SIGN))
    .join('\n')
    .replace(/^\n+/, '');
  if (marker.head === head) return `${first}\n\n${told}`;
  const commit = (sha: CommitSha): string => `[\`${sha.slice(0, 7)}\`](${links.commit(sha)})`;
  const notice = `${SIGN} 🕒 ${commit(head)} was pushed and is not judged yet. What follows is of ${commit(marker.head)}.`;
  return `${first}\n\n${notice}\n\n${told}`;
}
