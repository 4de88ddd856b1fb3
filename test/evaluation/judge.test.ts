import { describe, expect, it } from 'vitest';
import type { GateConfig, Margin } from '../../src/config/config.ts';
import type { BaselineKind } from '../../src/evaluation/boundFinding.ts';
import { findingId } from '../../src/evaluation/gateFinding.ts';
import { powerOfGates } from '../../src/evaluation/gatePower.ts';
import { judge, judgeRun } from '../../src/evaluation/judge.ts';
import { type Measurement, notMeasured, value } from '../../src/evaluation/measurement.ts';
import { parseMetricName } from '../../src/evaluation/metricName.ts';
import type { Finding, Judgement } from '../../src/evaluation/verdict.ts';
import { canonicalJson, type Json } from '../../src/identity/digest.ts';
import type { DifferenceEstimate } from '../../src/statistics/estimate.ts';

const absolute = (margin: number): Margin => ({ kind: 'absolute', value: margin });
const relative = (fraction: number): Margin => ({ kind: 'relative', fraction });

function gate(bounds: Partial<GateConfig> & { readonly on?: string }): GateConfig {
  const { on = 'accuracy', ...rest } = bounds;
  return { metric: parseMetricName(on), slice: 'overall', whenInconclusive: 'observed', ...rest };
}

/** An estimate with these ends. The p-value only has to agree with them: see {@link DifferenceEstimate}. */
function estimate(
  lower: number,
  difference: number,
  upper: number,
  more: Partial<DifferenceEstimate> = {},
): DifferenceEstimate {
  return {
    difference,
    interval: [lower, upper],
    lowerWithUnseen: lower,
    pAtLeast: (bound) => (upper < bound ? 0.001 : 0.5),
    standardError: (upper - lower) / 3.92,
    method: 'tango',
    ...more,
  };
}

/** Accuracy .80 against .80 on 1,000 rows, the difference as the test says. */
function measured(
  found: DifferenceEstimate | undefined,
  more: Partial<Measurement> & { readonly on?: string } = {},
): Measurement {
  const { on = 'accuracy', ...rest } = more;
  return {
    metric: parseMetricName(on),
    slice: 'overall',
    rows: 1000,
    effectiveRows: 1000,
    least: { minimum: 50, unit: 'rows' },
    candidate: value(0.8 + (found?.difference ?? 0)),
    baseline: value(0.8),
    compare: () => found,
    ...rest,
  };
}

function decide(
  gates: readonly GateConfig[],
  measurements: readonly Measurement[],
  baseline: BaselineKind = 'other',
): Judgement {
  return judge({ gates, measurements, baseline, assurance: 'advisory' });
}

function only(bounds: Parameters<typeof gate>[0], measurement: Measurement, baseline: BaselineKind = 'other'): Finding {
  const [finding] = decide([gate(bounds)], [measurement], baseline).findings;
  if (finding === undefined) throw new Error('No finding.');
  return finding;
}

describe('maxRegression is decided by the ends of the interval', () => {
  it.each([
    ['met', -0.009, 0.02],
    ['inconclusive', -0.01, 0.02],
    ['inconclusive', -0.011, 0.02],
    ['inconclusive', -0.03, -0.01],
    ['regressed', -0.03, -0.0101],
  ] as const)('%s where it reaches from %d to %d, with a margin of 0.01', (kind, lower, upper) => {
    const finding = only({ maxRegression: absolute(0.01) }, measured(estimate(lower, (lower + upper) / 2, upper)));
    expect(finding).toMatchObject({ kind, bounds: [{ bound: 'maxRegression', limit: -0.01, kind }] });
  });

  it('met is decided on the end that reckons with losses not seen', () => {
    const lucky = estimate(-0.005, 0, 0.005, { lowerWithUnseen: -0.02 });
    const finding = only({ maxRegression: absolute(0.01) }, measured(lucky));
    expect(finding.kind).toBe('inconclusive');
    expect(finding.because).toMatch(/large loss that these rows happen to lack/);
    expect(finding.rowsNeeded).toBeGreaterThan(1000);
  });
});

