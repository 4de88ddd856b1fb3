import { describe, expect, it } from 'vitest';
import { WorkQueue, type Work } from '../../app/workQueue.ts';

interface Told {
  readonly failures: { readonly key: string; readonly retryMs: number | undefined }[];
}

function open(width = 2): { readonly queue: WorkQueue } & Told {
  const failures: { key: string; retryMs: number | undefined }[] = [];
  const queue = new WorkQueue({
    ...{ width, now: () => new Date(), msPerSecond: 0.1, onDone: () => undefined },
    onFailure: (key, _, retryMs) => failures.push({ key, retryMs }),
  });
  return { queue, failures };
}

/** Work that waits until it is let go. */
function held(
  key: string,
  lane = 'a',
): { readonly work: Work; readonly begun: number[]; readonly release: () => void } {
  const begun: number[] = [];
  const waiting: (() => void)[] = [];
  return {
    begun,
    work: {
      ...{ key, lane },
      run: () =>
        new Promise((resolve) => {
          begun.push(begun.length);
          waiting.push(() => resolve({}));
        }),
    },
    release: () => waiting.shift()?.(),
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('work that is noted', () => {
  it('many times while it waits is done once, and while it is at work once more', async () => {
    const { queue } = open(1);
    const [first, other] = [held('first'), held('other')];
    queue.note(first.work);
    for (let notes = 0; notes < 5; notes += 1) queue.note(other.work);
    for (let notes = 0; notes < 5; notes += 1) queue.note(first.work);
    expect([first.begun.length, other.begun.length]).toEqual([1, 0]);
    first.release();
    await turn();
    other.release();
    await turn();
    first.release();
    await queue.idle();
    expect([first.begun.length, other.begun.length]).toEqual([2, 1]);
  });

  it('goes on side by side up to the width of its lane, and does not wait for other lanes', async () => {
    const { queue } = open(2);
    const all = [held('1'), held('2'), held('3'), held('4', 'b')];
    for (const { work } of all) queue.note(work);
    expect(all.map(({ begun }) => begun.length)).toEqual([1, 1, 0, 1]);
    all[0]?.release();
    await turn();
    expect(all.map(({ begun }) => begun.length)).toEqual([1, 1, 1, 1]);
    for (const { release } of all) release();
    await queue.idle();
  });

  it('that fails is tried again, later and later, and given up in the end', async () => {
    const { queue, failures } = open();
    let attempts = 0;
    queue.note({ key: 'fails', lane: 'a', run: () => Promise.reject(new Error(`${(attempts += 1)}`)) });
    while (failures.length < 8) await turn();
    await turn();
    expect(failures.map(({ retryMs }) => retryMs)).toEqual([1.5, 3, 6, 12, 24, 48, 96, undefined]);
    expect(attempts).toBe(8);
    expect(queue.length).toBe(0);
  });

  it('that asks for it is done again, and at once where it is noted meanwhile', async () => {
    const { queue } = open();
    let done = 0;
    const work: Work = {
      key: 'again',
      lane: 'a',
      run: () => Promise.resolve({ againMs: (done += 1) === 1 ? 60_000 : undefined }),
    };
    queue.note(work);
    await queue.idle();
    queue.note(work);
    await queue.idle();
    expect(done).toBe(2);
  });

  it('is not begun any more once it is stopped, and what is at work is waited for', async () => {
    const { queue } = open(1);
    const [first, other] = [held('first'), held('other')];
    queue.note(first.work);
    queue.note(other.work);
    queue.stop();
    queue.note(held('late').work);
    let isIdle = false;
    void queue.idle().then(() => (isIdle = true));
    await turn();
    expect(isIdle).toBe(false);
    first.release();
    await turn();
    expect([isIdle, other.begun.length]).toEqual([true, 0]);
  });
});
