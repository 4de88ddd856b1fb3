import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/evaluation/evaluate.ts';
import { classifier, holdoutOf, regressor } from './contest.ts';
import { measure, valuesOf } from './measure.ts';

const noise = (seed: number) => (row: number) => {
  const x = Math.sin(row * 12.9898 + seed * 78.233) * 43758.5453;
  return x - Math.floor(x);
};

describe('both models answer for the same rows', () => {
  const truth = (row: number): string => (noise(1)(row) < 0.4 ? 'yes' : 'no');
  const candidate = classifier(['no', 'yes'], (row) => [1 - noise(2)(row), noise(2)(row)]);
  const METRICS = ['accuracy', 'recall', 'f1', 'logLoss', 'brier', 'auc', 'averagePrecision', 'recall[no]', 'auc[no]'];
  const ask = { task: { kind: 'binary' }, metrics: METRICS } as const;

  it('however each of them orders its classes', async () => {
    const straight = classifier(['no', 'yes'], (row) => [1 - noise(3)(row), noise(3)(row)]);
    const turned = classifier(['yes', 'no'], (row) => [noise(3)(row), 1 - noise(3)(row)]);
    const rows = { count: 200, truth };
    const asIs = await measure(holdoutOf(rows), { candidate, baseline: straight }, ask);
    const other = await measure(holdoutOf(rows), { candidate, baseline: turned }, ask);
    expect(valuesOf(other, 'baseline')).toEqual(valuesOf(asIs, 'baseline'));
    expect(valuesOf(other, 'candidate')).toEqual(valuesOf(asIs, 'candidate'));
  });

  it('the positive class is the configured one, and the candidate’s second without it', async () => {
    const found = async (positive?: string): Promise<Record<string, number | string>> =>
      valuesOf(
        await measure(
          holdoutOf({ count: 200, truth }),
          { candidate },
          {
            task: { kind: 'binary', ...(positive !== undefined && { positive }) },
            metrics: METRICS,
          },
        ),
        'candidate',
      );
    expect((await found('no'))['recall@overall']).toBe((await found())['recall[no]@overall']);
    expect((await found('no'))['auc@overall']).toBe((await found())['auc[no]@overall']);
    expect(await found('yes')).toEqual(await found());
  });

  it('in whatever kind each of them asks for a column, and by id where predictions lie on file', async () => {
    const rows = { count: 200, truth };
    const baseline = (asks: 'float32' | 'int64' | 'string' | 'on file'): ReturnType<typeof classifier> =>
      classifier(['no', 'yes'], (row) => [1 - noise(3)(row), noise(3)(row)], { asks });
    const expected = valuesOf(
      await measure(holdoutOf(rows), { candidate, baseline: baseline('float32') }, ask),
      'baseline',
    );
    for (const kind of ['int64', 'string', 'on file'] as const) {
      const holdout = holdoutOf(rows);
      const found = await measure(holdout, { candidate, baseline: baseline(kind) }, { ...ask, id: 'id' });
      expect(valuesOf(found, 'baseline')).toEqual(expected);
      // Columns that the two disagree on are read once for each of them; ids only where they are needed.
      expect(holdout.asked.length).toBe(kind === 'on file' ? 1 : 2);
      expect(holdout.asked.some((asked) => asked.id !== undefined)).toBe(kind === 'on file');
    }
  });

  it('batch by batch, telling how many rows are done', async () => {
    const done: number[] = [];
    const request = {
      ...ask,
      target: 'target',
      metrics: [{ family: 'accuracy' }],
      gates: [],
      slices: [],
      access: 'open',
    } as const;
    await evaluate(holdoutOf({ count: 50, truth, batchRows: 20 }), { candidate }, request, (rows) => done.push(rows));
    expect(done).toEqual([20, 40, 50]);
  });

  it('metrics that only a gate names are measured too, and none twice', async () => {
    const evaluation = await evaluate(
      holdoutOf({ count: 50, truth }),
      { candidate },
      {
        ...{ task: { kind: 'binary' }, target: 'target', slices: [], access: 'open' },
        metrics: [{ family: 'accuracy' }, { family: 'latencyMs' }],
        gates: [
          { metric: { family: 'recall', of: 'no' }, slice: 'overall', min: 0, whenInconclusive: 'block' },
          { metric: { family: 'accuracy' }, slice: 'overall', min: 0, whenInconclusive: 'block' },
          { metric: { family: 'latencyMs' }, slice: 'overall', max: 1, whenInconclusive: 'block' },
        ],
      },
      () => undefined,
    );
    expect(evaluation.measurements.map(({ metric }) => metric)).toEqual([
      { family: 'accuracy' },
      { family: 'recall', of: 'no' },
    ]);
  });

  it('a failure while the next batch is read reaches the caller, and the holdout is closed', async () => {
    let closed = false;
    const holdout = holdoutOf({ count: 60, truth });
    const failing = {
      ...holdout,
      async *batches(request: Parameters<typeof holdout.batches>[0]) {
        try {
          for await (const batch of holdout.batches(request)) {
            yield batch;
            throw new Error('the file went away');
          }
        } finally {
          closed = true;
        }
      },
    };
    await expect(measure(failing, { candidate }, ask)).rejects.toThrow('the file went away');
    expect(closed).toBe(true);
  });
});

