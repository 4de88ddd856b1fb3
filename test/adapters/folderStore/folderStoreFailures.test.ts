import { execa } from 'execa';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderStore } from '../../../src/adapters/folderStore/folderStore.ts';
import { folderStoreFailure } from '../../../src/adapters/folderStore/folderStoreFailure.ts';
import { digestOfBytes } from '../../../src/identity/digest.ts';
import { putBlob } from '../../../src/registry/blobs.ts';
import { openRegistry } from '../../../src/registry/layout.ts';
import { blobKey, parseStoreKey } from '../../../src/registry/storeKey.ts';
import { verifyRegistry } from '../../../src/registry/verify.ts';
import { RegistryWorld } from '../../fakes/registryWorld.ts';
import { bytes, sourceOf } from '../../registry/describeStore.ts';

const PROCESS = fileURLToPath(new URL('./folderStoreProcess.ts', import.meta.url));
const NOW = new Date('2026-05-03T09:30:00.000Z');

describe('a registry in a folder', () => {
  let root: string;
  let store: FolderStore;
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'touchstone-folder-'));
    store = new FolderStore(root, () => NOW);
  });
  afterEach(async () => {
    await chmod(root, 0o755);
    await rm(root, { recursive: true });
  });

  it('is made in an empty folder, and known again', async () => {
    await openRegistry(store, 'read');
    expect(await readdir(root)).toEqual([]);
    await openRegistry(store, 'write');
    expect(new TextDecoder().decode(await store.get(parseStoreKey('registry.json')))).toBe(
      '{"layout":1,"schema":"touchstone/registry/v1"}',
    );
    await openRegistry(store, 'write');
    await openRegistry(new FolderStore(path.join(root, 'not', 'there'), () => NOW), 'read');
  });

  it.each(['read', 'write'] as const)('is not made of a folder that holds something else (%s)', async (purpose) => {
    await writeFile(path.join(root, 'Thesis final.docx'), '');
    await expect(openRegistry(store, purpose)).rejects.toMatchObject({ name: 'UserMistake', code: 'not_a_registry' });
    await expect(openRegistry(store, purpose)).rejects.toThrow('it holds "Thesis final.docx" and no registry.json');
    expect(await readdir(root)).toEqual(['Thesis final.docx']);
  });

  it('is not made of a file', async () => {
    await writeFile(path.join(root, 'file'), '');
    const file = new FolderStore(path.join(root, 'file'), () => NOW);
    await expect(openRegistry(file, 'write')).rejects.toThrow('a file lies where a folder is needed');
  });

  it('of a layout that we do not know is left alone', async () => {
    await writeFile(path.join(root, 'registry.json'), '{"layout":2,"schema":"touchstone/registry/v1"}');
    await expect(openRegistry(store, 'write')).rejects.toMatchObject({
      name: 'ServiceFailure',
      code: 'unknown_layout',
    });
    await expect(openRegistry(store, 'write')).rejects.toThrow('the registry has layout 2. Expected layout 1');
    await writeFile(path.join(root, 'registry.json'), '{"layout":1}');
    await expect(openRegistry(store, 'write')).rejects.toMatchObject({ code: 'registry_damaged' });
  });

  it('is read without the right to write, and says what to do where writing is asked', async () => {
    const world = new RegistryWorld(store);
    await openRegistry(store, 'write');
    await world.register(1);
    await world.promote(1);
    await execa('chmod', ['-R', 'a-w,a+rX', root]);
    // The superuser may write anywhere.
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    expect((await execa(process.execPath, [PROCESS, root, 'champion'], user)).stdout).toBe('1');
    const { stdout } = await execa(process.execPath, [PROCESS, root, 'register', '2'], user);
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'store_denied',
      message: expect.stringMatching(/permission denied \(EACCES\)\. Give the user/) as unknown,
    });
    await execa('chmod', ['-R', 'u+w', root]);
    expect((await verifyRegistry(store)).problems).toEqual([]);
  });

  it('has nothing half-written after the disk would take no more', async () => {
    const world = new RegistryWorld(store);
    await openRegistry(store, 'write');
    await world.register(1);
    const before = (await verifyRegistry(store)).checked;
    // Blocks of 512 or 1,024 bytes: no file may be larger than the smallest there is.
    const script = `ulimit -f 0; exec "$0" "$@"`;
    const { stdout } = await execa('sh', ['-c', script, process.execPath, PROCESS, root, 'register', '2'], {
      env: { NODE_COMPILE_CACHE: '' },
    });
    expect(JSON.parse(stdout)).toMatchObject({ code: 'store_full' });
    expect(await readdir(path.join(root, '.tmp'))).toEqual([]);
    expect(await verifyRegistry(store)).toMatchObject({ problems: [], checked: before });
    expect(await world.register(2)).toMatchObject({ kind: 'registered', version: { number: 2 } });
  });

  it('ignores what killed writers left, and removes it when it is old', async () => {
    const leftovers = path.join(root, '.tmp');
    await mkdir(leftovers);
    for (const [name, hours] of Object.entries({ old: 25, young: 23 })) {
      await writeFile(path.join(leftovers, name), 'half');
      const time = new Date(NOW.getTime() - hours * 3_600_000);
      await utimes(path.join(leftovers, name), time, time);
    }
    await openRegistry(store, 'write');
    expect(await readdir(leftovers)).toEqual(['young']);
    expect(await verifyRegistry(store)).toMatchObject({ problems: [], unused: { foreign: 0 } });
  });

  it('may be reached through a link', async () => {
    await mkdir(path.join(root, 'elsewhere'));
    const linked = path.join(root, 'linked');
    await symlink(path.join(root, 'elsewhere'), linked, 'dir');
    const behind = new FolderStore(linked, () => NOW);
    await openRegistry(behind, 'write');
    await new RegistryWorld(behind).register(1);
    expect((await verifyRegistry(behind)).checked.versions).toBe(1);
  });

  it('tells of a blob that is cut short instead of taking it for the whole', async () => {
    const source = sourceOf(bytes('the whole model'));
    await openRegistry(store, 'write');
    await mkdir(path.join(root, 'blobs', 'sha256'), { recursive: true });
    await writeFile(path.join(root, blobKey(source.digest)), 'the wh');
    await expect(putBlob(store, source)).rejects.toMatchObject({ name: 'ServiceFailure', code: 'registry_damaged' });
  });

  it('makes files that are not edited by a slip', async () => {
    await openRegistry(store, 'write');
    const key = blobKey(digestOfBytes('model'));
    await store.create(key, bytes('model'));
    const { mode } = await import('node:fs').then(({ statSync }) => statSync(path.join(root, key)));
    expect(mode & 0o222).toBe(0);
  });
});

