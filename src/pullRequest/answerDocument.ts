import * as v from 'valibot';
import type { CommitSha, RepositoryName } from '../identity/git.ts';
import { commitField, numberField, parseDocument, repositoryField, type Parsed } from '../registry/document.ts';
import { modelNameField } from '../report/parseRunReport.ts';
import type { HeadJudgement, RunReference } from './headJudgement.ts';
import { formatHeadJudgement, JUDGEMENT_BYTES, parseHeadJudgement } from './headJudgementDocument.ts';
import { apartFromOverrides, withOverrides } from './overridables.ts';
import type { Override } from './override.ts';
import type { HeadAnswer, Unjudged } from './standing.ts';

const SCHEMA = 'touchstone/answer/v1';

/** The file of the artifact that {@link answerArtifactName} names. */
export const ANSWER_FILE = 'answer.json';
/** A judgement, and a few words around it. */
export const ANSWER_BYTES = JUDGEMENT_BYTES + 1024 * 1024;

/** `touchstone-answer-1`: names are taken for all attempts of a run. */
export function answerArtifactName(attempt: number): string {
  return `touchstone-answer-${attempt}`;
}

/**
 * What there is to answer a head with, once its verdict is on record: the job that records leaves it, the App shows it.
 * Overrides are those that stand in the registry for this head.
 */
export interface RecordedAnswer {
  readonly repository: RepositoryName;
  readonly head: CommitSha;
  /** The run of `touchstone-pr.yml` that was judged. */
  readonly trained: RunReference;
  readonly answer: HeadAnswer;
}

const runReference = v.strictObject({ id: numberField, attempt: numberField });

const override: v.GenericSchema<unknown, Override> = v.strictObject({
  model: modelNameField,
  of: v.variant('kind', [
    v.strictObject({ kind: v.literal('finding'), id: v.string() }),
    v.strictObject({ kind: v.literal('model') }),
  ]),
  head: commitField,
  by: v.string(),
  reason: v.string(),
});

const unjudged: v.GenericSchema<unknown, Unjudged> = v.variant('kind', [
  v.strictObject({ kind: v.literal('judging-failed') }),
  v.strictObject({ kind: v.literal('judging-cancelled') }),
  v.strictObject({ kind: v.literal('no-judgement') }),
  v.strictObject({ kind: v.literal('invalid-judgement'), problems: v.array(v.string()) }),
  v.strictObject({ kind: v.literal('not-recorded'), problem: v.string() }),
  v.strictObject({ kind: v.literal('contradicted'), models: v.array(modelNameField) }),
]);

const common = { schema: v.literal(SCHEMA), repository: repositoryField, head: commitField, trained: runReference };
const document = v.variant('kind', [
  v.strictObject({
    ...common,
    kind: v.literal('judged'),
    judgement: v.record(v.string(), v.unknown()),
    overrides: v.array(override),
  }),
  v.strictObject({ ...common, kind: v.literal('unjudged'), because: unjudged }),
]);

/** The text of `answer.json`. */
export function formatRecordedAnswer({ repository, head, trained, answer }: RecordedAnswer): string {
  const of = { schema: SCHEMA, repository, head, trained, kind: answer.kind };
  if (answer.kind === 'unjudged') return JSON.stringify({ ...of, because: answer.because });
  const { judgement, overrides } = apartFromOverrides(answer.judgement);
  return JSON.stringify({ ...of, judgement: JSON.parse(formatHeadJudgement(judgement)) as unknown, overrides });
}

/** Narrows an `answer.json`: every problem is told, each with its path. */
export function parseRecordedAnswer(bytes: Uint8Array): Parsed<RecordedAnswer> {
  if (bytes.length > ANSWER_BYTES) {
    return { kind: 'invalid', problems: [`it has ${bytes.length} bytes, expected ${ANSWER_BYTES} at most`] };
  }
  const parsed = parseDocument(document, bytes);
  if (parsed.kind === 'invalid') return parsed;
  const { repository, head, trained } = parsed.value;
  const of = { repository, head, trained };
  if (parsed.value.kind === 'unjudged') {
    return { kind: 'parsed', value: { ...of, answer: { kind: 'unjudged', because: parsed.value.because } } };
  }
  const judgement = parseHeadJudgement(Buffer.from(JSON.stringify(parsed.value.judgement)));
  if (judgement.kind === 'invalid') return judgement;
  const problems = othersOf(judgement.value, of);
  if (problems.length > 0) return { kind: 'invalid', problems };
  const answer = { kind: 'judged' as const, judgement: withOverrides(judgement.value, parsed.value.overrides) };
  return { kind: 'parsed', value: { ...of, answer } };
}

/** Where a judgement speaks of another repository, commit or run than the one that it is to be of. */
export function othersOf(
  said: Pick<HeadJudgement, 'repository' | 'head' | 'trained'>,
  { repository, head, trained }: Pick<RecordedAnswer, 'repository' | 'head'> & { readonly trained: { id: number } },
): readonly string[] {
  const differs = (what: string, found: string | number, expected: string | number): readonly string[] =>
    found === expected ? [] : [`${what}: ${found}, expected ${expected}`];
  return [
    ...differs('repository', said.repository.toLowerCase(), repository.toLowerCase()),
    ...differs('head', said.head, head),
    ...differs('run', said.trained.id, trained.id),
  ];
}
