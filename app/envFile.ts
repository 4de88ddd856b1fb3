import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { parseEnv } from 'node:util';

const MINE_ALONE = 0o600;

/** Which of these have a value in the file; a file that is not there has none. */
export async function keysInEnvFile(file: string, names: readonly string[]): Promise<readonly string[]> {
  return valued(await textOf(file), names);
}

export type Added = { readonly kind: 'added' } | { readonly kind: 'there'; readonly names: readonly string[] };

/**
 * Adds lines to the file, or makes it, all or nothing and readable by its owner alone. Where one of the names has a value
 * there, nothing is written. Values hold no line breaks and nothing that would need quotes.
 */
export async function addToEnvFile(file: string, values: { readonly [name: string]: string }): Promise<Added> {
  const text = await textOf(file);
  const there = valued(text, Object.keys(values));
  if (there.length > 0) return { kind: 'there', names: there };
  // The last line of a name counts: an empty one above does no harm.
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  const added = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
  await replaceWith(file, before + added.join(''));
  return { kind: 'added' };
}

function valued(text: string, names: readonly string[]): readonly string[] {
  const values = parseEnv(text);
  return names.filter((name) => (values[name] ?? '') !== '');
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

async function replaceWith(file: string, text: string): Promise<void> {
  const beside = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await open(beside, 'wx', MINE_ALONE);
  try {
    await handle.writeFile(text);
    await handle.sync();
    await handle.close();
    await rename(beside, file);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(beside, { force: true });
    throw error;
  }
}
