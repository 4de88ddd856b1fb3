import { deferred } from './deferred.ts';
import { resolveBoolean, resolveText } from './expressions.ts';
import { isWrittenMap, onlyKeys, WorkflowError } from './written.ts';

import type { ConcurrencyGroups, Turn } from './concurrency.ts';
import type { Contexts } from './expressions.ts';
import type { Written } from './written.ts';

/** What a file says of `concurrency`. */
export type ConcurrencySetting = Pick<Turn, 'cancelInProgress' | 'queue'> & { readonly group: string };

/** A run or a job that waits for its turn. */
export type Waiter = {
  readonly cancelled: AbortSignal;
  /** A newer one takes its place, or its right to run on. */
  readonly supersede: () => void;
  readonly setStatus: (status: 'pending' | 'queued') => void;
};

/** Evaluates a `concurrency`; undefined where there is none. */
export function concurrencySetting(written: Written | undefined, contexts: Contexts): ConcurrencySetting | undefined {
  if (written === undefined) return undefined;
  const map = isWrittenMap(written) ? written : new Map([['group', written]]);
  onlyKeys(map, ['group', 'cancel-in-progress', 'queue'], 'concurrency');
  const group = resolveText(map.get('group'), contexts, 'concurrency.group') ?? '';
  const cancelInProgress =
    resolveBoolean(map.get('cancel-in-progress'), contexts, 'concurrency.cancel-in-progress') ?? false;
  const queue = resolveText(map.get('queue'), contexts, 'concurrency.queue') ?? 'single';
  if (group === '') throw new WorkflowError('concurrency.group: is empty');
  if (queue !== 'single' && queue !== 'max') {
    throw new WorkflowError(`concurrency.queue: ${queue} is neither single nor max`);
  }
  if (queue === 'max' && cancelInProgress) {
    throw new WorkflowError('concurrency: queue: max and cancel-in-progress exclude each other');
  }
  return { group, cancelInProgress, queue };
}

/** Does work in its turn of a group, or at once where there is none. False: its turn did not come. */
export async function inTurn(
  groups: ConcurrencyGroups,
  setting: ConcurrencySetting | undefined,
  waiter: Waiter,
  work: () => Promise<void>,
): Promise<boolean> {
  const { cancelled, supersede, setStatus } = waiter;
  if (cancelled.aborted) return false;
  if (setting === undefined) {
    await work();
    return true;
  }
  const { promise, resolve: go } = deferred<boolean>();
  const giveUp = (): void => {
    go(false);
  };
  const turn: Turn = {
    ...setting,
    start: () => {
      go(true);
    },
    supersede: () => {
      supersede();
      giveUp();
    },
  };
  cancelled.addEventListener('abort', giveUp);
  setStatus('pending');
  groups.enter(setting.group, turn);
  try {
    if (!(await promise)) return false;
    setStatus('queued');
    await work();
    return true;
  } finally {
    cancelled.removeEventListener('abort', giveUp);
    groups.leave(setting.group, turn);
  }
}
