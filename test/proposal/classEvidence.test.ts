import { describe, expect, it } from 'vitest';
import { classEvidence } from '../../src/proposal/classEvidence.ts';

const ROWS = 1000;
const classes = Int32Array.from({ length: ROWS }, (_, row) => row % 2);

/** The class of each row, but for the share of rows in which it is the other one, times `spread` values a class. */
function telling(wrong: number, spread = 1): Parameters<typeof classEvidence>[0] {
  const every = Math.round(1 / wrong);
  const values = Float64Array.from({ length: ROWS }, (_, row) => {
    const told = row % every === 0 ? 1 - (row % 2) : row % 2;
    return told * spread + (Math.floor(row / 2) % spread);
  });
  return { name: 'a', values, ordered: false };
}

describe('a column that tells the classes', () => {
  it('gives them away in the words of a copy where 97 of 100 rows agree', () => {
    expect(classEvidence(telling(1 / 33), classes, 2)).toMatchObject({ renames: true });
  });

  it('is an honest feature where it has values of its own and is wrong as often', () => {
    expect(classEvidence(telling(1 / 33, 3), classes, 2)).toBeUndefined();
  });

  it('is no copy where one row in ten is told wrong', () => {
    expect(classEvidence(telling(1 / 11), classes, 2)).toBeUndefined();
  });

  it('gives them away whatever its values are where hardly a row is told wrong', () => {
    expect(classEvidence(telling(1 / 201, 3), classes, 2)).toMatchObject({ renames: false });
  });
});
