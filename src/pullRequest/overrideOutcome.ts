import * as v from 'valibot';
import { numberField, parseDocument, type Parsed } from '../registry/document.ts';

const SCHEMA = 'touchstone/override/v1';

/** The file that says what became of an /override, beside `answer.json` where it took effect. */
export const OVERRIDE_FILE = 'override.json';
const OVERRIDE_BYTES = 64 * 1024;

/** Stable: replies are built on them. */
export const OVERRIDE_REFUSALS = [
  'permission_denied',
  'self_approval',
  'ref_changed',
  'bad_argument',
  'order_not_met',
] as const;
export type OverrideRefusal = (typeof OVERRIDE_REFUSALS)[number];

/** What became of an /override, for whoever replies to the comment. */
export type OverrideResult = {
  /** Number of the comment. */
  readonly comment: number;
  /** Whole sentences for the person who asked. Plain text: names of others are in it, and it has to be written as text. */
  readonly sentence: string;
} & (
  | { readonly outcome: 'done' }
  /** This very comment, or somebody before it, had done it. */
  | { readonly outcome: 'already_done' }
  | { readonly outcome: 'refused'; readonly code: OverrideRefusal }
);

const common = { schema: v.literal(SCHEMA), comment: numberField, sentence: v.pipe(v.string(), v.maxLength(16_384)) };
const document = v.variant('outcome', [
  v.strictObject({ ...common, outcome: v.literal('done'), code: v.literal('done') }),
  v.strictObject({ ...common, outcome: v.literal('already_done'), code: v.literal('already_done') }),
  v.strictObject({ ...common, outcome: v.literal('refused'), code: v.picklist(OVERRIDE_REFUSALS) }),
]);

/** The text of `override.json`. */
export function formatOverrideResult(result: OverrideResult): string {
  const code = result.outcome === 'refused' ? result.code : result.outcome;
  const { comment, outcome, sentence } = result;
  return JSON.stringify({ schema: SCHEMA, comment, outcome, code, sentence });
}

/** Narrows an `override.json`: every problem is told, each with its path. */
export function parseOverrideResult(bytes: Uint8Array): Parsed<OverrideResult> {
  if (bytes.length > OVERRIDE_BYTES) {
    return { kind: 'invalid', problems: [`it has ${bytes.length} bytes, expected ${OVERRIDE_BYTES} at most`] };
  }
  const parsed = parseDocument(document, bytes);
  if (parsed.kind === 'invalid') return parsed;
  const { comment, sentence } = parsed.value;
  if (parsed.value.outcome !== 'refused') {
    return { kind: 'parsed', value: { comment, sentence, outcome: parsed.value.outcome } };
  }
  return { kind: 'parsed', value: { comment, sentence, outcome: 'refused', code: parsed.value.code } };
}
