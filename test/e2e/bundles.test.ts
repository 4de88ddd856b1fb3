import { execFile } from 'node:child_process';
import { cp, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bundle } from '../../bundle.mjs';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/** Everything that an entry imports, at once or when it is asked to, and what these import. */
function reached(entry: string, imports: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set<string>();
  const left = [entry];
  for (let each = left.pop(); each !== undefined; each = left.pop()) {
    if (found.has(each)) continue;
    found.add(each);
    left.push(...(imports.get(each) ?? []));
  }
  return found;
}

/** The sources in another folder, with the packages of this one. */
async function otherCheckout(): Promise<string> {
  const folder = path.join(await temporaryFolder(), 'elsewhere', 'a folder');
  for (const name of ['src', 'actions', 'bundle.mjs', 'build.mjs', 'package.json', 'tsconfig.json']) {
    await cp(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  }
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  await run('git', ['init', '-q'], { cwd: folder });
  return folder;
}

describe('the bundles', () => {
  it('hold every entry that an action.yml names', async () => {
    const { files } = await bundle();
    const names = (await readdir(path.join(ROOT, 'actions'), { withFileTypes: true }))
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `action-${name}.js`);
    expect([...files.keys()]).toEqual(expect.arrayContaining(names));
  });

  it('reach no native part from the actions that only talk to GitHub', async () => {
    const { imports } = await bundle();
    const native = (entry: string): readonly string[] =>
      [...reached(entry, imports)].filter((name) => /duckdb|onnxruntime-/.test(name));
    for (const action of ['publish', 'override']) expect(native(`action-${action}.js`)).toEqual([]);
    expect(native('action-validate.js')).not.toEqual([]);
  });

  it('name no folder of the machine that made them, nor what only development needs', async () => {
    const { files } = await bundle();
    for (const [name, bytes] of files) {
      const text = Buffer.from(bytes).toString('utf8');
      expect(text.includes(ROOT), name).toBe(false);
      expect(text.includes('devDependencies'), name).toBe(false);
    }
  });

  it('are the same bytes from another folder', async () => {
    const folder = await otherCheckout();
    await run(process.execPath, ['build.mjs'], { cwd: folder });
    const { files } = await bundle();
    expect((await readdir(path.join(folder, 'dist'))).toSorted()).toEqual([...files.keys()].toSorted());
    for (const [name, bytes] of files) {
      expect(Buffer.from(bytes).equals(await readFile(path.join(folder, 'dist', name))), name).toBe(true);
    }
  });
});

describe('the check of what is committed', () => {
  const check = (cwd: string): Promise<{ readonly stderr: string }> =>
    run(process.execPath, ['build.mjs', '--check'], { cwd });

  it('passes on what the sources make, and names what is not, is missing or is left over', async () => {
    const folder = await otherCheckout();
    await run(process.execPath, ['build.mjs'], { cwd: folder });
    await run('git', ['add', 'dist'], { cwd: folder });
    await expect(check(folder)).resolves.toBeDefined();

    const entry = path.join(folder, 'dist/touchstone.js');
    await writeFile(entry, `${await readFile(entry, 'utf8')}\n`);
    await rename(path.join(folder, 'dist/model-child.js'), path.join(folder, 'dist/left-over.js'));
    // What lies there and is not to be committed says nothing.
    await expect(check(folder)).resolves.toBeDefined();
    await run('git', ['add', '-A', 'dist'], { cwd: folder });
    const failed = check(folder);
    await expect(failed).rejects.toThrow(/dist\/touchstone\.js[^]*/);
    await expect(failed).rejects.toThrow(/dist\/model-child\.js/);
    await expect(failed).rejects.toThrow(/dist\/left-over\.js/);
    await expect(failed).rejects.toThrow(/npm run build/);
  });
});
