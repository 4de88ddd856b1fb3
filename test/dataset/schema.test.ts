import { describe, expect, it } from 'vitest';
import { parseSchema, schemaDigest } from '../../src/dataset/schema.ts';
import { UserMistake } from '../../src/failure.ts';

const mistakes = (text: string): readonly string[] => {
  try {
    parseSchema(text, 'schema.yml');
  } catch (error) {
    if (error instanceof UserMistake) return error.message.split('\n');
    throw error;
  }
  return [];
};

describe('a schema file', () => {
  it('says the type of each column, whether it has to be there, and how often it may be missing', () => {
    const schema = parseSchema(
      'version: 1\nminRows: 100\ncolumns:\n  age: integer\n  plan: {type: string, required: false, maxNullFraction: 0.1}\n  "a: b": {type: float}\n',
      'schema.yml',
    );
    expect(schema).toEqual({
      version: 1,
      minRows: 100,
      columns: new Map([
        ['age', { type: 'integer', required: true }],
        ['plan', { type: 'string', required: false, maxNullFraction: 0.1 }],
        ['a: b', { type: 'float', required: true }],
      ]),
    });
  });

  it('has all of its problems told at once, in the order of the file', () => {
    const text = `version: 2
minRows: -1
column:
  age: integer
columns:
  age: int
  plan: {type: sting, requird: true}
  fare: {type: float, maxNullFraction: 2, required: maybe}
  none: {}
  list: [1]
`;
    expect(mistakes(text)).toEqual([
      expect.stringMatching(/^schema\.yml:1:10 version: the number 2\. Expected version: 1/),
      expect.stringMatching(/^schema\.yml:2:10 minRows: the number -1\. Expected a whole number of rows/),
      expect.stringMatching(/^schema\.yml:3:1 column: unknown key "column".*Perhaps "columns" is meant/),
      expect.stringMatching(/^schema\.yml:6:3 columns\.age\.type: "int"\. Expected one of integer, .*/),
      expect.stringMatching(/^schema\.yml:7:\d+ columns\.plan\.type: "sting".*Perhaps "string" is meant/),
      expect.stringMatching(
        /^schema\.yml:7:\d+ columns\.plan\.requird: unknown key "requird".*Perhaps "required" is meant/,
      ),
      expect.stringMatching(
        /^schema\.yml:8:\d+ columns\.fare\.maxNullFraction: the number 2\. Expected a number from 0 to 1/,
      ),
      expect.stringMatching(/^schema\.yml:8:\d+ columns\.fare\.required: "maybe"\. Expected true or false/),
      expect.stringMatching(/^schema\.yml:9:\d+ columns\.none: no type/),
      expect.stringMatching(/^schema\.yml:10:\d+ columns\.list: a list\. Expected a type/),
    ]);
  });

  it.each([
    ['', /the file is empty\. Expected a mapping with version and columns/],
    ['version: 1\n', /columns: no value\. Expected a mapping of column names to their types/],
    ['version: 1\ncolumns: {a: integer, a: float}\n', /the key "a" is given twice/],
    ['version: 1\ncolumns: {a: [\n', /the YAML cannot be read/],
  ])('is refused: %j', (text, message) => {
    expect(mistakes(text)).toEqual(expect.arrayContaining([expect.stringMatching(message)]));
  });

  it('has one digest however it is written', () => {
    const digest = (text: string): string => schemaDigest(parseSchema(text, 'schema.yml'));
    const one = digest('version: 1\ncolumns:\n  a: integer\n  b: {type: float, required: true}\n');
    expect(digest('# a comment\ncolumns: {b: float, a: {type: integer}}\nversion: 1\n')).toBe(one);
    expect(digest('version: 1\ncolumns: {a: integer, b: {type: float, required: false}}\n')).not.toBe(one);
    expect(digest('version: 1\nminRows: 1\ncolumns: {a: integer, b: float}\n')).not.toBe(one);
  });
});
