import * as v from 'valibot';
import { concludeVerdict } from '../evaluation/concludeVerdict.ts';
import type { BoundFinding, Finding, Judgement, Observation, Power } from '../evaluation/verdict.ts';
import { countField } from '../registry/document.ts';
import { findingFields, findingKind, interval, real, verdict } from '../registry/judgementDocument.ts';

// A record outlives the evaluator that wrote it and is read loosely. A report is handed from one job to the next of the
// same release, and what comes out of it is told to people as it stands: here every word is one that is known.
const UNITS = [
  'rows',
  'rows of the class',
  'rows predicted as the class',
  'rows of the smaller class',
  'groups',
  'turns',
] as const;
const METHODS = ['tango', 'tango-relative', 'delong', 'paired-score', 'delta', 'group-t', 'sign-test'] as const;

const NUMBER = String.raw`-?\d+(?:\.\d+)?(?:e[+-]?\d+)?%?`;
const BOUND = `(?:min|max|maxRegression|minImprovement) ${NUMBER}`;
const limit = v.pipe(v.string(), v.regex(new RegExp(`^${NUMBER}$`), 'expected a number, or a share in %'));
const limits = v.pipe(
  v.string(),
  v.regex(new RegExp(`^(?:${BOUND}(?:, ${BOUND})*)?$`), 'expected the bounds of a gate'),
);

const bound: v.GenericSchema<unknown, BoundFinding> = v.strictObject({
  bound: v.picklist(['min', 'max', 'maxRegression', 'minImprovement']),
  allowed: limit,
  limit: real,
  kind: findingKind,
  interval: v.exactOptional(interval),
  lowerWithUnseen: v.exactOptional(real),
  standardError: v.exactOptional(real),
  because: v.exactOptional(v.string()),
});

const finding: v.GenericSchema<unknown, Finding> = v.strictObject({
  ...findingFields,
  method: v.exactOptional(v.picklist(METHODS)),
  evidence: v.exactOptional(v.strictObject({ unit: v.picklist(UNITS), minimum: countField })),
  standardError: v.exactOptional(real),
  bounds: v.array(bound),
  allowed: limits,
});

const observation: v.GenericSchema<unknown, Observation> = v.strictObject({
  metric: v.string(),
  slice: v.string(),
  baseline: v.exactOptional(real),
  candidate: v.exactOptional(real),
  difference: v.exactOptional(real),
  interval: v.exactOptional(interval),
  rows: countField,
  because: v.exactOptional(v.string()),
});

const power: v.GenericSchema<unknown, Power> = v.strictObject({
  equalModelAccepted: v.exactOptional(real),
  gates: v.array(
    v.strictObject({
      id: v.string(),
      power: real,
      rowsFor80: v.exactOptional(real),
      marginFor80: v.exactOptional(real),
    }),
  ),
});

/** The fields of a judgement as a document of this release holds them. */
export const judgementFields = {
  verdict,
  findings: v.array(finding),
  observations: v.array(observation),
  power,
};

/** Whether the verdict is the one that its findings come to: nobody may say it otherwise. */
export function followsFromFindings({ verdict: said, findings }: Pick<Judgement, 'verdict' | 'findings'>): boolean {
  const follows = concludeVerdict(findings, said.compared, said.assurance);
  return follows.kind === said.kind && follows.blocks === said.blocks;
}

export const UNFOUNDED_VERDICT = 'expected the verdict that the findings come to';

/** A judgement on its own, as it is put on record. */
export const strictJudgement: v.GenericSchema<unknown, Judgement> = v.pipe(
  v.strictObject(judgementFields),
  v.check((said) => followsFromFindings(said), UNFOUNDED_VERDICT),
);