describe('minImprovement is decided by the ends of the interval', () => {
  it.each([
    ['met', 0.01, 0.03],
    ['inconclusive', 0.0099, 0.03],
    ['inconclusive', -0.01, 0.01],
    ['not-improved', -0.01, 0.0099],
  ] as const)('%s where it reaches from %d to %d, with 0.01 asked for', (kind, lower, upper) => {
    const finding = only({ minImprovement: absolute(0.01) }, measured(estimate(lower, (lower + upper) / 2, upper)));
    expect(finding).toMatchObject({ kind, bounds: [{ bound: 'minImprovement', limit: 0.01, kind }] });
  });
});

describe('a bound on the value is on the point value, inclusive', () => {
  it.each([
    ['met', { min: 0.8 }, 0.8],
    ['bound-missed', { min: 0.8 }, 0.7999999],
    ['met', { max: 0.8 }, 0.8],
    ['bound-missed', { max: 0.8 }, 0.8000001],
    // TFMA metrics_validator_test.py: the point value .8 fails a lower bound of .9 whatever the interval's centre says.
    ['bound-missed', { min: 0.9 }, 0.8],
  ] as const)('%s: %o at %d', (kind, bound, candidate) => {
    expect(only(bound, measured(estimate(0.1, 0.91, 1), { candidate: value(candidate) }))).toMatchObject({ kind });
  });

  it('too few rows never make it met, and do not excuse missing it', () => {
    const few = measured(undefined, { effectiveRows: 49 });
    expect(only({ min: 0.5 }, few)).toMatchObject({ kind: 'inconclusive', blocks: false, rowsNeeded: 50 });
    expect(only({ min: 0.9 }, few)).toMatchObject({ kind: 'bound-missed', blocks: true });
  });
});

describe('a relative margin is held against the interval of c - (1 -+ r) b', () => {
  const byShare = (share: number): DifferenceEstimate => estimate(0.001 + share, 0.005 + share, 0.009 + share);

  it.each([
    ['maxRegression', -0.02],
    ['minImprovement', 0.02],
  ] as const)('%s asks for the share of |baseline|, and holds it against 0', (bound, share) => {
    const asked: number[] = [];
    const measurement = measured(undefined, {
      compare: (wanted) => {
        asked.push(wanted);
        return byShare(wanted);
      },
    });
    const finding = only({ [bound]: relative(0.02) }, measurement);
    expect(asked).toContain(share);
    expect(finding.bounds[0]).toMatchObject({ allowed: '2%', limit: 0, interval: byShare(share).interval });
    expect(finding).toMatchObject({ allowed: `${bound} 2%`, interval: byShare(0).interval });
  });

  it('a share of a baseline of 0 is no margin: it fails closed', () => {
    // TFMA: a relative change from 0 is NaN, and fails.
    const finding = only({ maxRegression: relative(0.02) }, measured(estimate(0.1, 0.2, 0.3), { baseline: value(0) }));
    expect(finding).toMatchObject({ kind: 'baseline-not-measured', blocks: true });
    expect(only({ maxRegression: absolute(0) }, measured(estimate(0.1, 0.2, 0.3), { baseline: value(0) })).kind).toBe(
      'met',
    );
  });
});

