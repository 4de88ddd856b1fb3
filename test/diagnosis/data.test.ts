import { describe, expect, it } from 'vitest';
import { checkDataFiles, checkHoldout, holdoutRows, isLfsPointer, type DataFile } from '../../src/diagnosis/data.ts';
import { modelOf } from './model.ts';

// https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md, its example.
const POINTER = `version https://git-lfs.github.com/spec/v1
oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
size 12345
`;
const file = (text: string, more: Partial<DataFile> = {}): DataFile => ({
  path: 'data/all.csv',
  role: 'train',
  bytes: text.length,
  head: Buffer.from(text),
  ...more,
});

describe('data files by their heads', () => {
  it('are told from a Git LFS pointer, with the command that fetches them', () => {
    expect(isLfsPointer(Buffer.from('version,https\n1,2\n'))).toBe(false);
    expect(checkDataFiles(modelOf(), [file(POINTER)])).toMatchObject([
      {
        id: 'churn.data',
        status: 'problem',
        remedy: expect.stringContaining('git lfs pull --include "data/all.csv"') as string,
      },
    ]);
  });

  it('are empty, or may not be read', () => {
    const unread: DataFile = { path: 'data/all.csv', role: 'train', bytes: 1 };
    expect(checkDataFiles(modelOf(), [file(''), unread]).map(({ found }) => found)).toEqual([
      'data/all.csv is empty',
      'data/all.csv cannot be read',
    ]);
  });

  it('are there', () => {
    expect(checkDataFiles(modelOf(), [file('a,b\n1,2\n')])).toMatchObject([
      { status: 'ok', found: 'found 1 data file' },
    ]);
  });

  it('tell about how many rows judge the model', () => {
    const counted = file('', { lines: 1000 });
    expect(holdoutRows(modelOf('split: { holdout: 20% }'), [counted])).toBe(200);
    expect(holdoutRows(modelOf('holdout: h.csv'), [counted, file('', { role: 'holdout', lines: 70 })])).toBe(70);
    expect(holdoutRows(modelOf('split: { holdout: 20% }'), [counted, file('')])).toBeUndefined();
  });
});

describe('the holdout', () => {
  it('is warned of where rows that depend on each other may stand on both sides', () => {
    expect(checkHoldout(modelOf('split: { holdout: 20% }'))).toMatchObject({
      status: 'warning',
      remedy: expect.stringContaining('group: COLUMN') as string,
    });
    expect(checkHoldout(modelOf('split: { holdout: 20% }', 'id: id')).status).toBe('ok');
    expect(checkHoldout(modelOf('holdout: h.csv')).status).toBe('ok');
  });
});
