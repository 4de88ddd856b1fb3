import * as v from 'valibot';
import type { Judgement } from '../evaluation/verdict.ts';
import type { Problem } from '../failure.ts';
import {
  commitField,
  digestField,
  numberField,
  parseDocument,
  repositoryField,
  type Parsed,
} from '../registry/document.ts';
import { assurance, withInfinitiesInWords } from '../registry/judgementDocument.ts';
import type { Comparison } from '../registry/verdictRecord.ts';
import { renderJson } from '../report/json.ts';
import { strictJudgement } from '../report/judgementFields.ts';
import { anomalyFields, modelNameField, runDocument } from '../report/parseRunReport.ts';
import type { HeadJudgement, HeadOutcome, JudgedSection, ModelSection, ProposedOutlook } from './headJudgement.ts';

const SCHEMA = 'touchstone/head-judgement/v1';

/** Hundreds of models with hundreds of gates each stay below it. */
export const JUDGEMENT_BYTES = 32 * 1024 * 1024;
const MOST_MODELS = 1000;

const problem: v.GenericSchema<unknown, Problem> = v.strictObject({
  where: v.string(),
  found: v.string(),
  expected: v.exactOptional(v.string()),
  remedy: v.exactOptional(v.string()),
  excerpt: v.exactOptional(v.array(v.string())),
});

const comparison: v.GenericSchema<unknown, Comparison> = v.strictObject({
  candidate: digestField,
  baseline: v.exactOptional(digestField),
  holdout: digestField,
  policy: digestField,
  evaluator: v.pipe(v.string(), v.regex(/^touchstone[\w.+\/ -]{1,60}$/, 'expected an evaluator')),
  assurance,
});

const outlook: v.GenericSchema<unknown, ProposedOutlook> = v.variant('kind', [
  v.strictObject({ kind: v.literal('judged'), run: runDocument }),
  v.strictObject({ kind: v.literal('not-judged'), problems: v.array(problem) }),
]);

const judged = v.pipe(
  v.strictObject({
    kind: v.literal('judged'),
    model: modelNameField,
    run: runDocument,
    verdict: v.strictObject({ comparison, judgement: strictJudgement }),
    contentKey: digestField,
    acceptedAnomalies: v.array(v.string()),
    proposed: v.exactOptional(outlook),
  }),
  v.check((found) => isOfThisRun(found), 'expected a run and a record of one comparison'),
);

const section: v.GenericSchema<unknown, ModelSection> = v.variant('kind', [
  judged,
  v.strictObject({
    kind: v.literal('new'),
    model: modelNameField,
    outlook,
  }),
  v.strictObject({
    kind: v.literal('removed'),
    model: modelNameField,
    renamedTo: v.exactOptional(modelNameField),
  }),
  v.strictObject({
    kind: v.literal('not-judged'),
    model: modelNameField,
    because: v.picklist([
      'training-failed',
      'training-cancelled',
      'training-timed-out',
      'not-trained',
      'candidate-refused',
      'data-broken',
    ]),
    problems: v.array(problem),
    anomalies: v.array(anomalyFields),
  }),
]);

const outcome: v.GenericSchema<unknown, HeadOutcome> = v.variant('kind', [
  v.strictObject({ kind: v.literal('begins'), models: v.pipe(v.array(modelNameField), v.maxLength(MOST_MODELS)) }),
  v.strictObject({ kind: v.literal('invalid-config'), problems: v.array(problem) }),
  v.strictObject({ kind: v.literal('untouched') }),
  v.strictObject({ kind: v.literal('waits-for-approval') }),
  v.strictObject({
    kind: v.literal('models'),
    sections: v.pipe(
      v.tupleWithRest([section], section),
      v.maxLength(MOST_MODELS),
      v.check((all) => new Set(all.map(({ model }) => model)).size === all.length, 'expected each model once'),
    ),
  }),
]);

const document = v.pipe(
  v.strictObject({
    schema: v.literal(SCHEMA),
    repository: repositoryField,
    head: commitField,
    policyCommit: commitField,
    trained: v.strictObject({ id: numberField, attempt: numberField }),
    outcome,
  }),
  v.transform(({ repository, head, policyCommit, trained, outcome }): HeadJudgement => ({
    ...{ repository, head, policyCommit, trained, outcome },
  })),
);

/** The text of `judgement.json`: what the judging job hands to the one that records and publishes. */
export function formatHeadJudgement(found: HeadJudgement): string {
  const { repository, head, policyCommit, trained } = found;
  const written = { schema: SCHEMA, repository, head, policyCommit, trained, outcome: outcomeAsJson(found.outcome) };
  return JSON.stringify(written);
}

/** Narrows a `judgement.json`, which is data from a job that ran a candidate: every problem is told, each with its path. */
export function parseHeadJudgement(bytes: Uint8Array): Parsed<HeadJudgement> {
  if (bytes.length > JUDGEMENT_BYTES) {
    return { kind: 'invalid', problems: [`it has ${bytes.length} bytes, expected ${JUDGEMENT_BYTES} at most`] };
  }
  return parseDocument(document, bytes);
}

/** One comparison runs through a section: what people read, and what goes on record. */
function isOfThisRun({ model, run, verdict }: JudgedSection): boolean {
  const { comparison, judgement } = verdict;
  return (
    run.model === model &&
    run.candidate.digest === comparison.candidate &&
    run.baseline?.digest === comparison.baseline &&
    run.holdout.digest === comparison.holdout &&
    run.policy === comparison.policy &&
    run.judgement.verdict.assurance === comparison.assurance &&
    judgement.verdict.assurance === comparison.assurance &&
    isRecorded(judgement, run.judgement)
  );
}

/** The record is what was found in the run, less what belongs to the run alone. */
function isRecorded(record: Judgement, found: Judgement): boolean {
  const lasting = <T extends { readonly metric: string }>(rows: readonly T[]): readonly T[] =>
    rows.filter(({ metric }) => metric !== 'latencyMs');
  const text = (rows: readonly object[]): string => JSON.stringify(withInfinitiesInWords(rows));
  return (
    text(record.findings) === text(lasting(found.findings)) &&
    text(record.observations) === text(lasting(found.observations))
  );
}

function outcomeAsJson(found: HeadOutcome): object {
  if (found.kind !== 'models') return found;
  return { kind: found.kind, sections: found.sections.map(sectionAsJson) };
}

function sectionAsJson(found: ModelSection): object {
  switch (found.kind) {
    case 'judged':
      return {
        ...found,
        run: renderJson(found.run),
        verdict: withInfinitiesInWords(found.verdict),
        ...(found.proposed && { proposed: outlookAsJson(found.proposed) }),
      };
    case 'new':
      return { ...found, outlook: outlookAsJson(found.outlook) };
    case 'removed':
    case 'not-judged':
      return found;
  }
}

function outlookAsJson(found: ProposedOutlook): object {
  return found.kind === 'judged' ? { kind: found.kind, run: renderJson(found.run) } : found;
}