describe('what was not measured is never a pass', () => {
  it.each([
    ['a metric or slice that nobody measured', [], 'candidate-not-measured'],
    [
      'a candidate without the metric',
      [measured(undefined, { candidate: notMeasured('no row') })],
      'candidate-not-measured',
    ],
    [
      'a baseline without the metric',
      [measured(undefined, { baseline: notMeasured('no row') })],
      'baseline-not-measured',
    ],
  ] as const)('%s', (_, measurements, kind) => {
    const { verdict, findings } = decide(
      [gate({ maxRegression: absolute(0.01), whenInconclusive: 'pass' })],
      measurements,
    );
    expect(findings).toMatchObject([{ kind, blocks: true }]);
    expect(findings[0]?.because).toBeDefined();
    expect(verdict).toMatchObject({ kind: 'inconclusive', blocks: true });
  });

  it('a width of zero is no evidence', () => {
    const finding = only({ maxRegression: absolute(0.01) }, measured(estimate(0, 0, 0)));
    expect(finding).toMatchObject({ kind: 'inconclusive', blocks: false });
    expect(finding.because).toMatch(/width zero/);
  });

  it('no interval, or one without ends, is none', () => {
    for (const found of [undefined, estimate(-Infinity, 0, 0.1), estimate(NaN, 0, NaN)]) {
      expect(only({ maxRegression: absolute(0.01) }, measured(found)).kind).toBe('inconclusive');
    }
  });

  it('too few rows are inconclusive whatever the interval says, with their count', () => {
    const few = { effectiveRows: 12, least: { minimum: 50, unit: 'rows of the class' } } as const;
    for (const found of [estimate(0.1, 0.2, 0.3), estimate(-0.3, -0.2, -0.1)]) {
      const finding = only({ maxRegression: absolute(0.01) }, measured(found, few));
      expect(finding).toMatchObject({
        kind: 'inconclusive',
        rowsNeeded: 50,
        because: '12 rows of the class; at least 50 are needed',
        evidence: { minimum: 50, unit: 'rows of the class' },
      });
    }
    expect(
      only({ maxRegression: absolute(0.01) }, measured(estimate(0.1, 0.2, 0.3), { ...few, effectiveRows: 50 })).kind,
    ).toBe('met');
  });

  it('rows that would settle it are told where some number would', () => {
    // Halving the width takes four times the rows: from (-0.03, 0.03) to an end at -0.01 takes nine times as many.
    expect(only({ maxRegression: absolute(0.01) }, measured(estimate(-0.03, 0, 0.03))).rowsNeeded).toBeCloseTo(
      9000,
      -2,
    );
    expect(only({ maxRegression: absolute(0) }, measured(estimate(-0.03, 0, 0.03))).rowsNeeded).toBeUndefined();
  });
});

describe('the same bytes', () => {
  const alone: Measurement = { ...measured(undefined), candidate: value(0.9) };

  it('hold every comparison, and improve nothing', () => {
    expect(only({ maxRegression: absolute(0) }, alone, 'identical')).toMatchObject({
      kind: 'identical',
      difference: 0,
      blocks: false,
    });
    expect(only({ minImprovement: absolute(0) }, alone, 'identical').kind).toBe('identical');
    expect(only({ minImprovement: absolute(0.01) }, alone, 'identical')).toMatchObject({
      kind: 'not-improved',
      blocks: true,
    });
    expect(only({ minImprovement: relative(0.01) }, alone, 'identical').kind).toBe('not-improved');
  });

  it('are accepted with the bounds on their value, or rejected by them', () => {
    const verdictOf = (...gates: GateConfig[]): Judgement['verdict'] => decide(gates, [alone], 'identical').verdict;
    expect(verdictOf(gate({ maxRegression: absolute(0) }))).toMatchObject({
      kind: 'accepted',
      compared: true,
      blocks: false,
    });
    expect(verdictOf(gate({ maxRegression: absolute(0), min: 0.95 }))).toMatchObject({
      kind: 'rejected',
      blocks: true,
    });
    expect(verdictOf(gate({ minImprovement: absolute(0.01) }))).toMatchObject({ kind: 'rejected', blocks: true });
  });
});

describe('a gate with several bounds has one finding', () => {
  it('of its worst part, which are all kept', () => {
    const finding = only(
      { min: 0.9, maxRegression: absolute(0.01), minImprovement: relative(0.1) },
      measured(estimate(-0.001, 0.001, 0.003), {
        compare: (share) => (share === 0 ? estimate(-0.001, 0.001, 0.003) : estimate(-0.09, -0.08, -0.07)),
      }),
    );
    expect(finding).toMatchObject({
      kind: 'bound-missed',
      allowed: 'min 0.9, maxRegression 0.01, minImprovement 10%',
      bounds: [{ kind: 'bound-missed' }, { kind: 'met' }, { kind: 'not-improved' }],
    });
  });
});

