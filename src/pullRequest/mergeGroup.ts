import type { CommitSha } from '../identity/git.ts';
import type { ModelName } from '../identity/names.ts';
import { plainVoice } from '../report/voice.ts';
import { countOf } from '../wording/numbers.ts';
import type { Conclusion, Standing } from './standing.ts';

/** A pull request that waits in the merge queue. */
export interface QueuedPull {
  readonly number: number;
  readonly head: CommitSha;
  /** The commit that it comes to together with all before it; absent while GitHub makes it. */
  readonly group?: CommitSha;
  /** What our own check says of its head; absent where there is none, or none that is over. */
  readonly check?: { readonly passed: boolean; readonly title: string };
}

/** A pull request of a group, and what of the models it changes. */
export interface GroupedPull extends Pick<QueuedPull, 'number' | 'head' | 'check'> {
  readonly touches: readonly ModelName[];
}

/** The pull requests that a group's commit brings, in their order: all up to the one that it is of. `undefined` where none is. */
export function pullsOfGroup(queue: readonly QueuedPull[], group: CommitSha): readonly QueuedPull[] | undefined {
  const last = queue.findIndex((queued) => queued.group === group);
  return last === -1 ? undefined : queue.slice(0, last + 1);
}

/** `gh-readonly-queue/main/pr-12-<sha>`: the branch that a queue merges into. */
export function branchOfGroup(headBranch: string): string | undefined {
  return /^gh-readonly-queue\/(.+)\/pr-\d+-[0-9a-f]{40}$/.exec(headBranch)?.[1];
}

/** How a group stands, and why, a sentence for each reason. */
export interface GroupStanding extends Standing {
  readonly reasons: readonly string[];
}

/**
 * A group passes where the check of each of its heads passed and no two of them touch one model: then what each was judged
 * for is what is merged. Nothing is judged again.
 */
export function standingOfGroup(pulls: readonly GroupedPull[] | undefined): GroupStanding {
  if (pulls === undefined || pulls.length === 0) {
    return failed('Not in the merge queue any more', ['The queue has no entry of this commit.']);
  }
  const reasons = [...pulls.flatMap(ofCheck), ...ofModels(pulls)];
  const count = countOf(pulls.length, 'pull request');
  if (reasons.length > 0) return failed(`This group of ${count} cannot be merged`, reasons);
  return { conclusion: 'success', title: `${count}, each judged, and no model touched twice`, reasons: [] };
}

function failed(title: string, reasons: readonly string[]): GroupStanding {
  const conclusion: Conclusion = 'failure';
  return { conclusion, title, reasons };
}

function ofCheck({ number, head, check }: GroupedPull): readonly string[] {
  const which = `#${number} (${head.slice(0, 7)})`;
  if (check === undefined) return [`${which} has no check "touchstone" of its own.`];
  return check.passed ? [] : [`The check of ${which} did not pass: ${plainVoice.prose(check.title)}.`];
}

function ofModels(pulls: readonly GroupedPull[]): readonly string[] {
  const touchedBy = new Map<ModelName, number[]>();
  for (const { number, touches } of pulls) {
    for (const model of new Set(touches)) touchedBy.set(model, [...(touchedBy.get(model) ?? []), number]);
  }
  return [...touchedBy]
    .filter(([, numbers]) => numbers.length > 1)
    .map(
      ([model, numbers]) =>
        `${numbers.map((number) => `#${number}`).join(' and ')} touch ${model}: each was judged without the other. Merge one, then judge the other again.`,
    );
}
