import { describe, expect, it } from 'vitest';
import { judge, judgeRun } from '../../src/evaluation/judge.ts';
import { latencyOf, measureLatency } from '../../src/evaluation/measureLatency.ts';
import { medianDifference } from '../../src/statistics/medianDifference.ts';
import { classifier, holdoutOf } from './contest.ts';

const rows = { count: 60, truth: (row: number) => (row % 2 === 0 ? 'yes' : 'no') };
const request = { task: { kind: 'binary' }, target: 'target', slices: [], turns: 30, warmUp: 5 } as const;

function timed(name: string, calls: string[], times: (call: number) => number): ReturnType<typeof classifier> {
  let call = 0;
  return classifier(['no', 'yes'], () => [0.5, 0.5], {
    latencyMs: () => {
      calls.push(name);
      call += 1;
      return times(call);
    },
  });
}

describe('latency', () => {
  it('is measured by turns, after runs that warm up and do not count', async () => {
    const calls: string[] = [];
    const candidate = timed('A', calls, (call) => (call <= 5 ? 1000 : 2 + (call % 3)));
    const baseline = timed('B', calls, () => 3);
    const found = await measureLatency(holdoutOf(rows), { candidate, baseline }, request);
    expect(calls.join('')).toBe('AB'.repeat(35));
    expect(found).toMatchObject({
      slice: 'overall',
      rows: 30,
      effectiveRows: 30,
      candidate: { kind: 'value', value: 3 },
      baseline: { kind: 'value', value: 3 },
    });
  });

  it('differences are of pairs, so that a machine that slows down slows both', () => {
    const drift = Float64Array.from({ length: 100 }, (_, turn) => 1 + turn);
    const found = latencyOf(
      drift.map((ms) => ms + 0.25),
      drift,
    );
    expect(found.compare?.(0)).toMatchObject({ difference: -0.25, interval: [-0.25, -0.25] });
  });

  it('a relative margin is of the baseline’s turns', () => {
    const baseline = Float64Array.from({ length: 40 }, (_, turn) => 10 + (turn % 5));
    // 10 % slower throughout: c - b = 0.1 b, so 1.2 b - c = 0.1 b, whose median is 1.2.
    const found = latencyOf(
      baseline.map((ms) => ms * 1.1),
      baseline,
    );
    expect(found.compare?.(-0.2)?.difference).toBeCloseTo(1.2, 12);
  });

  it('gates the median, and the median difference', () => {
    const baseline = Float64Array.from({ length: 100 }, (_, turn) => 5 + (turn % 10) / 10);
    const latency = [
      latencyOf(
        baseline.map((ms, turn) => ms + 1 + (turn % 30) / 100),
        baseline,
      ),
    ];
    const stored = judge({ gates: [], measurements: [], baseline: 'other', assurance: 'advisory' });
    const gate = { metric: { family: 'latencyMs' }, slice: 'overall', whenInconclusive: 'observed' } as const;
    const kinds = [
      { ...gate, max: 7 },
      { ...gate, max: 6 },
      { ...gate, maxRegression: { kind: 'absolute', value: 2 } },
      { ...gate, maxRegression: { kind: 'absolute', value: 0.5 } },
      { ...gate, maxRegression: { kind: 'relative', fraction: 0.3 } },
    ] as const;
    expect(
      kinds.map((one) => judgeRun(stored, { latency, gates: [one], baseline: 'other' }).findings[0]?.kind),
    ).toEqual(['met', 'bound-missed', 'met', 'regressed', 'met']);
  });

  it('of predictions on file is not measured', async () => {
    const onFile = classifier(['no', 'yes'], () => [0.5, 0.5], { asks: 'on file' });
    const found = await measureLatency(
      holdoutOf(rows),
      { candidate: onFile, baseline: timed('B', [], () => 1) },
      { ...request, id: 'id' },
    );
    expect(found.candidate).toEqual({ kind: 'not-measured', because: 'predictions on file have no latency' });
    expect(found.compare).toBeUndefined();
  });

  it('of an empty holdout is not measured', async () => {
    const found = await measureLatency(
      holdoutOf({ ...rows, count: 0 }),
      { candidate: timed('A', [], () => 1) },
      request,
    );
    expect(found).toMatchObject({ rows: 0, candidate: { kind: 'not-measured' } });
  });
});

describe('the median of paired differences', () => {
  it('lies between order statistics', () => {
    // R: binom.test; qbinom(0.025, 20, 0.5) = 6, P(X <= 5) = 0.0207 < 0.025 <= P(X <= 6) = 0.0577: the 6th and the 15th.
    const twenty = Float64Array.from({ length: 20 }, (_, i) => 20 - i);
    const found = medianDifference(twenty);
    expect(found).toMatchObject({ difference: 10.5, interval: [6, 15], method: 'sign-test' });
    // P(Binomial(20, 1/2) >= 15) = 0.020695 (scipy.stats.binom.sf(14, 20, 0.5))
    expect(found.pAtLeast(15.5)).toBeCloseTo(0.020695, 6);
    expect(found.pAtLeast(15)).toBeCloseTo(0.057659, 6);
    expect(found.pAtLeast(0)).toBe(1);
  });

  it('reads the same off the interval and off the p-value', () => {
    for (const n of [6, 7, 20, 21, 101, 1500]) {
      const differences = Float64Array.from({ length: n }, (_, i) => ((i * 7919) % n) / 3);
      const found = medianDifference(differences);
      for (let bound = -1; bound < n / 3 + 1; bound += n / 300) {
        expect(found.interval[1] < bound).toBe(found.pAtLeast(bound) < 0.025);
      }
    }
  });

  it('has no end with fewer than six', () => {
    expect(medianDifference(Float64Array.of(1, 2, 3, 4, 5)).interval).toEqual([-Infinity, Infinity]);
    expect(medianDifference(Float64Array.of(1, 2, 3, 4, 5, 6)).interval).toEqual([1, 6]);
    expect(medianDifference(new Float64Array(0)).interval).toEqual([-Infinity, Infinity]);
  });
});
