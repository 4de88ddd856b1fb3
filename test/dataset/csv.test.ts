import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvCheck } from '../../src/dataset/csvCheck.ts';
import { readCsvHeader } from '../../src/dataset/csvHeader.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the header of a CSV file', () => {
  it.each([
    ['a,b\n1;2;3', ',', ['a', 'b']],
    ['a;b,c;d', ';', ['a', 'b,c', 'd']],
    ['"a;b;c",d', ',', ['a;b;c', 'd']],
    ['a\tb', '\t', ['a', 'b']],
    ['a|b', '|', ['a', 'b']],
    ['a', ',', ['a']],
    ['"say ""a""",b\r\n', ',', ['say "a"', 'b']],
    ['"two\nlines",b\n', ',', ['two\nlines', 'b']],
    ['a,b\rc', ',', ['a', 'b']],
    ['é,b', ',', ['é', 'b']],
    ['a,', ',', ['a', '']],
  ])('%j', (text, delimiter, columns) => {
    expect(readCsvHeader('f.csv', bytes(text), true)).toEqual({ delimiter, columns });
  });

  it('has to end in what was read of the file', () => {
    expect(readCsvHeader('f.csv', bytes('"a,b\n1,2\n'), false)).toMatchObject({
      where: 'f.csv:1',
      found: 'the header line is longer than 9 bytes',
    });
  });
});

describe('the check of a CSV file', () => {
  const check = (text: string, columns = 2): string | undefined => {
    const run = new CsvCheck('f.csv', ',', columns);
    // A byte at a time: no state may hang on where the file was cut.
    for (const byte of bytes(text)) run.push(Uint8Array.of(byte));
    run.finish();
    return run.problem && `${run.problem.where}: ${run.problem.found}`;
  };

  it.each([
    ['a,b\n1,2\r\n3,4\n'],
    ['a,b\r1,2\r3,4'],
    ['a,b\n"1\n\n","x""y"\n\n\r\n3,4\n'],
    ['a,b\n1,x"y\n'],
    ['a,b\n,\n"",""\n'],
    ['a,b\r\n"1\r\n2",2\r\n'],
  ])('finds nothing wrong with %j', (text) => {
    expect(check(text)).toBeUndefined();
  });

  it.each([
    ['a,b\n1\n', 'f.csv:2: 1 value in a row, separated by a comma'],
    ['a,b\n"1\n2",2\n3,4,5\n', 'f.csv:4: 3 values in a row, separated by a comma'],
    ['a,b\r\n1,2\r\n3', 'f.csv:3: 1 value in a row, separated by a comma'],
    ['a,b\n1,"x\n2,3\n', 'f.csv:2: a quoted value never ends'],
    ['a,b\n1,2\n3,"x"y\n', 'f.csv:3: text stands behind the quote that ends a value'],
  ])('says what is wrong with %j', (text, expected) => {
    expect(check(text)).toBe(expected);
  });

  it('accepts whatever values are quoted as RFC 4180 says, with any line ends', () => {
    const value = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ') });
    const end = fc.constantFrom('\n', '\r\n');
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, end)), (rows) => {
        const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        expect(check(rows.map(([a, b, lineEnd]) => `${quoted(a)},${quoted(b)}${lineEnd}`).join(''))).toBeUndefined();
      }),
    );
  });
});
