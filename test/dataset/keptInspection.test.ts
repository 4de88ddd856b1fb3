import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOfCopy } from '../../src/dataset/copy.ts';
import type { Dataset, ModelData, ModelDatasets } from '../../src/dataset/dataset.ts';
import {
  formatInspection,
  keyOfInspection,
  parseInspection,
  type ReadFiles,
} from '../../src/dataset/keptInspection.ts';
import { encodeRowKeys } from '../../src/dataset/rowKeys.ts';
import type { DatasetSource } from '../../src/dataset/source.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { seal, unseal } from '../../src/identity/seal.ts';
import { parseModelName } from '../../src/identity/names.ts';

const MODEL: ModelData = {
  name: parseModelName('churn'),
  task: { kind: 'binary' },
  target: 'label',
  id: 'id',
  data: {
    train: ['data.csv'],
    validation: [],
    holdout: [],
    split: { by: 'id', holdout: 0.2, validation: 0, salt: 'touchstone' },
  },
};
const file = (shown: string, content: string, root = '/project'): NonNullable<ReadFiles['train']>[number] => ({
  path: `${root}/${shown}`,
  shown,
  digest: digestOfBytes(content),
});
const FILES: ReadFiles = { train: [file('data.csv', 'id,label\n1,yes\n')] };
const key = (model: ModelData = MODEL, files: ReadFiles = FILES, engine = 'duckdb v1.5.5'): string =>
  keyOfInspection(model, files, engine);

describe('the key of what was read', () => {
  it('is the same wherever the files lie, and whatever training and judging do', () => {
    expect(key(MODEL, { train: [file('data.csv', 'id,label\n1,yes\n', '/elsewhere')] })).toBe(key());
    expect(key({ ...MODEL, name: parseModelName('fraud') })).toBe(key());
    expect(key({ ...MODEL, features: ['x'], data: { ...MODEL.data, schema: 'schema.yml' } })).toBe(key());
  });

  it.each<[string, string]>([
    ['the bytes of a file', key(MODEL, { train: [file('data.csv', 'id,label\n1,no\n')] })],
    ['the name of a file', key(MODEL, { train: [file('other.csv', 'id,label\n1,yes\n')] })],
    ['the role of a file', key(MODEL, { holdout: FILES.train ?? [] })],
    ['another file', key(MODEL, { train: [...(FILES.train ?? []), file('more.csv', '')] })],
    ['the target', key({ ...MODEL, target: 'x' })],
    ['the task', key({ ...MODEL, task: { kind: 'regression' } })],
    ['the id', key({ ...MODEL, id: 'x' })],
    ['the time', key({ ...MODEL, time: 'x' })],
    ['the group', key({ ...MODEL, group: 'x' })],
    [
      'the salt of the split',
      key({ ...MODEL, data: { ...MODEL.data, split: { by: 'id', holdout: 0.2, validation: 0, salt: 'x' } } }),
    ],
    ['the split', key({ ...MODEL, data: { train: ['data.csv'], validation: [], holdout: [] } })],
    ['the engine', key(MODEL, FILES, 'duckdb v1.6.0')],
  ])('is another with %s', (_, other) => {
    expect(other).not.toBe(key());
  });
});

const SOURCE: DatasetSource = {
  format: 'csv',
  files: [{ path: '/project/data.csv', shown: 'data.csv', gzip: false, columns: ['id', 'label'], delimiter: ',' }],
  columns: [
    { name: 'id', type: 'integer', physical: { kind: 'text' } },
    { name: 'label', type: 'string', physical: { kind: 'text' } },
  ],
};
const dataset = (role: Dataset['role']): Dataset => ({
  role,
  files: ['data.csv'],
  rows: 3,
  columns: [{ name: 'id', type: 'integer', missing: 0, text: true, whole: true }],
  digest: digestOfBytes(role),
  rowKeys: encodeRowKeys([new Uint8Array(16).fill(role.length)]),
  target: { kind: 'labels', counts: [{ label: 'yes', rows: 3 }] },
  duplicateIds: 0,
  source: SOURCE,
  key: { id: 'id', others: ['id'] },
});
const DATASETS: ModelDatasets = { train: dataset('train'), holdout: dataset('holdout') };
const KEYS = new Map(
  [DATASETS.train, DATASETS.holdout].flatMap((of) => (of ? [[digestOfBytes(of.rowKeys), of.rowKeys] as const] : [])),
);
const KEY = keyOfInspection(MODEL, FILES, 'duckdb');
const TEXT = formatInspection(KEY, DATASETS, '2026-05-03T10:00:00.000Z');
const parsed = (
  text = TEXT,
  keys: ReadonlyMap<string, Uint8Array> = KEYS,
  files = FILES,
): ReturnType<typeof parseInspection> =>
  parseInspection(text, KEY, files, (digest) => Promise.resolve(keys.get(digest)));

