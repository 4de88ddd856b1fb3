import { describe, expect, it } from 'vitest';
import { classifier, holdoutOf } from '../contest.ts';
import { illustrated } from './illustrated.ts';

const BINARY = { task: { kind: 'binary' } } as const;
const truth = (row: number): string => (row % 2 === 0 ? 'no' : 'yes');
/** Gives the truth this probability. */
const sure = (probability: (row: number) => number, more: Parameters<typeof classifier>[2] = {}) =>
  classifier(
    ['no', 'yes'],
    (row) => (row % 2 === 0 ? [probability(row), 1 - probability(row)] : [1 - probability(row), probability(row)]),
    { precision: Float64Array, ...more },
  );

describe('flips', () => {
  // Rows 0 to 29 are fixed by ever more, rows 30 to 32 are broken, all others answered alike.
  const candidate = sure((row) => (row < 30 ? 0.6 + row / 100 : row < 33 ? 0.25 : 0.75));
  const baseline = sure((row) => (row < 30 ? 0.25 : 0.75));
  const rows = { count: 100, truth };

  it('are counted, and shown with their rows, the furthest apart first', async () => {
    const holdout = holdoutOf(rows);
    const { flips } = await illustrated('classes', holdout, { candidate, baseline }, BINARY);
    expect([flips?.fixed.rows, flips?.broken.rows]).toEqual([30, 3]);
    expect(flips?.fixed.examples.map(({ values }) => Number(values[0]))).toEqual(
      Array.from({ length: 20 }, (_, index) => 29 - index),
    );
    const [first] = flips?.fixed.examples ?? [];
    expect(first).toMatchObject({ truth: 'yes', baseline: 'no', candidate: 'yes' });
    expect(first?.candidateProbability).toBeCloseTo(0.89, 12);
    expect(first?.baselineProbability).toBeCloseTo(0.25, 12);
    // Of rows that are equally far apart the first.
    expect(flips?.broken.examples.map(({ values }) => values)).toEqual([['30'], ['31'], ['32']]);
    expect(flips?.broken.examples[0]).toMatchObject({ truth: 'no', baseline: 'no', candidate: 'yes' });
  });

  it('ask for these rows alone, once, in their order, with id, time and group first', async () => {
    const holdout = holdoutOf(rows);
    const ask = { ...BINARY, id: 'customer', time: 'day', group: 'shop' };
    const { flips } = await illustrated('classes', holdout, { candidate, baseline }, ask);
    expect(holdout.shown).toEqual([Array.from({ length: 23 }, (_, index) => index + 10)]);
    expect(flips?.columns).toEqual(['customer', 'day', 'shop', 'row']);
    expect(flips?.broken.examples[0]?.values).toEqual(['customer of 30', 'day of 30', 'shop of 30', '30']);
  });

  it('there are none of a sealed holdout, of which no row is read', async () => {
    const holdout = holdoutOf(rows);
    const shown = await illustrated('classes', holdout, { candidate, baseline }, { ...BINARY, access: 'sealed' });
    expect(shown).not.toHaveProperty('flips');
    expect(holdout.shown).toEqual([]);
    expect(shown.curves).toHaveLength(1);
  });

  it('there are none without a baseline', async () => {
    const holdout = holdoutOf(rows);
    expect(await illustrated('classes', holdout, { candidate }, BINARY)).not.toHaveProperty('flips');
    expect(holdout.shown).toEqual([]);
  });

  it('are none at all where both models answer alike, and no row is read', async () => {
    const holdout = holdoutOf(rows);
    const { flips } = await illustrated('classes', holdout, { candidate, baseline: candidate }, BINARY);
    expect(flips).toEqual({ fixed: { rows: 0, examples: [] }, broken: { rows: 0, examples: [] }, columns: [] });
    expect(holdout.shown).toEqual([]);
  });

  it('of models that answer labels alone have no probabilities', async () => {
    const labels = { labelsOnly: true };
    const models = { candidate: sure((row) => (row < 3 ? 1 : 0), labels), baseline: sure(() => 0, labels) };
    const { flips } = await illustrated('classes', holdoutOf(rows), models, BINARY);
    expect(flips?.fixed).toEqual({
      rows: 3,
      examples: [0, 1, 2].map((row) => ({
        truth: truth(row),
        baseline: truth(row + 1),
        candidate: truth(row),
        values: [String(row)],
      })),
    });
  });

  it('of several classes tell the probability of the true class, 0 where a model does not know it', async () => {
    const holdout = holdoutOf({ count: 30, truth: (row) => 'abc'.charAt(row % 3) });
    const models = {
      candidate: classifier(['a', 'b', 'c'], (row) => [0, 1, 2].map((k) => (k === row % 3 ? 0.75 : 0.125))),
      baseline: classifier(['b', 'a'], () => [0.375, 0.625]),
    };
    const { flips, curves } = await illustrated('classes', holdout, models, { task: { kind: 'multiclass' } });
    expect([flips?.fixed.rows, flips?.broken.rows]).toEqual([20, 0]);
    expect(flips?.fixed.examples.slice(0, 2)).toMatchObject([
      { truth: 'c', baseline: 'a', candidate: 'c', baselineProbability: 0, candidateProbability: 0.75 },
      { truth: 'c', baseline: 'a', candidate: 'c' },
    ]);
    expect(flips?.fixed.examples.at(-1)).toMatchObject({ truth: 'b', baselineProbability: 0.375 });
    // To the baseline all rows are alike in a class that it does not know.
    expect(curves.find(({ of }) => of === 'c')?.baseline?.roc).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  it('are found of predictions on file too', async () => {
    const onFile = sure((row) => (row < 30 ? 0.25 : 0.75), { asks: 'on file' });
    const ask = { ...BINARY, id: 'customer' };
    const { flips } = await illustrated('classes', holdoutOf(rows), { candidate, baseline: onFile }, ask);
    expect([flips?.fixed.rows, flips?.broken.rows]).toEqual([30, 3]);
  });
});
