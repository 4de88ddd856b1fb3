import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COLUMN_TYPES } from '../../src/dataset/columnType.ts';
import { parseSchema, type ColumnSchema, type Schema } from '../../src/dataset/schema.ts';
import { inferSchema } from '../../src/proposal/inferSchema.ts';
import { writeSchema } from '../../src/proposal/writeSchema.ts';
import { surveyOf } from './surveyed.ts';

const name = fc
  .oneof(
    fc.string({ minLength: 1, unit: 'binary' }),
    fc.constantFrom(
      'null',
      'yes',
      '1',
      '1.0',
      'a: b',
      '- x',
      '# c',
      '"',
      "'",
      '\n',
      ' ',
      '🦆',
      '&a',
      '*a',
      '!!str',
      '?',
      '<<',
      '{}',
      'x'.repeat(2_000),
    ),
  )
  // Names that no YAML of a person may hold: readYaml refuses them.
  .filter((each) => !['__proto__', 'constructor', 'prototype'].includes(each));

const column: fc.Arbitrary<ColumnSchema> = fc
  .record({
    type: fc.constantFrom(...COLUMN_TYPES),
    required: fc.boolean(),
    maxNullFraction: fc.option(
      fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
      { nil: undefined },
    ),
  })
  .map(({ maxNullFraction, ...rest }) => ({ ...rest, ...(maxNullFraction !== undefined && { maxNullFraction }) }));

describe('a written schema', () => {
  it('is read as the same one, whatever the names of its columns', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, column)), fc.option(fc.nat(), { nil: undefined }), (columns, minRows) => {
        const schema: Schema = { version: 1, ...(minRows !== undefined && { minRows }), columns: new Map(columns) };
        const read = parseSchema(writeSchema(schema), 'schema.yml');
        expect(read).toEqual(schema);
      }),
      { numRuns: 500 },
    );
  });

  it('looks like what a person would write', () => {
    const schema = inferSchema(
      surveyOf(5_000, [
        { name: 'id', type: 'integer' },
        { name: 'plan name', type: 'string', missing: 100, missingAtWorst: 0.02 },
      ]),
      ['plan name'],
    );
    expect(writeSchema(schema)).toBe(
      'version: 1\ncolumns:\n  id: { type: integer, maxNullFraction: 0 }\n  plan name: { type: string, required: false, maxNullFraction: 0.05 }\n',
    );
  });
});

describe('an inferred schema', () => {
  const gapsOf = (rows: number, missing: number, missingAtWorst = missing / rows): number | undefined =>
    inferSchema(surveyOf(rows, [{ name: 'a', type: 'float', missing, missingAtWorst }])).columns.get('a')
      ?.maxNullFraction;

  it('allows no gap where many rows have none, and a few where few rows tell little', () => {
    expect(gapsOf(1_000, 0)).toBe(0);
    // The rule of three: at most 3 in 100, 95 % of the time.
    expect(gapsOf(100, 0)).toBe(0.03);
  });

  it('leaves head room for the worst part of the rows, and none where nearly all are empty', () => {
    expect(gapsOf(10_000, 2_000)).toBe(0.3);
    expect(gapsOf(10_000, 2_000, 0.5)).toBe(0.65);
    expect(gapsOf(10_000, 9_500)).toBeUndefined();
    expect(gapsOf(10_000, 10_000)).toBeUndefined();
  });

  it('has no column of nested values, for which it has no type', () => {
    expect([...inferSchema(surveyOf(10, [{ name: 'a', type: 'other' }])).columns.keys()]).toEqual([]);
  });
});