describe('what was read, kept as a text', () => {
  it('comes back as it was', async () => {
    expect(await parsed()).toEqual({ datasets: DATASETS, madeAt: '2026-05-03T10:00:00.000Z' });
  });

  it('reads its files where they lie now', async () => {
    const moved = await parsed(TEXT, KEYS, { train: [file('data.csv', '', '/elsewhere')] });
    expect(moved?.datasets.holdout.source.files[0]?.path).toBe('/elsewhere/data.csv');
  });

  it('is nothing with any byte of it changed, cut off or under another key', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(TEXT.length - 1), fc.constantFrom('x', '0', '\n', ''), async (at, other) => {
        fc.pre(TEXT[at] !== other);
        expect(await parsed(TEXT.slice(0, at) + other + TEXT.slice(at + 1))).toBeUndefined();
        expect(await parsed(TEXT.slice(0, at))).toBeUndefined();
      }),
      { numRuns: 200 },
    );
    const other = keyOfInspection({ ...MODEL, target: 'x' }, FILES, 'duckdb');
    expect(await parseInspection(TEXT, other, FILES, (digest) => Promise.resolve(KEYS.get(digest)))).toBeUndefined();
  });

  it('is nothing without its row keys', async () => {
    expect(await parsed(TEXT, new Map())).toBeUndefined();
    for (const of of [DATASETS.train, DATASETS.holdout]) {
      const others = [...KEYS].filter(([digest]) => digest !== (of && digestOfBytes(of.rowKeys)));
      expect(others).toHaveLength(1);
      expect(await parsed(TEXT, new Map(others))).toBeUndefined();
    }
  });
});

describe('a sealed text', () => {
  it('comes back as it was, and not at all where it is another', () => {
    fc.assert(fc.property(fc.string(), (text) => unseal(seal(text)) === text));
    expect(unseal('')).toBeUndefined();
    expect(unseal(`${seal('a')}b`)).toBeUndefined();
  });
});

describe('the digest of a file that is to be written', () => {
  const digests = new Map([['data.csv', digestOfBytes('bytes')]]);
  const part = {
    ...SOURCE,
    part: { side: 'train', split: { config: MODEL.data.split, key: { id: 'id', others: ['id'] } } },
  } as DatasetSource;
  const of = (source: DatasetSource, columns = ['id', 'label'], known = digests): string | undefined =>
    digestOfCopy(source, columns, known);

  it('is that of the file itself where it is whole', () => {
    expect(of(SOURCE)).toBe(digestOfBytes('bytes'));
  });

  it('is not known where that of a file is not', () => {
    expect(of(SOURCE, ['id', 'label'], new Map())).toBeUndefined();
  });

  it('is the same wherever the file lies, and another for other rows, columns or bytes', () => {
    const elsewhere = { ...part, files: part.files.map((each) => ({ ...each, path: '/elsewhere/data.csv' })) };
    expect(of(elsewhere)).toBe(of(part));
    const holdout = { ...part, part: { ...part.part, side: 'holdout' } } as DatasetSource;
    const others = [
      of(SOURCE),
      of(holdout),
      of(part, ['id']),
      of(part, ['id', 'label'], new Map([['data.csv', digestOfBytes('b')]])),
    ];
    expect(new Set([of(part), ...others]).size).toBe(5);
  });
});
