import { spawnSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { localProjectFiles } from '../../src/adapters/localProjectFiles.ts';
import { ownName } from '../../src/adapters/ownedFolders.ts';
import type { FileChange } from '../../src/scaffold/projectFiles.ts';
import { mistakeIn } from '../fakes/mistakeOf.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';

const created = (name: string, text = 'new\n'): FileChange => ({ kind: 'create', path: name, text });

describe('the files of a project', () => {
  it('appear together, in folders that are made for them', async () => {
    const folder = await temporaryFolder({ 'elsewhere.csv': 'a\n1\n' });
    const copy: FileChange = { kind: 'copy', path: 'data/a.csv', from: path.join(folder, 'elsewhere.csv') };
    await localProjectFiles(folder).carryOut([copy, created('train.py')]);
    expect(await readFile(path.join(folder, 'data/a.csv'), 'utf8')).toBe('a\n1\n');
    expect((await readdir(folder)).toSorted()).toEqual(['data', 'elsewhere.csv', 'train.py']);
  });

  it('are none where one of them is there by then, which stays', async () => {
    const folder = await temporaryFolder({ 'train.py': 'mine\n' });
    const mistake = await mistakeIn(
      localProjectFiles(folder).carryOut([created('data/a.csv'), created('schema.yml'), created('train.py')]),
    );
    expect(mistake.code).toBe('file_changed');
    expect(await readFile(path.join(folder, 'train.py'), 'utf8')).toBe('mine\n');
    expect(await readdir(folder)).toEqual(['train.py']);
  });

  it('are edited only as they were read, and put back where another change fails', async () => {
    const folder = await temporaryFolder({ '.gitignore': 'a\n', 'train.py': 'mine\n' });
    const files = localProjectFiles(folder);
    const edit = (before: string): FileChange => ({ kind: 'edit', path: '.gitignore', before, text: 'a\nb\n' });
    expect((await mistakeIn(files.carryOut([edit('other\n')]))).code).toBe('file_changed');
    await mistakeIn(files.carryOut([edit('a\n'), created('train.py')]));
    expect(await readFile(path.join(folder, '.gitignore'), 'utf8')).toBe('a\n');
    await files.carryOut([edit('a\n')]);
    expect(await readFile(path.join(folder, '.gitignore'), 'utf8')).toBe('a\nb\n');
  });

  it('do not lie beside what a killed process left of them', async () => {
    const folder = await temporaryFolder();
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const [, ...rest] = ownName().split('-');
    const [left, living] = [`.touchstone-${pid}-${rest.join('-')}`, `.touchstone-${ownName()}`];
    for (const name of [left, living]) await writeFile(path.join(folder, name), '');
    await localProjectFiles(folder).carryOut([created('train.py')]);
    expect((await readdir(folder)).toSorted()).toEqual([living, 'train.py']);
  });
});
