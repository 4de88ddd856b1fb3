import type { Problem } from '../failure.ts';
import type { FileFormat } from './source.ts';

export interface NamedFormat {
  readonly format: FileFormat;
  readonly gzip: boolean;
}

const FORMATS: readonly (readonly [RegExp, FileFormat])[] = [
  [/\.(csv|tsv)$/i, 'csv'],
  [/\.(parquet|pq)$/i, 'parquet'],
  [/\.(ndjson|jsonl|json)$/i, 'ndjson'],
];

/** The format that a file's name states; `undefined` where it states none that can be read. */
export function formatOfName(name: string): NamedFormat | undefined {
  const gzip = /\.gz$/i.test(name);
  const bare = gzip ? name.slice(0, -3) : name;
  const format = FORMATS.find(([pattern]) => pattern.test(bare))?.[1];
  if (format === undefined || (gzip && format === 'parquet')) return undefined;
  return { format, gzip };
}

export function unknownFormat(shown: string): Problem {
  return {
    where: shown,
    found: 'the name says no format that can be read',
    expected: 'CSV (.csv, .tsv), Parquet (.parquet, .pq) or NDJSON (.ndjson, .jsonl, .json), text also as .gz',
    remedy: 'Give the file the ending of its format, or convert it',
  };
}

const GZIP = [0x1f, 0x8b];
const PARQUET = [0x50, 0x41, 0x52, 0x31];
const LFS = 'version https://git-lfs.github.com/spec/';

/**
 * What is wrong with a file that can be seen from its first bytes; `undefined` where nothing is.
 *
 * @param head the first bytes of the file as it lies there, before any gzip is undone.
 */
export function problemOfHead(shown: string, named: NamedFormat, head: Uint8Array): Problem | undefined {
  if (head.length === 0) {
    return { where: shown, found: 'the file is empty', expected: 'rows of data', remedy: 'Write the file again' };
  }
  if (new TextDecoder('latin1').decode(head.subarray(0, LFS.length)) === LFS) {
    return {
      where: shown,
      found: 'the file is a Git LFS pointer: the data themselves were not fetched',
      remedy: 'Run "git lfs pull"; in a workflow, check out with "lfs: true"',
    };
  }
  const gzip = startsWith(head, GZIP);
  if (named.gzip && !gzip) {
    return {
      where: shown,
      found: 'the name ends in .gz and the bytes are no gzip',
      remedy: 'Correct the name or the file',
    };
  }
  if (!named.gzip && gzip) {
    return { where: shown, found: 'the bytes are gzip and the name does not say so', remedy: 'Add .gz to the name' };
  }
  if (named.format === 'parquet') return startsWith(head, PARQUET) ? undefined : notParquet(shown);
  if (startsWith(head, PARQUET)) {
    return { where: shown, found: 'the bytes are Parquet and the name says otherwise', remedy: 'Name it .parquet' };
  }
  return undefined;
}

export function notParquet(shown: string): Problem {
  return {
    where: shown,
    found: 'the name says Parquet and the bytes are none, or only the beginning of one',
    expected: 'a file that begins and ends with PAR1',
    remedy: 'Write or download the file again',
  };
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

/** What is wrong with the first bytes of a text, gzip undone; `undefined` where nothing is. */
export function problemOfText(shown: string, head: Uint8Array): Problem | undefined {
  const wide = startsWith(head, [0xff, 0xfe]) || startsWith(head, [0xfe, 0xff]);
  if (wide) return notUtf8(shown, 'the text is UTF-16');
  return undefined;
}

export function notUtf8(shown: string, found: string): Problem {
  return {
    where: shown,
    found,
    expected: 'UTF-8',
    remedy: 'Save the file as UTF-8; on a terminal: iconv -f LATIN1 -t UTF-8 (or UTF-16, whichever it is)',
  };
}
