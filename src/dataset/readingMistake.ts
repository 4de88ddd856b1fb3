import type { Problem } from '../failure.ts';
import { notParquet, notUtf8 } from './fileName.ts';
import type { SourceFile } from './source.ts';

/**
 * Turns what the reading engine says of a file into a problem with file, line and a remedy.
 *
 * @returns `undefined` where the message speaks of no file: then it is not the person's mistake.
 */
export function problemOfReading(message: string, files: readonly SourceFile[]): Problem | undefined {
  const file = files.find(({ path }) => message.includes(path)) ?? (files.length === 1 ? files[0] : undefined);
  if (file === undefined) return undefined;
  return (
    problemOfCsv(message, file) ??
    problemOfJson(message, file) ??
    problemOfParquet(message, file) ??
    unnamed(message, file)
  );
}

/** What is wrong with a line that no reader takes. */
export const longLine = {
  found: 'a line is longer than 2 MB',
  expected: 'a row a line',
  remedy: 'Correct it; a quote that is never closed makes one line of many',
} as const;

function problemOfCsv(message: string, file: SourceFile): Problem | undefined {
  const { shown, delimiter = ',' } = file;
  const line = /CSV Error on Line: (\d+)/.exec(message)?.[1];
  const where = line === undefined ? shown : `${shown}:${line}`;
  const ragged = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  if (ragged !== null) {
    return raggedRow(where, Number(ragged[2]), Number(ragged[1]), delimiter);
  }
  if (/not utf-8 encoded|Invalid unicode/i.test(message)) return notUtf8(where, 'a value is not UTF-8');
  if (/unterminated quote|unquoted|quote should be followed/i.test(message)) {
    return {
      where,
      found: 'a quoted value does not end where its field ends',
      expected: 'double quotes around the whole value, and each quote inside of it doubled',
      remedy: 'Correct the line',
    };
  }
  if (/maximum line size/i.test(message)) {
    return { where, ...longLine };
  }
  return line === undefined ? undefined : { where, found: 'the row is no well-formed CSV', remedy: 'Correct the line' };
}

function problemOfJson(message: string, file: SourceFile): Problem | undefined {
  const line = /in line (\d+)/.exec(message)?.[1];
  if (/Malformed JSON/.test(message)) {
    // The engine counts the line that it would read next.
    const number = line === undefined ? undefined : Math.max(1, Number(line) - 1);
    return {
      where: number === undefined ? file.shown : `${file.shown}:${number}`,
      found: 'the line is no JSON, or is cut off',
      expected: 'one JSON object a line',
      remedy: 'Correct the line, or write the file again',
    };
  }
  const twice = /has duplicate key "(.*?)"/s.exec(message)?.[1];
  if (twice !== undefined) {
    return {
      where: line === undefined ? file.shown : `${file.shown}:${line}`,
      found: `an object has the key ${JSON.stringify(twice)} twice`,
      remedy: 'Keep one of the two',
    };
  }
  return undefined;
}

function problemOfParquet(message: string, file: SourceFile): Problem | undefined {
  if (
    !/magic bytes|parquet|thrift|snappy|zstd|decompress|Invalid Input Error|IO Error|TProtocol|page|know what type/i.test(
      message,
    )
  ) {
    return undefined;
  }
  if (file.types === undefined && !/\.(parquet|pq)$/i.test(file.shown)) return undefined;
  if (file.types === undefined) return notParquet(file.shown);
  // Its footer was read, so the damage lies in the values.
  return {
    where: file.shown,
    found: 'the Parquet is damaged: its description can be read, and its values cannot',
    remedy: 'Write or download the file again',
  };
}

// What the engine says in words of its own: better quoted with its file than kept back.
function unnamed(message: string, file: SourceFile): Problem | undefined {
  if (!/^(Invalid Input|IO|Conversion|Out of Range|Invalid|Permission|Not implemented) Error/i.test(message))
    return undefined;
  const line = message.split('\n', 1)[0] ?? '';
  return {
    where: file.shown,
    found: `the file cannot be read (${shortened(line.replace(/^[\w ]+ Error: /, '').replace(/\.$/, ''))})`,
    remedy: 'Write or download the file again',
  };
}

const MOST_QUOTED = 300;

function shortened(text: string): string {
  return text.length > MOST_QUOTED ? `${text.slice(0, MOST_QUOTED)}…` : text;
}

export function raggedRow(where: string, found: number, expected: number, delimiter: string): Problem {
  const by = nameOf(delimiter);
  return {
    where,
    found: `${found} ${found === 1 ? 'value' : 'values'} in a row, separated by ${by}`,
    expected: `${expected}, as in the header`,
    remedy: `Correct the line; a value that holds ${by}, a quote or a line break stands in double quotes`,
  };
}

function nameOf(delimiter: string): string {
  switch (delimiter) {
    case ',':
      return 'a comma';
    case ';':
      return 'a semicolon';
    case '\t':
      return 'a tab';
    default:
      return `"${delimiter}"`;
  }
}