describe('slices', () => {
  it('many and overlapping, each gives what its rows give on their own', async () => {
    const counts = fc.record({
      rows: fc.integer({ min: 1, max: 80 }),
      slices: fc.integer({ min: 1, max: 70 }),
      seed: fc.nat(99),
    });
    await fc.assert(
      fc.asyncProperty(counts, async ({ rows: count, slices, seed }) => {
        const names = Array.from({ length: slices }, (_, s) => `s${s}`);
        const isIn = (slice: number, row: number): boolean => noise(seed + 10 + slice)(row) < 0.5;
        const rows = { count, truth: (row: number) => 'abc'[Math.floor(noise(seed)(row) * 3)] ?? '' };
        const model = (shift: number, at = (row: number) => row): ReturnType<typeof classifier> =>
          classifier(['a', 'b', 'c'], (row) => {
            const weights = [0, 1, 2].map((k) => noise(shift + k)(at(row)));
            return weights.map((weight) => weight / weights.reduce((x, y) => x + y));
          });
        const ask = {
          task: { kind: 'multiclass' },
          metrics: ['accuracy', 'f1[b]', 'logLoss', 'brier', 'auc[c]', 'averagePrecision[a]'],
        } as const;
        const found = await measure(
          holdoutOf({ ...rows, slices: Object.fromEntries(names.map((name, s) => [name, (row) => isIn(s, row)])) }),
          { candidate: model(3), baseline: model(7) },
          { ...ask, slices: names },
        );
        const last = slices - 1;
        const members = Array.from({ length: count }, (_, row) => row).filter((row) => isIn(last, row));
        if (members.length === 0) return;
        const at = (row: number): number => members[row] ?? 0;
        const alone = await measure(
          holdoutOf({ count: members.length, truth: (row) => rows.truth(at(row)) }),
          { candidate: model(3, at), baseline: model(7, at) },
          ask,
        );
        for (const [id, measurement] of alone) {
          const same = found.get(id.replace('overall', `s${last}`));
          expect(same?.rows).toBe(members.length);
          expect(same?.effectiveRows).toBe(measurement.effectiveRows);
          const ends = measurement.compare?.(0)?.interval;
          expect(same?.compare?.(0)?.interval).toEqual(
            ends?.map((end) => (Number.isFinite(end) ? (expect.closeTo(end, 8) as number) : end)),
          );
          for (const side of ['candidate', 'baseline'] as const) {
            if (measurement[side]?.kind !== 'value') expect(same?.[side]?.kind).toBe('not-measured');
            else
              expect(same?.[side]).toEqual({
                kind: 'value',
                value: expect.closeTo(measurement[side].value, 10) as number,
              });
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('some hundreds of classes', () => {
  it('are counted in the cells that occur', async () => {
    const labels = Array.from({ length: 400 }, (_, k) => `c${k}`);
    const truth = (row: number): number => (row * 7) % 400;
    const model = (errors: number): ReturnType<typeof classifier> =>
      classifier(labels, (row) => {
        const guess = row % errors === 0 ? (truth(row) + 1) % 400 : truth(row);
        return labels.map((_, k) => (k === guess ? 0.601 : 0.001));
      });
    const found = await measure(
      holdoutOf({ count: 4000, truth: (row) => labels[truth(row)] ?? '', batchRows: 500 }),
      { candidate: model(10), baseline: model(5) },
      { task: { kind: 'multiclass' }, metrics: ['accuracy', 'recall[macro]', 'f1[macro]', 'recall[c70]'] },
    );
    expect(valuesOf(found, 'candidate')).toMatchObject({ 'accuracy@overall': 0.9, 'recall[c70]@overall': 0 });
    expect(found.get('recall[macro]@overall')?.compare?.(0)?.difference).toBeCloseTo(0.1, 10);
    expect(found.get('f1[macro]@overall')?.effectiveRows).toBe(10);
  });
});

describe('regressions', () => {
  it('keep a model that answers in float32 beside one that answers in float64', async () => {
    const single = regressor((row) => row);
    const found = await measure(
      holdoutOf({ count: 60, truth: (row) => row + 1 }),
      {
        candidate: {
          ...single,
          predict: async (batch) => {
            const answers = await single.predict(batch);
            return answers.kind === 'values' ? { kind: 'values', values: Float32Array.from(answers.values) } : answers;
          },
        },
        baseline: regressor((row) => row + 3),
      },
      { task: { kind: 'regression' }, metrics: ['mae'] },
    );
    expect(valuesOf(found, 'candidate')).toEqual({ 'mae@overall': 1 });
    expect(valuesOf(found, 'baseline')).toEqual({ 'mae@overall': 2 });
  });
});