describe('without a baseline', () => {
  const first: Measurement = { ...measured(undefined), candidate: value(0.9) };

  it('bounds that all hold are accepted, said to be compared with nothing', () => {
    const { verdict, findings } = decide([gate({ min: 0.8, maxRegression: absolute(0.01) })], [first], 'none');
    expect(findings).toMatchObject([
      { kind: 'met', blocks: false, bounds: [{ kind: 'met' }, { kind: 'no-baseline' }] },
    ]);
    expect(findings[0]).not.toHaveProperty('baseline');
    expect(verdict).toEqual({ kind: 'accepted', compared: false, assurance: 'advisory', blocks: false });
  });

  it('a bound that is missed is a rejection', () => {
    const { verdict } = decide([gate({ min: 0.95, maxRegression: absolute(0.01) })], [first], 'none');
    expect(verdict).toMatchObject({ kind: 'rejected', compared: false, blocks: true });
  });

  it('no bound at all is not-compared, and does not block', () => {
    const { verdict } = decide([gate({ maxRegression: absolute(0.01) })], [first], 'none');
    expect(verdict).toEqual({ kind: 'not-compared', compared: false, assurance: 'advisory', blocks: false });
    expect(decide([], [first], 'none').verdict.kind).toBe('not-compared');
    expect(decide([], [measured(estimate(-1, -0.5, -0.1))]).verdict).toMatchObject({
      kind: 'not-compared',
      blocks: false,
    });
  });

  it('a comparison that cannot even be measured is no first version', () => {
    const { verdict } = decide([gate({ maxRegression: absolute(0.01) })], [], 'none');
    expect(verdict).toMatchObject({ kind: 'inconclusive', blocks: true });
  });
});

describe('the verdict', () => {
  const slice = (name: string, found: DifferenceEstimate): Measurement => measured(found, { slice: name });
  const slices = (count: number): string[] => Array.from({ length: count }, (_, s) => `s${s}`);
  const gates = (count: number, whenInconclusive: GateConfig['whenInconclusive'] = 'pass'): GateConfig[] =>
    slices(count).map((name) => gate({ slice: name, maxRegression: absolute(0.01), whenInconclusive }));
  const good = estimate(-0.005, 0, 0.005);
  const bad = (p: number): DifferenceEstimate => estimate(-0.1, -0.06, -0.02, { pAtLeast: () => p });

  it('is accepted where every gate is met, with no correction for their number', () => {
    expect(
      decide(
        gates(20),
        slices(20).map((name) => slice(name, good)),
      ).verdict,
    ).toEqual({
      kind: 'accepted',
      compared: true,
      assurance: 'advisory',
      blocks: false,
    });
  });

  it('is rejected where a regression stands after Holm', () => {
    // Holm: the smallest of 20 p-values is multiplied by 20: .0012 * 20 = .024 < .025.
    const { verdict, findings } = decide(
      gates(20),
      slices(20).map((name, s) => slice(name, s === 7 ? bad(0.0012) : good)),
    );
    expect(findings[7]).toMatchObject({
      kind: 'regressed',
      blocks: true,
      adjustedP: expect.closeTo(0.024, 12) as number,
    });
    expect(findings[7]?.because).toBeUndefined();
    expect(verdict).toMatchObject({ kind: 'rejected', blocks: true });
  });

  it('is inconclusive where it does not, and says so with the adjusted p', () => {
    const { verdict, findings } = decide(
      gates(20),
      slices(20).map((name, s) => slice(name, s === 7 ? bad(0.00126) : good)),
    );
    expect(findings[7]).toMatchObject({
      kind: 'regressed',
      blocks: false,
      adjustedP: expect.closeTo(0.0252, 12) as number,
    });
    expect(findings[7]?.because).toBe("worse by its own interval, but not after Holm's correction for 20 comparisons");
    expect(verdict).toMatchObject({ kind: 'inconclusive', blocks: false });
  });

  it('counts comparisons that were not decided in the family, and bounds on values not', () => {
    const few = measured(undefined, { effectiveRows: 3, slice: 's1' });
    const adjusted = (extra: GateConfig): number | undefined =>
      decide([gate({ slice: 's0', maxRegression: absolute(0.01) }), extra], [slice('s0', bad(0.01)), few]).findings[0]
        ?.adjustedP;
    expect(adjusted(gate({ slice: 's1', maxRegression: absolute(0.01) }))).toBeCloseTo(0.02, 12);
    expect(adjusted(gate({ slice: 's1', min: 0.1 }))).toBeCloseTo(0.01, 12);
  });

  it.each([
    ['observed', -0.011, true],
    ['observed', -0.01, false],
    ['observed', 0, false],
    ['pass', -0.2, false],
    ['block', 0.05, true],
  ] as const)(
    'an inconclusive gate with whenInconclusive: %s and an observed difference of %d blocks: %s',
    (policy, difference, blocks) => {
      const { verdict } = decide(
        [gate({ maxRegression: absolute(0.01), whenInconclusive: policy })],
        [measured(estimate(-0.3, difference, 0.3))],
      );
      expect(verdict).toMatchObject({ kind: 'inconclusive', blocks });
    },
  );

  it('a regression that does not stand blocks as an inconclusive gate does', () => {
    const found = slices(20).map((name, s) => slice(name, s === 7 ? bad(0.02) : good));
    expect(decide(gates(20, 'observed'), found).verdict).toMatchObject({ kind: 'inconclusive', blocks: true });
    expect(decide(gates(20, 'pass'), found).verdict).toMatchObject({ kind: 'inconclusive', blocks: false });
  });

  it('a missed bound rejects beside gates that are inconclusive', () => {
    const { verdict } = decide(
      [gate({ min: 0.9 }), gate({ slice: 's0', maxRegression: absolute(0.01) })],
      [measured(good), slice('s0', estimate(-1, 0, 1))],
    );
    expect(verdict.kind).toBe('rejected');
  });

  it('can be put on record: no number in it is infinite or NaN', () => {
    const judgement = decide(
      [gate({ maxRegression: absolute(0.01) }), gate({ slice: 's0', maxRegression: relative(0.01) })],
      [measured(estimate(-Infinity, 0, Infinity)), slice('s0', good), slice('s1', estimate(NaN, NaN, NaN))],
    );
    expect(() => canonicalJson(judgement as unknown as Json)).not.toThrow();
  });
});

