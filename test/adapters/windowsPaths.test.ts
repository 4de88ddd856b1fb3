import { posix, win32 } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pathInside } from '../../src/adapters/pathInside.ts';
import { environmentAt } from '../../src/adapters/training/pythonEnvironments.ts';
import { readRepositoryPath, unportableName } from '../../src/config/repositoryPath.ts';
import { isStoreKey } from '../../src/registry/storeKey.ts';
import { isPortable } from '../../src/training/outputs.ts';

// No Windows is at hand: what follows from Node's own path.win32, and from Microsoft's rules for names, is tried here.

describe('a path below a folder, on Windows', () => {
  it.each([
    ['C:\\repo', 'C:\\repo\\data\\all.csv', 'data/all.csv'],
    ['C:\\repo', 'C:\\repo', ''],
    ['C:\\repo\\', 'c:\\REPO\\Data\\all.csv', 'Data/all.csv'],
    ['C:\\repo', 'C:/repo/data/all.csv', 'data/all.csv'],
    ['C:\\repo', 'C:\\repo\\..data\\x', '..data/x'],
    ['C:\\repo', 'C:\\other\\x', undefined],
    ['C:\\repo', 'C:\\repository\\x', undefined],
    ['C:\\repo', 'C:\\', undefined],
    ['C:\\repo', 'D:\\repo\\x', undefined],
    ['C:\\repo', '\\\\server\\share\\x', undefined],
    ['\\\\server\\share\\repo', '\\\\server\\share\\repo\\x', 'x'],
    ['\\\\?\\C:\\repo', '\\\\?\\C:\\repo\\x', 'x'],
  ])('of %j, %j is %j', (folder, file, expected) => {
    expect(pathInside(folder, file, win32)).toBe(expected);
  });

  it('keeps a backslash that is part of a name elsewhere', () => {
    expect(pathInside('/repo', '/repo/a\\b', posix)).toBe('a\\b');
    expect(pathInside('/repo', '/repo/../x', posix)).toBeUndefined();
  });
});

describe('a path in touchstone.yml', () => {
  it('with backslashes is refused with its form in slashes', () => {
    expect(readRepositoryPath('data\\2024\\all.csv')).toMatchObject({
      kind: 'refused',
      remedy: 'Use forward slashes: "data/2024/all.csv"',
    });
  });

  it.each(['C:\\all.csv', 'C:all.csv', '\\\\server\\share\\all.csv', '\\\\?\\C:\\all.csv', '\\all.csv'])(
    'may not start at a drive, a share or the root: %j',
    (written) => {
      expect(readRepositoryPath(written)).toMatchObject({
        kind: 'refused',
        remedy: 'Keep the file in the repository and write its path from there',
      });
    },
  );
});

// https://learn.microsoft.com/windows/win32/fileio/naming-a-file
describe('a name that no file on Windows can have', () => {
  it.each(['CON', 'nul.txt', 'a/Aux/b', 'COM1', 'lpt9.tar.gz', 'COM¹.csv', 'a./b', 'a /b', 'x.onnx.'])(
    'is %j',
    (path) => {
      expect(unportableName(path)).toBeDefined();
      expect(isPortable(path)).toBe(false);
    },
  );

  it.each(['console.py', 'null.csv', 'com.csv', 'COM10x', 'a/aux_data/b.py', '.hidden', './a', '../b', 'com/x'])(
    'is not %j',
    (path) => {
      expect(unportableName(path)).toBeUndefined();
    },
  );

  it.each(['models/con/log/1.json', 'models/nul.json', 'models/x./y', 'models\\x', 'C:/x'])(
    'is no store key: %j',
    (key) => {
      expect(isStoreKey(key)).toBe(false);
    },
  );
});

it('finds the programs of a virtual environment by platform', () => {
  expect(environmentAt('C:\\cache\\venv', 'win32')).toEqual({
    folder: 'C:\\cache\\venv',
    bin: 'C:\\cache\\venv\\Scripts',
    python: 'C:\\cache\\venv\\Scripts\\python.exe',
  });
  expect(environmentAt('/cache/venv', 'linux').python).toBe('/cache/venv/bin/python');
});
