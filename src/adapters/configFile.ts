import { open, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../config/config.ts';
import { parseConfig, type ParsedConfig } from '../config/parseConfig.ts';
import { pathsRead } from '../config/repositoryPath.ts';
import { UserMistake, type Problem } from '../failure.ts';
import { pathInside } from './pathInside.ts';

const CONFIG_NAME = 'touchstone.yml';

/** Which configuration is asked for. */
export interface ConfigRequest {
  /** Where the person stands. */
  readonly cwd: string;
  /** The file that they named; without it, the one of the nearest folder up to the root of the repository. */
  readonly path?: string;
}

/**
 * Finds and reads the configuration.
 *
 * @throws UserMistake `config-missing`, `config-unreadable`, or `config-invalid` with every problem there is.
 */
export async function readConfig(request: ConfigRequest): Promise<Config> {
  const file = request.path === undefined ? await findConfig(request.cwd) : path.resolve(request.cwd, request.path);
  const shown = path.relative(request.cwd, file) || file;
  const text = await readText(file, shown);
  const parsed = parseConfig(text, { file, root: path.dirname(file), shown });
  await checkLinks(parsed);
  return parsed.config;
}

/** The configuration of the nearest folder up to the root of the repository; `undefined` where there is none. */
export async function findConfigFile(cwd: string): Promise<string | undefined> {
  const folders = await foldersUpToTheRoot(path.resolve(cwd));
  return firstExisting(folders.map((folder) => path.join(folder, CONFIG_NAME)));
}

async function findConfig(cwd: string): Promise<string> {
  const file = await findConfigFile(cwd);
  if (file !== undefined) return file;
  const folders = await foldersUpToTheRoot(path.resolve(cwd));
  const other = await firstExisting(folders.map((folder) => path.join(folder, 'touchstone.yaml')));
  throw new UserMistake('config-missing', {
    where: cwd,
    found:
      other === undefined
        ? `no ${CONFIG_NAME} here${folders.length > 1 ? ` or above, up to ${folders.at(-1) ?? ''}` : ''}`
        : `no ${CONFIG_NAME}, but ${path.relative(cwd, other)}`,
    remedy:
      other === undefined
        ? 'Change to a folder that has one, name it with --config, or make one out of a data file: touchstone init'
        : `Rename it to ${CONFIG_NAME}`,
  });
}

/** A folder and those above it up to the root of its repository; outside of one, the folder alone. */
async function foldersUpToTheRoot(start: string): Promise<readonly string[]> {
  const folders: string[] = [];
  for (let folder = start; ; folder = path.dirname(folder)) {
    folders.push(folder);
    if (await exists(path.join(folder, '.git'))) return folders;
    if (folder === path.dirname(folder)) return [start];
  }
}

// Far above any real configuration: a larger file was named by mistake.
const MOST_BYTES = 1024 * 1024;

async function readText(file: string, shown: string): Promise<string> {
  try {
    // Asked before opening: a pipe would wait for a writer.
    const status = await stat(file);
    if (!status.isFile()) throw unreadable(shown, status.isDirectory() ? 'a folder' : 'not a regular file');
    if (status.size > MOST_BYTES)
      throw unreadable(shown, `a file of ${status.size} bytes`, `at most ${MOST_BYTES} bytes`);
    const bytes = await firstBytes(file, MOST_BYTES);
    if (bytes.includes(0)) throw unreadable(shown, 'a binary file', 'YAML, as UTF-8 text');
    // A byte order mark at the start is taken off by the decoder.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw asMistake(error, shown);
  }
}

async function firstBytes(file: string, most: number): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(most + 1), 0, most + 1, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function asMistake(error: unknown, shown: string): unknown {
  if (error instanceof UserMistake || !(error instanceof Error)) return error;
  const code = 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new UserMistake('config-missing', {
        where: shown,
        found: 'no such file',
        remedy: 'Correct the path; docs/configuration.md shows the smallest configuration',
      });
    case 'EACCES':
    case 'EPERM':
      return unreadable(shown, 'a file that you may not read', undefined, 'Give yourself read access to it');
    case 'ELOOP':
      return unreadable(shown, 'a link that leads back to itself');
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return unreadable(shown, 'bytes that are not UTF-8', 'YAML, as UTF-8 text', 'Save the file as UTF-8');
    default:
      return error;
  }
}

function unreadable(shown: string, found: string, expected = 'a YAML file', remedy?: string): UserMistake {
  return new UserMistake('config-unreadable', {
    where: shown,
    found,
    expected,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

/** A path may look as if it stayed in the repository and lead out of it by a link. */
async function checkLinks({ config, where }: ParsedConfig): Promise<void> {
  const root = await realpath(config.root);
  const problems: Problem[] = [];
  for (const model of config.models.values()) {
    for (const { written, path: at } of pathsRead(model)) {
      const real = await realpath(path.join(root, literalPart(written))).catch(() => undefined);
      if (real === undefined || pathInside(root, real) !== undefined) continue;
      problems.push({
        where: where(at),
        found: `"${written}" leads to ${real}`,
        expected: 'a file of the repository',
        remedy: 'Put the file itself in the place of the link',
      });
    }
  }
  const [first, ...rest] = problems;
  if (first !== undefined) throw new UserMistake('config-invalid', first, ...rest);
}

// A glob library would know more, and every command would wait for it.
const GLOB = /[*?[\]{}()!]/;

/** The folders of a glob that are named in full; all of a plain path. */
function literalPart(written: string): string {
  const steps = written.split('/');
  const first = steps.findIndex((step) => GLOB.test(step));
  return (first < 0 ? steps : steps.slice(0, first)).join('/');
}

async function firstExisting(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) if (await exists(file)) return file;
  return undefined;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
