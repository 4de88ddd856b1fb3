import { describe, expect, it } from 'vitest';
import { checkStoreTrial, type TrialRound } from '../../src/diagnosis/storeTrial.ts';

const won = (key: string, winner = 0): TrialRound => ({
  key,
  attempts: [0, 1, 2].map((process) => ({ told: process === winner ? 'created' : 'exists', read: winner })),
  stands: winner,
});
const sound = { rounds: [won('a'), won('b', 2)], listed: ['a', 'b'] };

describe('what a trial of a store proves', () => {
  it('is that one process wins each name', () => {
    expect(checkStoreTrial(sound)).toMatchObject({ id: 'registry.creation', status: 'ok' });
  });

  const round = won('a');
  const cases: readonly (readonly [string, { rounds: readonly TrialRound[]; listed: readonly string[] }, RegExp])[] = [
    [
      'two winners',
      {
        ...sound,
        rounds: [{ ...round, attempts: round.attempts.map((each) => ({ ...each, told: 'created' as const })) }],
      },
      /3 of 3 processes/,
    ],
    [
      'no winner',
      {
        ...sound,
        rounds: [{ ...round, attempts: round.attempts.map((each) => ({ ...each, told: 'exists' as const })) }],
      },
      /^0 of 3 processes/,
    ],
    [
      'a loser that reads its own bytes',
      {
        ...sound,
        rounds: [{ ...round, attempts: round.attempts.map((each, at) => (at === 1 ? { ...each, read: 1 } : each)) }],
      },
      /written over/,
    ],
    [
      'a reader that sees nothing',
      { ...sound, rounds: [{ ...round, attempts: round.attempts.map((each) => ({ ...each, read: undefined })) }] },
      /could not be read/,
    ],
    ['another one in the end', { ...sound, rounds: [{ ...round, stands: 2 }] }, /written over/],
    ['a list out of order', { ...sound, listed: ['b', 'a'] }, /the list of them shows "b", "a"/],
    ['a list that lacks one', { ...sound, listed: ['a'] }, /2 names were created/],
    ['no round at all', { rounds: [], listed: [] }, /too slow/],
  ];
  it.each(cases)('is not given by %s', (_, trial, says) => {
    expect(checkStoreTrial(trial)).toMatchObject({ status: 'problem', found: expect.stringMatching(says) as string });
  });
});
