import { rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { refuseChangedData } from '../../src/adapters/unchangedData.ts';
import type { Dataset, ModelDatasets } from '../../src/dataset/dataset.ts';
import { digestOfBytes, type Digest } from '../../src/identity/digest.ts';
import { mistakeIn } from '../fakes/mistakeOf.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';

async function world(): Promise<{
  readonly root: string;
  readonly datasets: ModelDatasets;
  readonly digests: ReadonlyMap<string, Digest>;
}> {
  const files = { 'train.csv': 'id\n1\n', 'holdout.csv': 'id\n2\n' };
  const root = await temporaryFolder(files);
  const dataset = (role: Dataset['role']): Dataset => ({
    role,
    files: [`${role}.csv`],
    rows: 1,
    columns: [],
    digest: digestOfBytes(role),
    rowKeys: new Uint8Array(),
    target: { kind: 'absent' },
    duplicateIds: 0,
    source: {
      format: 'csv',
      columns: [],
      files: [{ path: path.join(root, `${role}.csv`), shown: `${role}.csv`, gzip: false, columns: [] }],
    },
    key: { others: [] },
  });
  const digests = new Map(Object.entries(files).map(([name, text]) => [name, digestOfBytes(text)]));
  return { root, datasets: { train: dataset('train'), holdout: dataset('holdout') }, digests };
}

describe('data that are used after they were read', () => {
  it('are taken where they are the same, whatever their times', async () => {
    const { root, datasets, digests } = await world();
    await utimes(path.join(root, 'train.csv'), 1, 1);
    await expect(refuseChangedData(datasets, digests)).resolves.toBeUndefined();
  });

  it.each(['train.csv', 'holdout.csv'])('are refused where %s is as long and as old, and another', async (name) => {
    const { root, datasets, digests } = await world();
    const file = path.join(root, name);
    const { atime, mtime } = await stat(file);
    await writeFile(file, 'id\n9\n');
    await utimes(file, atime, mtime);
    const { code, problems } = await mistakeIn(refuseChangedData(datasets, digests));
    expect(code).toBe('data-changed');
    expect(problems).toMatchObject([{ where: name, found: 'the file changed while it was being used' }]);
  });

  it('are refused where a file is gone', async () => {
    const { root, datasets, digests } = await world();
    await rm(path.join(root, 'train.csv'));
    const { problems } = await mistakeIn(refuseChangedData(datasets, digests));
    expect(problems).toMatchObject([{ where: 'train.csv', found: 'the file is gone' }]);
  });

  it('are refused where they changed even while they were read', async () => {
    const { datasets } = await world();
    const { problems } = await mistakeIn(refuseChangedData(datasets, undefined));
    expect(problems).toMatchObject([{ where: 'train.csv, holdout.csv' }]);
  });

  it('are not looked at once the person ended it', async () => {
    const { datasets, digests } = await world();
    const ended = refuseChangedData(datasets, digests, AbortSignal.abort());
    await expect(ended).rejects.toMatchObject({ name: 'AbortError' });
  });
});
