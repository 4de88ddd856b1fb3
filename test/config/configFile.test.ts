import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/adapters/configFile.ts';
import { UserMistake } from '../../src/failure.ts';
import { textOf } from './written.ts';

let root = '';

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'config-'));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

const write = async (name: string, content: string | Uint8Array): Promise<void> => {
  await mkdir(path.dirname(path.join(root, name)), { recursive: true });
  await writeFile(path.join(root, name), content);
};

async function mistakeOf(reading: Promise<unknown>): Promise<UserMistake> {
  const error: unknown = await reading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof UserMistake) return error;
  throw new Error('expected a mistake', { cause: error });
}

describe('the configuration', () => {
  it('is found in the current folder', async () => {
    await write('touchstone.yml', textOf({}));
    const config = await readConfig({ cwd: root });
    expect(config.file).toBe(path.join(root, 'touchstone.yml'));
    expect(config.root).toBe(root);
  });

  it('is found above, up to the root of the repository', async () => {
    await mkdir(path.join(root, 'repo/.git'), { recursive: true });
    await write('repo/touchstone.yml', textOf({}));
    await write('repo/a/b/x.txt', '');
    const config = await readConfig({ cwd: path.join(root, 'repo/a/b') });
    expect(config.root).toBe(path.join(root, 'repo'));
  });

  it('is not taken from outside of the repository', async () => {
    await mkdir(path.join(root, 'repo/.git'), { recursive: true });
    await write('touchstone.yml', textOf({}));
    const mistake = await mistakeOf(readConfig({ cwd: path.join(root, 'repo') }));
    expect(mistake.code).toBe('config-missing');
  });

  it('is looked for in the folder alone where there is no repository', async () => {
    await write('touchstone.yml', textOf({}));
    await write('below/x.txt', '');
    expect((await mistakeOf(readConfig({ cwd: path.join(root, 'below') }))).code).toBe('config-missing');
  });

  it('may be named', async () => {
    await write('config/mine.yml', textOf({}));
    const config = await readConfig({ cwd: root, path: 'config/mine.yml' });
    expect(config.root).toBe(path.join(root, 'config'));
  });

  it('may begin with a byte order mark, and end its lines as Windows does', async () => {
    await write('touchstone.yml', `\ufeff${textOf({})}`.replaceAll('\n', '\r\n'));
    expect((await readConfig({ cwd: root })).models.size).toBe(1);
  });
});

describe('a configuration that is not there', () => {
  it('says where it was looked for and what to do', async () => {
    const mistake = await mistakeOf(readConfig({ cwd: root }));
    expect(mistake.message).toBe(
      `${root}: no touchstone.yml here. Change to a folder that has one, name it with --config, or make one out of a data file: touchstone init.`,
    );
  });

  it('under the other ending is pointed out', async () => {
    await write('touchstone.yaml', textOf({}));
    expect((await mistakeOf(readConfig({ cwd: root }))).message).toMatch(
      /touchstone\.yaml\. Rename it to touchstone\.yml\.$/,
    );
  });

  it('but named, says that there is no such file', async () => {
    const mistake = await mistakeOf(readConfig({ cwd: root, path: 'none.yml' }));
    expect([mistake.code, mistake.message]).toEqual([
      'config-missing',
      expect.stringContaining('none.yml: no such file.'),
    ]);
  });
});

describe('a file that is no configuration', () => {
  it.each([
    ['a binary file', new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]), /a binary file/],
    ['another encoding', new Uint8Array([0x76, 0xe9, 0x72]), /not UTF-8/],
    ['UTF-16', Buffer.from('\ufeffversion: 1', 'utf16le'), /a binary file/],
    ['a huge file', 'a: 1\n'.repeat(300_000), /a file of 1500000 bytes\. Expected at most 1048576 bytes/],
  ])('%s is refused', async (_, content, message) => {
    await write('touchstone.yml', content);
    const mistake = await mistakeOf(readConfig({ cwd: root }));
    expect(mistake.code).toBe('config-unreadable');
    expect(mistake.message).toMatch(message);
  });

  it('a folder is refused', async () => {
    expect((await mistakeOf(readConfig({ cwd: root, path: '.' }))).message).toMatch(/a folder/);
  });

  it.skipIf(process.platform === 'win32')('a device is refused, not read to its end', async () => {
    expect((await mistakeOf(readConfig({ cwd: root, path: '/dev/zero' }))).message).toMatch(/not a regular file/);
  });
});

describe.skipIf(process.platform === 'win32')('a path that leads out of the repository by a link', () => {
  it.each([
    ['a file', 'link.csv', 'link.csv'],
    ['a folder', 'data', 'data/train.csv'],
    ['a folder of a glob', 'data', 'data/*.csv'],
  ])('is refused: %s', async (_, link, holdout) => {
    const outside = await mkdtemp(path.join(tmpdir(), 'outside-'));
    try {
      await writeFile(path.join(outside, 'train.csv'), 'a\n1\n');
      await symlink(link === 'data' ? outside : path.join(outside, 'train.csv'), path.join(root, link));
      await write('touchstone.yml', textOf({ data: { holdout } }));
      const mistake = await mistakeOf(readConfig({ cwd: root }));
      expect(mistake.code).toBe('config-invalid');
      expect(mistake.message).toMatch(/^touchstone\.yml:7:\d+ models\.churn\.data\.holdout: ".*" leads to .*outside-/);
    } finally {
      await rm(outside, { recursive: true });
    }
  });

  it('may be a link within it', async () => {
    await write('real/train.csv', 'a\n1\n');
    await symlink(path.join(root, 'real'), path.join(root, 'data'));
    await write('touchstone.yml', textOf({ data: { holdout: 'data/train.csv' } }));
    expect((await readConfig({ cwd: root })).models.size).toBe(1);
  });
});
