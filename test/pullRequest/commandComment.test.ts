import { describe, expect, it } from 'vitest';
import { parseCommitSha } from '../../src/identity/git.ts';
import { saidOfHead, type ForcePush } from '../../src/pullRequest/commandComment.ts';

const [HEAD, OTHER] = [parseCommitSha('a'.repeat(40)), parseCommitSha('b'.repeat(40))];
const at = (minute: number): string => `2026-05-03T09:${String(minute).padStart(2, '0')}:00Z`;

describe('a comment at 9:20 on a head that is known since 9:10', () => {
  const said = (forcePushes: readonly ForcePush[], createdAt = at(20)): boolean =>
    saidOfHead(
      {
        createdAt,
        pull: { number: 7, open: true, head: HEAD, headBranch: 'deeper', forcePushes },
      },
      { head: HEAD, knownSince: at(10) },
    );

  it.each<[string, boolean, readonly ForcePush[]]>([
    ['was never pushed by force', true, []],
    ['was so before it was known', true, [{ at: at(9), to: OTHER }]],
    ['came to be so', true, [{ at: at(10), to: HEAD }]],
    [
      'was brought back before the comment',
      true,
      [
        { at: at(12), to: OTHER },
        { at: at(15), to: HEAD },
      ],
    ],
    [
      'was brought back after it',
      false,
      [
        { at: at(12), to: OTHER },
        { at: at(21), to: HEAD },
      ],
    ],
    ['was put aside after it, and pushed again since', false, [{ at: at(21), to: OTHER }]],
    ['was put aside before it, and pushed again since', false, [{ at: at(15), to: OTHER }]],
    ['was followed by a commit that GitHub has no longer', false, [{ at: at(15) }]],
  ])('that %s: %s', (_, expected, forcePushes) => {
    expect(said(forcePushes)).toBe(expected);
  });

  it('holds for no head that came after it', () => {
    expect(said([], '2026-05-03T09:10:01Z')).toBe(true);
    expect(said([], at(10))).toBe(false);
    expect(said([], at(9))).toBe(false);
    expect(said([{ at: at(20), to: HEAD }])).toBe(false);
  });
});
