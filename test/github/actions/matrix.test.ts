import { describe, expect, it } from 'vitest';

import { expandMatrix, matrixLabel } from './matrix.ts';

describe('a matrix', () => {
  it('is the product of its vectors, the last one fastest', () => {
    expect(expandMatrix({ a: [1, 2], b: ['x', 'y'] }).map(matrixLabel)).toEqual(['1, x', '1, y', '2, x', '2, y']);
  });

  // The example of docs.github.com, "Running variations of jobs in a workflow", Expanding or adding matrix configurations.
  it('takes in what include adds, and overwrites no original value', () => {
    const combinations = expandMatrix({
      fruit: ['apple', 'pear'],
      animal: ['cat', 'dog'],
      include: [
        { color: 'green' },
        { color: 'pink', animal: 'cat' },
        { fruit: 'apple', shape: 'circle' },
        { fruit: 'banana' },
        { fruit: 'banana', animal: 'cat' },
      ],
    });
    expect(combinations).toEqual([
      { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' },
      { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
      { fruit: 'pear', animal: 'cat', color: 'pink' },
      { fruit: 'pear', animal: 'dog', color: 'green' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ]);
  });

  it('leaves out what exclude matches', () => {
    expect(expandMatrix({ a: [1, 2], b: [1, 2], exclude: [{ a: 1, b: 2 }, { a: 2 }] })).toEqual([{ a: 1, b: 1 }]);
  });

  it('can be of include alone', () => {
    expect(expandMatrix({ include: [{ a: 1 }, { a: 2 }] })).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('is an error without a value, as on GitHub', () => {
    expect(() => expandMatrix({ model: [] })).toThrow("Matrix vector 'model' does not contain any values");
    expect(() => expandMatrix({ model: 'churn' })).toThrow('expected a list');
    expect(() => expandMatrix({ a: [1], exclude: [{ a: 1 }] })).toThrow('no combination');
  });

  it('has at most 256 jobs', () => {
    const many = Array.from({ length: 257 }, (_, at) => at);
    expect(() => expandMatrix({ many })).toThrow('257 combinations');
    expect(expandMatrix({ many: many.slice(1) })).toHaveLength(256);
  });
});
