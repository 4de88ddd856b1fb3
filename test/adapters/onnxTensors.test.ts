import { describe, expect, test } from 'vitest';
import { decodeTensor, encodeTensor, joinRows, takeRows } from '../../src/adapters/onnx/tensors.ts';

describe('rows for a model whose file fixes the rows of a call', () => {
  const numbers = Float32Array.of(1, 2, 3, 4, 5, 6);
  const texts = ['a', 'b', 'c', 'd', 'e', 'f'];

  test('are taken from where the last call ended', () => {
    expect(takeRows(numbers, 2, 0, 3)).toBe(numbers);
    expect(takeRows(numbers, 2, 1, 2)).toEqual(Float32Array.of(3, 4, 5, 6));
    expect(takeRows(texts, 2, 1, 1)).toEqual(['c', 'd']);
  });

  test('repeat the last row where there are too few', () => {
    expect(takeRows(numbers, 2, 2, 3)).toEqual(Float32Array.of(5, 6, 5, 6, 5, 6));
    expect(takeRows(texts, 2, 1, 4)).toEqual(['c', 'd', 'e', 'f', 'e', 'f', 'e', 'f']);
    expect(takeRows(BigInt64Array.of(1n, 2n), 1, 1, 2)).toEqual(BigInt64Array.of(2n, 2n));
  });

  test('are cut to those that were asked for when they come back', () => {
    expect(joinRows([Float32Array.of(1, 2), Float32Array.of(3, 3)], 3)).toEqual(Float32Array.of(1, 2, 3));
    expect(
      joinRows(
        [
          ['a', 'b'],
          ['c', 'c'],
        ],
        3,
      ),
    ).toEqual(['a', 'b', 'c']);
  });
});

test.each([
  ['float32', Float32Array.of(1.5, NaN)],
  ['float64', Float64Array.of(1.5, -0)],
  ['int64', BigInt64Array.of(2n ** 62n, -1n)],
  ['int32', Int32Array.of(2 ** 30, -1)],
  ['bool', Uint8Array.of(1, 0)],
  ['string', ['ä', '', 'ä', '\ud800']],
] as const)('a tensor of %s travels unchanged', (type, data) => {
  const { header, bytes } = encodeTensor('x', type, [data.length], data);
  expect(header.bytes).toBe(bytes.length);
  expect(decodeTensor(JSON.parse(JSON.stringify(header)) as typeof header, bytes)).toEqual(data);
});
