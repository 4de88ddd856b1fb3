import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { policyOf } from '../../src/config/policy.ts';
import { digestOfJson } from '../../src/identity/digest.ts';
import { configOf, LEAST, modelOf, TRAIN } from './written.ts';

type Written = Readonly<Record<string, unknown>>;

const FULL: Written = {
  ...LEAST,
  positive: 'yes',
  id: 'row',
  time: 'at',
  group: 'user',
  features: ['b', 'a'],
  data: { train: 'all.csv', schema: 'schema.json', split: { holdout: '20%', by: 'group' } },
  slices: ['sex', { name: 'new', where: 'tenure < 12' }],
  metrics: ['auc', 'accuracy'],
  gates: [
    { metric: 'auc', slice: 'new', min: 0.5 },
    { metric: 'accuracy', maxRegression: '2%', whenInconclusive: 'block' },
  ],
};

const digestOf = (model: Written): string => digestOfJson(policyOf(modelOf(model)));

/** The same file with the keys of every mapping in another order. */
function shuffled(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => shuffled(each, random));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, child]: [string, unknown]) => ({
    place: random(),
    entry: [key, shuffled(child, random)] as const,
  }));
  return Object.fromEntries(entries.sort((a, b) => a.place - b.place).map(({ entry }) => entry));
}

describe('the policy of a model', () => {
  it('is the same in whatever order keys stand', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        let state = seed;
        // Any order will do; the multiplier is that of Lehmer's generator.
        const random = (): number => (state = (Math.imul(state, 48_271) + 1) | 0);
        const text = stringify(shuffled({ version: 1, models: { churn: FULL } }, random));
        const [model] = configOf(`# a comment\n${text}`).models.values();
        expect(model && digestOfJson(policyOf(model))).toBe(digestOf(FULL));
      }),
      { numRuns: 50 },
    );
  });

  it('is the same whether defaults are spelled out or not', () => {
    const short: Written = {
      data: { train: 'all.csv', split: { holdout: '20%' } },
      slices: 'sex',
      gates: [{ metric: 'auc', min: 0.5 }],
    };
    const long: Written = {
      data: { train: ['./all.csv'], split: { holdout: 0.2, validation: 0.0001, by: 'row', salt: 'churn' } },
      slices: ['sex'],
      metrics: ['accuracy', 'precision', 'recall', 'auc', 'logLoss'],
      gates: [{ metric: 'auc', slice: 'overall', min: 0.5, whenInconclusive: 'observed' }],
      promote: { requires: 'judged' },
      deploy: { environments: 'production' },
    };
    expect(
      digestOf({ ...long, data: { train: ['./all.csv'], split: { holdout: 0.2, by: 'row', salt: 'churn' } } }),
    ).toBe(digestOf(short));
    expect(digestOf(long)).not.toBe(digestOf(short));
  });

  it('does not hang on the order of slices, metrics and gates', () => {
    const reversed = Object.fromEntries(
      ['slices', 'metrics', 'gates'].map((key) => [key, [...(FULL[key] as readonly unknown[])].reverse()]),
    );
    expect(digestOf({ ...FULL, ...reversed })).toBe(digestOf(FULL));
  });

  it('does not hang on how the model is trained, promoted and deployed', () => {
    expect(
      digestOf({
        ...FULL,
        train: { ...TRAIN, params: { lr: 1 }, seed: 7 },
        promote: { requires: 'advisory' },
        deploy: { environments: ['staging', 'live'] },
      }),
    ).toBe(digestOf(FULL));
  });

  const gates = FULL['gates'] as readonly Written[];
  it.each<[string, Written]>([
    ['task', { task: 'multiclass', positive: undefined, gates: [gates[1]], metrics: ['accuracy'] }],
    ['target', { target: 'left' }],
    ['positive label', { positive: 'no' }],
    ['classes', { classes: ['no', 'yes'] }],
    ['order of classes', { classes: ['yes', 'no'] }],
    ['id', { id: 'other' }],
    ['time', { time: 'other' }],
    ['group', { group: 'other' }],
    ['order of features', { features: ['a', 'b'] }],
    ['schema', { data: { train: 'all.csv', schema: 'other.json', split: { holdout: '20%', by: 'group' } } }],
    ['split', { data: { train: 'all.csv', schema: 'schema.json', split: { holdout: '21%', by: 'group' } } }],
    ['salt', { data: { train: 'all.csv', schema: 'schema.json', split: { holdout: '20%', by: 'group', salt: 's' } } }],
    ['holdout', { data: { train: 'all.csv', schema: 'schema.json', holdout: 'h.csv' } }],
    ['slices', { slices: ['sex', { name: 'new', where: 'tenure < 13' }] }],
    ['metrics', { metrics: ['auc'] }],
    ['bound', { gates: [{ ...gates[0], min: 0.6 }, gates[1]] }],
    ['margin', { gates: [gates[0], { ...gates[1], maxRegression: 0.02 }] }],
    ['what happens when inconclusive', { gates: [gates[0], { ...gates[1], whenInconclusive: 'pass' }] }],
  ])('changes with its %s', (_, change) => {
    const changed = Object.fromEntries(
      Object.entries({ ...FULL, ...change }).filter(([, value]) => value !== undefined),
    );
    expect(digestOf(changed)).not.toBe(digestOf(FULL));
  });
});
