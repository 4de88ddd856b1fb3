import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { UserMistake } from '../failure.ts';

/** The text of the schema file that a model names. @throws UserMistake where there is none, or it is no text. */
export async function readSchemaFile(root: string, shown: string): Promise<string> {
  try {
    const bytes = await readFile(path.resolve(root, shown));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new UserMistake('schema_missing', {
        where: shown,
        found: 'the schema file does not exist',
        expected: `a file below ${root}`,
        remedy: 'Correct data.schema, or take it out',
      });
    }
    if (code === 'EISDIR') throw new UserMistake('schema_missing', { where: shown, found: 'the schema is a folder' });
    if (error instanceof TypeError) {
      throw new UserMistake('schema_invalid', { where: shown, found: 'the schema is no UTF-8 text' });
    }
    throw error;
  }
}
