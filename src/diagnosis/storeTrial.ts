import type { Creation } from '../registry/store.ts';
import { problem, ok, type Check } from './check.ts';

/** One name that several processes tried to create at once. */
export interface TrialRound {
  readonly key: string;
  /** What each process was told, and whose bytes it read right after, by the number of the process. */
  readonly attempts: readonly { readonly told: Creation; readonly read: number | undefined }[];
  /** Whose bytes stand there in the end. */
  readonly stands: number | undefined;
}

export interface StoreTrial {
  readonly rounds: readonly TrialRound[];
  /** The names as the store lists them once all is over. */
  readonly listed: readonly string[];
}

/** Asks for the one thing that a registry is built on, of the store itself: that a name can be created once. */
export interface StoreTrials {
  /** @throws ServiceFailure where the store cannot be written or read. Leaves nothing behind. */
  run(): Promise<StoreTrial>;
}

const ID = 'registry.creation';
const REMEDY =
  'Put the registry on a local disk or on NFS; folders that a program synchronises (Dropbox, OneDrive) and some network mounts are no place for it';

/** What a trial proves, or where it fails. */
export function checkStoreTrial({ rounds, listed }: StoreTrial): Check {
  for (const { key, attempts, stands } of rounds) {
    const winners = attempts.flatMap(({ told }, process) => (told === 'created' ? [process] : []));
    const [winner] = winners;
    if (winner === undefined || winners.length > 1) {
      return problem(ID, `${winners.length} of ${attempts.length} processes were told that they created "${key}"`, {
        expected: 'exactly one',
        remedy: `This store would lose events. ${REMEDY}`,
      });
    }
    if (attempts.some(({ read }) => read !== winner) || stands !== winner) {
      const found = attempts.some(({ read }) => read === undefined)
        ? `"${key}" was created, and could not be read right after`
        : `"${key}" was written over: who created it is not who stands there`;
      return problem(ID, found, {
        expected: 'what was created to be seen by everybody, and never to change',
        remedy: `This store would lose events. ${REMEDY}`,
      });
    }
  }
  const expected = rounds.map(({ key }) => key).toSorted();
  if (listed.length !== expected.length || listed.some((name, at) => name !== expected[at])) {
    return problem(ID, `${expected.length} names were created, and the list of them shows ${shown(listed)}`, {
      expected: 'all of them, in order',
      remedy: REMEDY,
    });
  }
  const [first] = rounds;
  if (first === undefined) {
    return problem(ID, 'the store was too slow for a single trial', {
      expected: 'an answer in seconds',
      remedy: REMEDY,
    });
  }
  const processes = first.attempts.length;
  return ok(ID, `${processes} processes raced to create each of ${rounds.length} names: one won every time`);
}

function shown(names: readonly string[]): string {
  return names.length <= 3 ? names.map((name) => `"${name}"`).join(', ') || 'none' : `${names.length} in this order`;
}
