import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDataEngine } from '../../src/adapters/duckdb/openDataEngine.ts';
import type { ModelData } from '../../src/dataset/dataset.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { parseModelName } from '../../src/identity/names.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';

const MODEL: ModelData = {
  name: parseModelName('churn'),
  task: { kind: 'binary' },
  target: 'y',
  id: 'id',
  data: {
    train: ['data.csv'],
    validation: [],
    holdout: [],
    split: { by: 'id', holdout: 0.5, validation: 0, salt: 'touchstone' },
  },
};
const rowsOf = (answer: string): string =>
  `id,y\n${Array.from({ length: 40 }, (_, at) => `${at},${answer}`).join('\n')}\n`;

describe('files written for training', () => {
  it('are not taken for those of rows that changed while they were written, once these come back', async () => {
    const root = await temporaryFolder({ 'data.csv': rowsOf('yes') });
    const engine = openDataEngine();
    const datasets = await engine.inspect(root, MODEL);
    const fileDigests = new Map([['data.csv', digestOfBytes(rowsOf('yes'))]]);
    const write = async (): Promise<string> => {
      const { train } = await engine.materialise(datasets, MODEL, path.join(root, 'out'), { fileDigests });
      return readFile(train?.file ?? '', 'utf8');
    };
    await writeFile(path.join(root, 'data.csv'), rowsOf('no'));
    expect(await write()).not.toContain('yes');
    await writeFile(path.join(root, 'data.csv'), rowsOf('yes'));
    expect(await write()).not.toContain('no');
  });

  it('are left as they are, but for those that somebody changed', async () => {
    const root = await temporaryFolder({ 'data.csv': rowsOf('yes') });
    const engine = openDataEngine();
    const datasets = await engine.inspect(root, MODEL);
    const fileDigests = new Map([['data.csv', digestOfBytes(rowsOf('yes'))]]);
    const write = async (): Promise<string> => {
      const { train } = await engine.materialise(datasets, MODEL, path.join(root, 'out'), { fileDigests });
      return train?.file ?? '';
    };
    const file = await write();
    const [text, { ino }] = [await readFile(file, 'utf8'), await stat(file)];
    expect((await stat(await write())).ino).toBe(ino);
    await writeFile(file, text.replace('yes', 'no'));
    expect(await readFile(await write(), 'utf8')).toBe(text);
  });
});