describe('what no gate speaks of', () => {
  it('is shown and gates nothing', () => {
    const { observations, verdict } = decide(
      [gate({ maxRegression: absolute(0.01) })],
      [
        measured(estimate(-0.005, 0, 0.005)),
        measured(estimate(-0.9, -0.5, -0.4), { on: 'auc' }),
        measured(undefined, { on: 'f1', candidate: notMeasured('no row') }),
      ],
    );
    expect(verdict.kind).toBe('accepted');
    expect(observations).toEqual([
      {
        metric: 'auc',
        slice: 'overall',
        candidate: expect.closeTo(0.3) as number,
        baseline: 0.8,
        difference: -0.5,
        interval: [-0.9, -0.4],
        rows: 1000,
      },
      { metric: 'f1', slice: 'overall', baseline: 0.8, rows: 1000, because: 'no row' },
    ]);
  });
});

describe('latency belongs to the run', () => {
  const latency = (found: DifferenceEstimate): Measurement =>
    measured(found, { on: 'latencyMs', candidate: value(3), baseline: value(2), rows: 200, effectiveRows: 200 });
  const gates = [gate({ maxRegression: absolute(0.01) }), gate({ on: 'latencyMs', maxRegression: absolute(0.5) })];
  const stored = decide(gates, [measured(estimate(-0.005, 0, 0.005))]);

  it('is left out of what is stored', () => {
    expect(stored.findings.map(({ id }) => id)).toEqual(['accuracy@overall']);
    expect(stored.verdict.kind).toBe('accepted');
  });

  it('joins a judgement that was looked up', () => {
    const found = JSON.parse(JSON.stringify(stored)) as Judgement;
    const slow = judgeRun(found, { gates, baseline: 'other', latency: [latency(estimate(-1.2, -1, -0.8))] });
    expect(slow.findings.map(({ id, kind }) => [id, kind])).toEqual([
      ['accuracy@overall', 'met'],
      ['latencyMs@overall', 'regressed'],
    ]);
    expect(slow.verdict).toMatchObject({ kind: 'rejected', compared: true, blocks: true });
    const quick = judgeRun(found, { gates, baseline: 'other', latency: [latency(estimate(-0.2, 0, 0.2))] });
    expect(quick.verdict).toEqual(stored.verdict);
  });

  it('that was not measured does not pass', () => {
    const unmeasured = judgeRun(stored, { gates, baseline: 'other', latency: [] });
    expect(unmeasured.verdict).toMatchObject({ kind: 'inconclusive', blocks: true });
  });

  it('does not turn a rejection into anything else', () => {
    const rejected = decide(gates, [measured(estimate(-0.9, -0.8, -0.7))]);
    const joined = judgeRun(rejected, { gates, baseline: 'other', latency: [latency(estimate(-0.2, 0, 0.2))] });
    expect(joined.verdict).toMatchObject({ kind: 'rejected', blocks: true });
  });
});

