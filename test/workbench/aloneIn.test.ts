import { describe, expect, it } from 'vitest';
import { describeWaiting } from '../../src/workbench/aloneIn.ts';

describe('a run that waits for another', () => {
  // Of this machine's clock, as a person reads it.
  const at = (hour: number, minute: number): Date => new Date(2026, 4, 3, hour, minute);

  it('says which process it is, and since when', () => {
    expect(describeWaiting({ processId: 123, since: at(10, 31) }, at(11, 0))).toBe(
      'Another touchstone run (process 123, since 10:31) works in this folder; waiting',
    );
  });

  it('says where, if that is elsewhere, and the day, if it is not today', () => {
    const other = { processId: 123, since: at(10, 31), host: 'gpu-1' };
    expect(describeWaiting(other, new Date(2026, 4, 4, 9, 0))).toBe(
      'Another touchstone run (process 123 on gpu-1, since 2026-05-03 10:31) works in this folder; waiting',
    );
  });

  it('says what there is to say of one that it knows nothing of', () => {
    expect(describeWaiting(undefined, at(11, 0))).toBe('Another touchstone run works in this folder; waiting');
  });
});
