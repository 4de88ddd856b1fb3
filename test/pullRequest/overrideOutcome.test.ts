import { describe, expect, it } from 'vitest';
import {
  formatOverrideResult,
  OVERRIDE_REFUSALS,
  parseOverrideResult,
  type OverrideResult,
} from '../../src/pullRequest/overrideOutcome.ts';

const read = (text: string): ReturnType<typeof parseOverrideResult> => parseOverrideResult(Buffer.from(text));
const common = { comment: 3_000_000_007, sentence: 'recall@overall of churn is overridden by @ada: <b>late</b>' };

describe('what became of an override', () => {
  it.each<OverrideResult>([
    { ...common, outcome: 'done' },
    { ...common, outcome: 'already_done' },
    ...OVERRIDE_REFUSALS.map((code) => ({ ...common, outcome: 'refused' as const, code })),
  ])('is read as it was written: $outcome', (result) => {
    expect(read(formatOverrideResult(result))).toEqual({ kind: 'parsed', value: result });
  });

  it('begins with its schema, and has a code whatever it came to', () => {
    expect(formatOverrideResult({ ...common, outcome: 'done' })).toMatch(
      /^{"schema":"touchstone\/override\/v1","comment":3000000007,"outcome":"done","code":"done",/,
    );
  });

  it.each([
    ['no JSON', '{', /not JSON/],
    ['another schema', JSON.stringify({ ...common, schema: 'x', outcome: 'done', code: 'done' }), /schema/],
    [
      'a code that there is not',
      formatOverrideResult({ ...common, outcome: 'done' }).replace('"code":"done"', '"code":"x"'),
      /code/,
    ],
    [
      'a refusal without its code',
      formatOverrideResult({ ...common, outcome: 'done' }).replaceAll('done', 'refused'),
      /code/,
    ],
    ['more than it can have', formatOverrideResult({ ...common, outcome: 'done' }).replace('{', '{"more":1,'), /more/],
  ])('is not taken for %s', (_, text, problem) => {
    const found = read(text);
    expect(found.kind === 'invalid' ? found.problems.join('; ') : '').toMatch(problem);
  });

  it('is not read where it is longer than any', () => {
    expect(read(formatOverrideResult({ ...common, sentence: 'x'.repeat(70_000), outcome: 'done' })).kind).toBe(
      'invalid',
    );
  });
});
