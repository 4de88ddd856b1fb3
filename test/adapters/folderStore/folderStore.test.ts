import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FolderStore } from '../../../src/adapters/folderStore/folderStore.ts';
import { describeStore } from '../../registry/describeStore.ts';

describeStore('a folder', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'touchstone-store-'));
  const now = (): Date => new Date('2026-05-03T09:30:00.000Z');
  const root = path.join(folder, 'new', 'registry');
  return {
    store: new FolderStore(root, now),
    again: new FolderStore(root, now),
    close: () => rm(folder, { recursive: true }),
  };
});