describe('power', () => {
  /** An interval of +-1.96 standard errors of 0.005 around 0, on 1,000 rows. */
  const se = 0.005;
  const found = estimate(-1.959964 * se, 0, 1.959964 * se);
  const margin = gate({ maxRegression: absolute(0.01) });

  it('is that of what a gate is decided on: the end that reckons with losses not seen', () => {
    const powerOf = (lowerWithUnseen: number): number =>
      decide([gate({ maxRegression: absolute(0.02) })], [measured(estimate(-0.01, 0, 0.01, { lowerWithUnseen }))]).power
        .gates[0]?.power ?? NaN;
    expect(powerOf(-0.01)).toBeGreaterThan(0.95);
    expect(powerOf(-0.019)).toBeLessThan(0.7);
    expect(powerOf(-0.03)).toBeLessThan(0.05);
  });

  it('is that of an equal model having every comparison met', () => {
    // scipy.stats.norm.cdf(0.01 / 0.005 - 1.959964) = 0.51596; two such gates: 1 - 2 * (1 - 0.51596) = 0.0319
    const one = decide([margin], [measured(found)]).power;
    expect(one.equalModelAccepted).toBeCloseTo(0.516, 3);
    const two = decide(
      [margin, gate({ slice: 's0', maxRegression: absolute(0.01) })],
      [measured(found), measured(found, { slice: 's0' })],
    ).power;
    expect(two.equalModelAccepted).toBeCloseTo(0.0319, 3);
  });

  it('tells the rows and the margin that would do', () => {
    // (1.959964 + 0.8416212) * 0.005 = 0.014008; (0.014008 / 0.01)^2 * 1000 = 1962.2
    const [power] = decide([margin], [measured(found)]).power.gates;
    expect(power?.marginFor80).toBeCloseTo(0.014008, 5);
    expect(power?.rowsFor80).toBe(1963);
  });

  it('is known beforehand from the last judgement on this holdout, on record, for other margins too', () => {
    const { findings } = JSON.parse(JSON.stringify(decide([margin], [measured(found)]))) as Judgement;
    const before = powerOfGates([gate({ maxRegression: relative(0.025) })], findings);
    // 2.5 % of 0.8 is 0.02: norm.cdf(0.02 / 0.005 - 1.959964) = 0.97933
    expect(before.equalModelAccepted).toBeCloseTo(0.9793, 3);
  });

  it('is unknown where a gate was never measured', () => {
    const { findings } = decide([margin], [measured(found)]);
    const power = powerOfGates([margin, gate({ slice: 's0', maxRegression: absolute(0.01) })], findings);
    expect(power.equalModelAccepted).toBeUndefined();
    expect(power.gates.map(({ id }) => id)).toEqual(['accuracy@overall']);
    expect(powerOfGates([margin], [])).toEqual({ gates: [] });
  });

  it('of too few rows is none', () => {
    const { power } = decide([margin], [measured(found, { effectiveRows: 30 })]);
    expect(power.gates).toMatchObject([{ power: 0 }]);
    expect(power.equalModelAccepted).toBe(0);
  });

  it('an equal model does not improve', () => {
    const { power } = decide([gate({ minImprovement: absolute(0.01) })], [measured(found)]);
    expect(power.gates[0]?.power).toBeLessThan(0.001);
    expect(power.gates[0]).not.toHaveProperty('rowsFor80');
  });
});

it('findings are named METRIC@SLICE', () => {
  expect(findingId({ metric: { family: 'recall', of: '9' }, slice: 'ink=light' })).toBe('recall[9]@ink=light');
});
