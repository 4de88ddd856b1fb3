import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRowKeys, ROW_KEY_BYTES, RowKeys } from '../../src/dataset/rowKeys.ts';

const key = (text: string): Uint8Array => new TextEncoder().encode(text.padEnd(ROW_KEY_BYTES, '.'));
const keysOf = (...texts: readonly string[]): RowKeys => new RowKeys(encodeRowKeys(texts.toSorted().map(key)));
const has = (keys: RowKeys, text: string): boolean => keys.has(new DataView(key(text).buffer), 0);

describe('row keys', () => {
  it('are a header and 16 bytes each', () => {
    const blob = encodeRowKeys([key('a'), key('b')]);
    expect(new TextDecoder().decode(blob)).toBe('touchstone.keys1a...............b...............');
    expect(new RowKeys(encodeRowKeys([])).count).toBe(0);
  });

  it.each([
    ['nothing', ''],
    ['another header', 'touchstone.keys2'],
    ['half a key', 'touchstone.keys1abcdefgh'],
  ])('are not %s', (_, text) => {
    expect(() => new RowKeys(new TextEncoder().encode(text))).toThrow(RangeError);
  });

  it('are found where they stand, and only there', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'z'), maxLength: ROW_KEY_BYTES });
    fc.assert(
      fc.property(fc.uniqueArray(text, { maxLength: 30 }), text, (texts, other) => {
        const keys = keysOf(...texts);
        expect(texts.every((each) => has(keys, each))).toBe(true);
        expect(has(keys, other)).toBe(texts.includes(other));
      }),
    );
  });

  it('are compared as unsigned bytes', () => {
    const high = new RowKeys(
      encodeRowKeys([
        Uint8Array.of(...new Array<number>(16).fill(1)),
        Uint8Array.of(...new Array<number>(16).fill(255)),
      ]),
    );
    expect(high.has(new DataView(Uint8Array.of(...new Array<number>(16).fill(255)).buffer), 0)).toBe(true);
  });

  it('say how many stand in two of them', () => {
    expect(keysOf('a', 'b', 'c').shared(keysOf('b', 'c', 'd'))).toBe(2);
    expect(keysOf('a').shared(keysOf())).toBe(0);
  });

  it('are read where they lie in a larger buffer', () => {
    const blob = encodeRowKeys([key('a')]);
    const larger = new Uint8Array(blob.length + 3);
    larger.set(blob, 3);
    expect(has(new RowKeys(larger.subarray(3)), 'a')).toBe(true);
  });
});
