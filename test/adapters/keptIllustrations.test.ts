import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Workspace } from '../../src/adapters/workspace.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';

const verdict = digestOfBytes('a verdict');
const bytes = new TextEncoder().encode('{"shown":"rows"}');

describe('illustrations in the workspace', () => {
  it('are found by the verdict that they explain, and by no other', async () => {
    const workspace = new Workspace(await temporaryFolder());
    expect(await workspace.illustration(verdict)).toBeUndefined();
    await workspace.keepIllustration(verdict, bytes);
    expect(new Uint8Array((await workspace.illustration(verdict)) ?? [])).toEqual(bytes);
    expect(await workspace.illustration(digestOfBytes('another'))).toBeUndefined();
  });

  it('appear whole, and are kept out of version control', async () => {
    const root = await temporaryFolder();
    const workspace = new Workspace(root);
    await Promise.all(Array.from({ length: 8 }, () => workspace.keepIllustration(verdict, bytes)));
    expect(await readdir(path.join(root, '.touchstone', 'cache', 'illustrations'))).toEqual([verdict]);
    expect(await readFile(path.join(root, '.touchstone', '.gitignore'), 'utf8')).toBe('*\n');
  });

  it('are none where they are not what was kept', async () => {
    const root = await temporaryFolder();
    const workspace = new Workspace(root);
    await workspace.keepIllustration(verdict, bytes);
    const file = path.join(root, '.touchstone', 'cache', 'illustrations', verdict);
    const kept = await readFile(file, 'utf8');
    await writeFile(file, kept.replace('rows', 'rots'));
    expect(await workspace.illustration(verdict)).toBeUndefined();
  });
});
