import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareAuc } from '../../src/statistics/auc.ts';
import { compareAveragePrecision } from '../../src/statistics/averagePrecision.ts';
import { differenceContrast } from '../../src/statistics/contrast.ts';
import { markRows, type RankingRequest } from '../../src/statistics/rankedRows.ts';
import { rankOrder, ROW_MASK } from '../../src/statistics/rankOrder.ts';

const DIFFERENCE = [differenceContrast(1)];

// Twelve rows with ties within and between the classes.
const TRUTH = [0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0];
const CANDIDATE = [0.1, 0.8, 0.4, 0.35, 0.9, 0.2, 0.8, 0.7, 0.6, 0.4, 0.4, 0.05];
const BASELINE = [0.3, 0.6, 0.5, 0.5, 0.7, 0.1, 0.9, 0.8, 0.4, 0.2, 0.5, 0.5];

function request(
  truth: readonly number[],
  candidate: readonly number[],
  baseline: readonly number[],
  isMeant?: (row: number) => boolean,
): RankingRequest {
  return {
    rows: { candidate: rankOrder(Float64Array.from(candidate)), baseline: rankOrder(Float64Array.from(baseline)) },
    marks: markRows(truth, 1, isMeant),
  };
}

describe('the order of scores', () => {
  const score = fc.oneof(
    fc.double({ noNaN: true }),
    fc.constantFrom(0, -0, 1, -1, Infinity, -Infinity, 5e-324, 0.1, 0.1 + 2 ** -56),
  );

  test('is that of a comparison sort, ties marked', () => {
    fc.assert(
      fc.property(fc.array(score), fc.boolean(), (values, single) => {
        const scores = single ? Float32Array.from(values) : Float64Array.from(values);
        const { entries } = rankOrder(scores);
        const sorted = [...scores.keys()].sort(
          (i, j) =>
            Number((scores[i] ?? 0) > (scores[j] ?? 0)) || -Number((scores[i] ?? 0) < (scores[j] ?? 0)) || i - j,
        );
        expect([...entries].map((entry) => entry & ROW_MASK)).toEqual(sorted);
        for (const [i, entry] of entries.entries()) {
          const tied = i > 0 && scores[sorted[i] ?? 0] === scores[sorted[i - 1] ?? 0];
          expect(entry > ROW_MASK).toBe(tied);
        }
      }),
    );
  });

  test('does not exist for NaN', () => {
    expect(() => rankOrder(Float64Array.of(1, NaN))).toThrow(RangeError);
  });
});

