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
  return named.gzip ? undefined : problemOfOther(shown, named.format, head);
}

const WORKBOOKS = [
  [0x50, 0x4b, 0x03, 0x04],
  [0xd0, 0xcf, 0x11, 0xe0],
];

/** What other files say of themselves that are often found under the name of a table. */
function problemOfOther(shown: string, format: FileFormat, head: Uint8Array): Problem | undefined {
  const name = format === 'csv' ? 'CSV' : 'NDJSON';
  if (WORKBOOKS.some((start) => startsWith(head, start))) {
    return {
      where: shown,
      found: `the name says ${name} and the bytes are an Excel workbook or a zip archive`,
      expected: 'a text of rows',
      remedy: `Save the sheet as ${name === 'CSV' ? '"CSV UTF-8"' : name}, or unpack the archive`,
    };
  }
  const text = new TextDecoder('latin1')
    .decode(head)
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart();
  if (/^<(!doctype|html|\?xml|head|body|error)\b/i.test(text)) {
    return {
      where: shown,
      found: `the name says ${name} and the text is a web page or XML`,
      expected: 'a text of rows',
      remedy: 'Download the file again: a sign-in page or an error message was saved in its place',
    };
  }
  if (format === 'csv' && /^(\{\s*"|\[\s*[{[])/.test(text)) {
    return {
      where: shown,
      found: 'the name says CSV and the text is JSON',
      remedy: 'Name it .ndjson where each line is one object; otherwise write it as CSV',
    };
  }
  return undefined;
}

export function notParquet(shown: string): Problem {
  return {
    where: shown,
    found: 'the name says Parquet and the bytes are none, or damaged, or only the beginning of one',
    expected: 'a file that begins and ends with PAR1',
    remedy: 'Write or download the file again',
  };
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

/** What is wrong with the first bytes of a text, gzip undone; `undefined` where nothing is. */
export function problemOfText(shown: string, head: Uint8Array): Problem | undefined {
  const wide = [UTF16_LITTLE, UTF16_BIG].some((mark) => startsWith(head, mark));
  if (startsWith(head, UTF32_LITTLE) || startsWith(head, UTF32_BIG))
    return notUtf8(shown, 'the text is UTF-32', 'UTF-32');
  if (wide || isWideWithoutMark(head)) return notUtf8(shown, 'the text is UTF-16', 'UTF-16');
  if (head.length > 0 && head.subarray(0, WIDE_BYTES).every((byte) => byte === 0)) {
    return {
      where: shown,
      found: 'the file holds zeros and no text',
      expected: 'rows of data',
      remedy: 'Write or download the file again: a disk that was full or a copy that broke off leaves such files',
    };
  }
  return undefined;
}

const UTF16_LITTLE = [0xff, 0xfe];
const UTF16_BIG = [0xfe, 0xff];
const UTF32_LITTLE = [0xff, 0xfe, 0, 0];
const UTF32_BIG = [0, 0, 0xfe, 0xff];

// A header of names in any alphabet holds some ASCII: separators and line ends at the least, mostly all of it.
const WIDE_BYTES = 200;

/** UTF-16 of mostly ASCII: zeros at nearly every other byte, and hardly any between them. */
function isWideWithoutMark(head: Uint8Array): boolean {
  const start = head.subarray(0, WIDE_BYTES);
  const zeros = [0, 1].map((parity) => start.filter((byte, at) => at % 2 === parity && byte === 0).length);
  const [many, few] = [Math.max(...zeros), Math.min(...zeros)];
  return start.length >= 4 && many >= start.length * 0.4 && few <= start.length * 0.05;
}

/** @param encoding what it is, where that is known. */
export function notUtf8(shown: string, found: string, encoding?: string): Problem {
  return {
    where: shown,
    found,
    expected: 'UTF-8',
    remedy: `Save the file as UTF-8; on a terminal: iconv -f ${encoding ?? 'LATIN1'} -t UTF-8${encoding === undefined ? ' (or whichever encoding it has)' : ''}`,
  };
}
