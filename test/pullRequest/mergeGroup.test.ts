import { describe, expect, it } from 'vitest';
import { parseCommitSha } from '../../src/identity/git.ts';
import { parseModelName } from '../../src/identity/names.ts';
import { branchOfGroup, pullsOfGroup, standingOfGroup, type GroupedPull } from '../../src/pullRequest/mergeGroup.ts';

const sha = (digit: string): ReturnType<typeof parseCommitSha> => parseCommitSha(digit.repeat(40));
const pull = (number: number, change: Partial<GroupedPull> = {}): GroupedPull => ({
  number,
  head: sha(String(number)),
  check: { passed: true, title: 'digits accepted' },
  touches: [parseModelName(`model-${number}`)],
  ...change,
});

describe('a merge group', () => {
  it('passes where each head passed and no model is touched twice', () => {
    expect(standingOfGroup([pull(1), pull(2)]).conclusion).toBe('success');
  });

  it.each<readonly [string, readonly GroupedPull[], string]>([
    [
      'a check that did not pass',
      [pull(1), pull(2, { check: { passed: false, title: 'digits rejected' } })],
      'digits rejected',
    ],
    ['a head that nobody judged', [{ number: 1, head: sha('1'), touches: [] }], 'has no check'],
    ['two that touch one model', [pull(1), pull(2, { touches: pull(1).touches })], '#1 and #2 touch model-1'],
  ])('fails with its reason: %s', (_, pulls, reason) => {
    const standing = standingOfGroup(pulls);
    expect(standing.conclusion).toBe('failure');
    expect(standing.reasons.join()).toContain(reason);
  });

  it('fails where the queue knows nothing of it', () => {
    expect(standingOfGroup(undefined).conclusion).toBe('failure');
    expect(standingOfGroup([]).conclusion).toBe('failure');
  });

  it('is made of all that wait before its commit, that one included', () => {
    const queue = [1, 2, 3].map((number) => ({ number, head: sha('a'), group: sha(String(number)) }));
    expect(pullsOfGroup(queue, sha('2'))?.map(({ number }) => number)).toEqual([1, 2]);
    expect(pullsOfGroup(queue, sha('9'))).toBeUndefined();
  });

  it('names the branch that it is merged into', () => {
    expect(branchOfGroup(`gh-readonly-queue/release/2.0/pr-12-${'a'.repeat(40)}`)).toBe('release/2.0');
    expect(branchOfGroup('main')).toBeUndefined();
  });
});
