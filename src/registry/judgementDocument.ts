import * as v from 'valibot';
import type { BoundFinding, Finding, Judgement, Observation, Power } from '../evaluation/verdict.ts';
import type { Method } from '../statistics/estimate.ts';

// JSON has no infinity, and an interval without a bound has one: such ends are stored as the words that JavaScript uses.
const WORDS = ['Infinity', '-Infinity'] as const;
export const real = v.union([v.number(), v.pipe(v.picklist(WORDS), v.transform(Number))]);

/** The same value with every infinity told in words, which reading turns back. */
export function withInfinitiesInWords(value: unknown): unknown {
  if (typeof value === 'number' && Math.abs(value) === Infinity) return String(value);
  if (Array.isArray(value)) return value.map(withInfinitiesInWords);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withInfinitiesInWords(inner)]));
}

export const findingKind = v.picklist([
  'met',
  'bound-missed',
  'regressed',
  'not-improved',
  'inconclusive',
  'identical',
  'no-baseline',
  'candidate-not-measured',
  'baseline-not-measured',
]);
export const interval = v.tuple([real, real]);
// Kept as written: a record outlives the list of methods.
const method = v.pipe(
  v.string(),
  v.transform((text) => text as Method),
);

// Loose, so that a record of a later evaluator keeps what this one does not know; records are told apart by evaluator.
const bound: v.GenericSchema<unknown, BoundFinding> = v.looseObject({
  bound: v.picklist(['min', 'max', 'maxRegression', 'minImprovement']),
  allowed: v.string(),
  limit: real,
  kind: findingKind,
  interval: v.exactOptional(interval),
  lowerWithUnseen: v.exactOptional(real),
});

/** What a record holds of one finding; a document that is only passed on is held to more. */
export const findingFields = {
  id: v.string(),
  metric: v.string(),
  slice: v.string(),
  kind: findingKind,
  blocks: v.boolean(),
  baseline: v.exactOptional(real),
  candidate: v.exactOptional(real),
  difference: v.exactOptional(real),
  interval: v.exactOptional(interval),
  lowerWithUnseen: v.exactOptional(real),
  method: v.exactOptional(method),
  rows: real,
  effectiveRows: real,
  bounds: v.array(bound),
  adjustedP: v.exactOptional(real),
  rowsNeeded: v.exactOptional(real),
  because: v.exactOptional(v.string()),
  allowed: v.string(),
};

export const finding: v.GenericSchema<unknown, Finding> = v.looseObject(findingFields);

const observation: v.GenericSchema<unknown, Observation> = v.looseObject({
  metric: v.string(),
  slice: v.string(),
  baseline: v.exactOptional(real),
  candidate: v.exactOptional(real),
  difference: v.exactOptional(real),
  interval: v.exactOptional(interval),
  rows: real,
});

const power: v.GenericSchema<unknown, Power> = v.looseObject({
  equalModelAccepted: v.exactOptional(real),
  gates: v.array(
    v.looseObject({
      id: v.string(),
      power: real,
      rowsFor80: v.exactOptional(real),
      marginFor80: v.exactOptional(real),
    }),
  ),
});

export const assurance = v.picklist(['advisory', 'judged', 'sealed']);

export const verdict = v.strictObject({
  kind: v.picklist(['accepted', 'rejected', 'inconclusive', 'not-compared']),
  compared: v.boolean(),
  assurance,
  blocks: v.boolean(),
});

export const judgement: v.GenericSchema<unknown, Judgement> = v.looseObject({
  verdict,
  findings: v.array(finding),
  observations: v.array(observation),
  power,
});
