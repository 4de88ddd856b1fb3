import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { UserMistake } from '../failure.ts';

/** The text of a schema file. @throws UserMistake where there is none, or it is no text. */
export async function readSchemaFile(root: string, shown: string): Promise<string> {
  const problem = (found: string, remedy: string): UserMistake =>
    new UserMistake('schema-unreadable', { where: shown, found, expected: 'a schema as YAML text', remedy });
  const bytes = await readFile(path.join(root, shown)).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    throw code === 'ENOENT'
      ? problem('there is no such file', 'Correct data.schema in touchstone.yml')
      : problem(`it cannot be read (${String(code)})`, 'Give yourself read access to a regular file');
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw problem('its bytes are not UTF-8', 'Save the file as UTF-8');
  }
}