describe('what a person is told when a folder fails', () => {
  it.each([
    ['ENOSPC', 'write', 'store_full'],
    ['EDQUOT', 'write', 'store_full'],
    ['EROFS', 'open', 'store_denied'],
    ['EACCES', 'open', 'store_denied'],
    ['EPERM', 'open', 'store_denied'],
    ['EPERM', 'link', 'no_hard_links'],
    ['ENOTSUP', 'link', 'no_hard_links'],
    ['EXDEV', 'link', 'no_hard_links'],
    ['EIO', 'read', 'store_failed'],
  ])('%s of %s is %s, with a remedy', (code, syscall, expected) => {
    const error = Object.assign(new Error(`${code}: something, ${syscall}`), { code, syscall });
    const failure = folderStoreFailure({ location: 'file:/srv/registry' }, 'create', 'models/churn/state.json', error);
    expect(failure).toMatchObject({ name: 'ServiceFailure', code: expected, cause: error });
    expect((failure as Error).message).toMatch(
      /^file:\/srv\/registry: models\/churn\/state\.json: cannot create it: .+\. .+\.$/,
    );
  });

  it('is our own mistake where it is one', () => {
    const error = new TypeError('undefined is not a function');
    expect(folderStoreFailure({ location: 'file:/srv' }, 'create', 'x', error)).toBe(error);
  });
});
