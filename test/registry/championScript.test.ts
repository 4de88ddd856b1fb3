import { execa } from 'execa';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderStore } from '../../src/adapters/folderStore/folderStore.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { openRegistry } from '../../src/registry/layout.ts';
import { blobKey } from '../../src/registry/storeKey.ts';
import { modelBytes, RegistryWorld } from '../fakes/registryWorld.ts';

const DOCS = path.join(import.meta.dirname, '../../docs');
const SCRIPT = path.join(DOCS, 'champion.py');

describe('the script that reads the champion without Touchstone', () => {
  let folder: string;
  let world: RegistryWorld;
  const registry = (): string => path.join(folder, 'registry');
  const output = (): string => path.join(folder, 'champion.onnx');
  const run = (environment = 'production') =>
    execa('python3', ['-I', SCRIPT, registry(), environment, 'churn', output()], { reject: false });
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'touchstone-script-'));
    world = new RegistryWorld(new FolderStore(registry(), () => new Date()));
    await openRegistry(world.store, 'write');
    for (const seed of [1, 2]) await world.register(seed);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('writes the bytes of the model that serves', async () => {
    for (const [deed, seed] of [
      [() => world.promote(1), 1],
      [() => world.promote(2), 2],
      [() => world.rollback(), 1],
    ] as const) {
      await deed();
      expect(await run()).toMatchObject({ exitCode: 0, stderr: '' });
      expect(new Uint8Array(await readFile(output()))).toEqual(modelBytes(seed));
    }
  });

  it('says so where nothing serves', async () => {
    expect(await run('staging')).toMatchObject({ exitCode: 1, stderr: 'staging serves no version of churn' });
  });

  it('takes no damaged bytes', async () => {
    await world.promote(1);
    const blob = path.join(registry(), blobKey(digestOfBytes(modelBytes(1))));
    await chmod(blob, 0o644);
    await writeFile(blob, modelBytes(2));
    expect(await run()).toMatchObject({ exitCode: 1, stderr: `blob ${digestOfBytes(modelBytes(1))} is damaged` });
    await expect(readFile(output())).rejects.toThrow('ENOENT');
  });

  it('is the one that the document shows, and has 20 lines at most', async () => {
    const script = await readFile(SCRIPT, 'utf8');
    expect(await readFile(path.join(DOCS, 'registry.md'), 'utf8')).toContain(`\`\`\`python\n${script}\`\`\`\n`);
    expect(script.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
  });
});
