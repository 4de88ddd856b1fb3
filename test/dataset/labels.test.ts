import { describe, expect, it } from 'vitest';
import { canonicalLabel } from '../../src/dataset/labelSql.ts';
import { byBytes, exactly, identifier, literal } from '../../src/dataset/sqlText.ts';

describe('the canonical text of a label', () => {
  it.each([
    ['1', '1'],
    ['1.0', '1'],
    [' 1', '1'],
    ['+1', '1'],
    ['-0', '0'],
    ['1e3', '1000'],
    ['0.50', '0.5'],
    ['1e-7', '1e-07'],
    ['True', 'true'],
    ['FALSE', 'false'],
    ['007', '007'],
    ['12345678901234567890', '12345678901234567890'],
    ['1e19', '10000000000000000000'],
    ['yes', 'yes'],
    ['NaN', 'NaN'],
    ['Infinity', 'Infinity'],
    ['0x10', '0x10'],
    ['', ''],
  ])('of %j is %j', (label, canonical) => {
    expect(canonicalLabel(label)).toBe(canonical);
  });
});

describe('SQL text', () => {
  it('keeps what it is given one name, one value, one path', () => {
    expect(identifier('say "hi"')).toBe('"say ""hi"""');
    expect(literal("it's")).toBe("'it''s'");
    expect(literal('a\0b')).toBe("('a' || chr(0) || 'b')");
    expect(exactly('/data/a[1]*?.csv')).toBe('/data/a[[]1][*][?].csv');
  });

  it('is ordered by its UTF-8 bytes', () => {
    const words = ['b', 'a', '\u{10000}', '\uffff', 'é', 'ab', ''];
    const bytes = (text: string): Buffer => Buffer.from(text);
    expect(words.toSorted(byBytes)).toEqual(words.toSorted((a, b) => Buffer.compare(bytes(a), bytes(b))));
  });
});
