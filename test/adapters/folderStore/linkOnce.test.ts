import { link, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { linkOnce } from '../../../src/adapters/folderStore/linkOnce.ts';

it('takes a name for one file alone, and knows its own link where the answer to it was lost', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'touchstone-link-'));
  const [first = '', second = '', name = ''] = ['first', 'second', 'name'].map((file) => path.join(folder, file));
  await writeFile(first, '1');
  await writeFile(second, '2');
  expect(await linkOnce(first, name)).toBe('created');
  expect(await linkOnce(second, name)).toBe('exists');

  const lost = path.join(folder, 'lost');
  await link(second, lost);
  expect(await linkOnce(second, lost)).toBe('created');
  await rm(folder, { recursive: true });
});