describe('AUC', () => {
  test('values and the variance of the difference are those of placements worked out one by one', () => {
    // scikit-learn roc_auc_score; standard error by numpy from the 6 x 6 comparisons, S10/6 + S01/6.
    const found = compareAuc(request(TRUTH, CANDIDATE, BASELINE), DIFFERENCE);
    expect(found?.candidate).toBeCloseTo(0.8472222222222222, 14);
    expect(found?.baseline).toBeCloseTo(0.7222222222222223, 14);
    expect(found?.estimates[0]?.standardError).toBeCloseTo(0.09742043287083434, 12);
    expect(found?.estimates[0]?.difference).toBeCloseTo(0.125, 14);
  });

  // The data are GPL and not part of the project: pROC's aSAH, 41 poor and 72 good outcomes.
  const file = new URL('../../../shared/datasets/asah/aSAH.csv', import.meta.url);
  test.skipIf(!existsSync(file))('DeLong on aSAH, as pROC tests itself (test-roc.test.R)', () => {
    const rows = readFileSync(file, 'utf8')
      .trim()
      .split(/\r?\n/)
      .map((line) => line.replaceAll('"', '').split(','));
    const column = (name: string): readonly string[] =>
      rows.slice(1).map((row) => row[rows[0]?.indexOf(name) ?? -1] ?? '');
    const truth = column('outcome').map((outcome) => (outcome === 'Poor' ? 1 : 0));
    const scores = (name: string): readonly number[] => column(name).map(Number);
    const compare = (a: string, b: string): { readonly a: number; readonly b: number; readonly z: number } => {
      const found = compareAuc(request(truth, scores(a), scores(b)), DIFFERENCE);
      const { difference = NaN, standardError = NaN } = found?.estimates[0] ?? {};
      return { a: found?.candidate ?? NaN, b: found?.baseline ?? NaN, z: difference / standardError };
    };
    expect(compare('wfns', 's100b').a).toBeCloseTo(0.823678861788618, 14);
    expect(compare('wfns', 's100b').b).toBeCloseTo(0.731368563685637, 14);
    expect(compare('wfns', 's100b').z).toBeCloseTo(2.20898359144091, 12);
    expect(compare('wfns', 'ndka').z).toBeCloseTo(2.79777591868904, 12);
    expect(compare('ndka', 's100b').z).toBeCloseTo(-1.39077002573558, 12);
  });

  test('one sort serves every slice: rows that are not meant are as if they were not there', () => {
    const scored = fc.record({ truth: fc.nat(1), a: fc.nat(6), b: fc.nat(6), meant: fc.boolean() });
    fc.assert(
      fc.property(fc.array(scored, { minLength: 1, maxLength: 40 }), (rows) => {
        const of = (list: typeof rows): RankingRequest =>
          request(
            list.map(({ truth }) => truth),
            list.map(({ a }) => a),
            list.map(({ b }) => b),
          );
        const whole = request(
          rows.map(({ truth }) => truth),
          rows.map(({ a }) => a),
          rows.map(({ b }) => b),
          (row) => rows[row]?.meant === true,
        );
        const part = of(rows.filter(({ meant }) => meant));
        for (const compare of [compareAuc, compareAveragePrecision]) {
          const left = compare(whole, DIFFERENCE);
          const right = compare(part, DIFFERENCE);
          expect(left?.candidate).toBe(right?.candidate);
          expect(left?.estimates[0]?.interval).toEqual(right?.estimates[0]?.interval);
        }
      }),
    );
  });

  test('is not there where a class has no row', () => {
    expect(compareAuc(request([1, 1], [0.1, 0.2], [0.2, 0.1]), DIFFERENCE)).toBeUndefined();
  });

  test('few positives that all agree are no proof: a positive that was not seen may have sunk', () => {
    const truth = Array.from({ length: 1_050 }, (_, row) => (row < 50 ? 1 : 0));
    const scores = truth.map((label, row) => label + (row % 7) / 100);
    const estimate = compareAuc(request(truth, scores, scores), DIFFERENCE)?.estimates[0];
    // Wilson's end for 0 of 50: z^2 / (50 + z^2) = 0.071.
    expect(estimate?.lowerWithUnseen).toBeLessThan(-0.06);
  });
});

describe('average precision', () => {
  test('values are those of scikit-learn, the standard error that of its response to row weights', () => {
    // average_precision_score; the influence of a row by central differences over sample_weight, numpy's mean square.
    const found = compareAveragePrecision(request(TRUTH, CANDIDATE, BASELINE), DIFFERENCE);
    expect(found?.candidate).toBeCloseTo(0.7861111111111111, 14);
    expect(found?.baseline).toBeCloseTo(0.6388888888888888, 14);
    expect(found?.estimates[0]?.standardError).toBeCloseTo(0.09642469913558054, 6);
  });

  test('reckons with positives that sink and negatives that rise, seen or not', () => {
    const truth = Array.from({ length: 1_050 }, (_, row) => (row < 50 ? 1 : 0));
    const perfect = truth.map((label, row) => label + row / 10_000);
    const ofPerfect = compareAveragePrecision(request(truth, perfect, perfect), DIFFERENCE)?.estimates[0];
    // One negative above all of 50 positives takes (1/2 + ... + 1/51) / 50 = 0.07 of AP; several may have gone unseen.
    expect(ofPerfect?.lowerWithUnseen).toBeLessThan(-0.07);
    // Where a negative stands above all already, a positive that sinks to the bottom costs the most.
    const reversed = truth.map((label, row) => -label - row / 10_000);
    const lifted = compareAveragePrecision(request(truth, reversed, reversed), DIFFERENCE)?.estimates[0];
    expect(lifted?.lowerWithUnseen).toBeLessThan(0);
  });

  test('each row as its own group gives the interval at least the same standard error', () => {
    const rows = request(TRUTH, CANDIDATE, BASELINE);
    const groups = { of: Uint32Array.from(TRUTH.keys()), groups: TRUTH.length };
    for (const compare of [compareAuc, compareAveragePrecision]) {
      const alone = compare(rows, DIFFERENCE)?.estimates[0];
      const grouped = compare({ ...rows, groups }, DIFFERENCE)?.estimates[0];
      expect(grouped?.method).toBe('group-t');
      expect(grouped?.difference).toBeCloseTo(alone?.difference ?? NaN, 12);
      expect((grouped?.standardError ?? NaN) / (alone?.standardError ?? NaN)).toBeGreaterThan(0.9);
    }
  });
});
