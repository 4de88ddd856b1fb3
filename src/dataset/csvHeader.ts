import { quote } from '../config/complaint.ts';
import type { Problem } from '../failure.ts';
import { notUtf8 } from './fileName.ts';

export interface CsvHeader {
  readonly delimiter: string;
  readonly columns: readonly string[];
}

const DELIMITERS = [',', ';', '\t', '|'];

/**
 * Reads the header line of a CSV file: the delimiter is the candidate that stands most often outside of quotes in it, a
 * comma where none does. One rule on one line, so that no value further down can change how a file is read.
 *
 * @param head the first bytes of the text; all of it where `whole`.
 */
export function readCsvHeader(shown: string, head: Uint8Array, whole: boolean): CsvHeader | Problem {
  const end = endOfRecord(head);
  if (end === undefined && !whole) {
    return {
      where: `${shown}:1`,
      found: `the header line is longer than ${head.length} bytes`,
      expected: 'names of columns, separated by comma, semicolon, tab or bar',
      remedy: 'Correct the line; a quote that is never closed makes one line of many',
    };
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(head.subarray(0, end));
  } catch {
    return notUtf8(`${shown}:1`, 'the header line is not UTF-8');
  }
  if (text.trim() === '') {
    return {
      where: `${shown}:1`,
      found: 'the header line is empty',
      expected: 'names of columns, separated by comma, semicolon, tab or bar',
      remedy: 'Write the names of the columns into the first line',
    };
  }
  if (end === undefined && endsInsideOfQuotes(text)) {
    return {
      where: `${shown}:1`,
      found: 'a quoted name in the header never ends',
      expected: 'double quotes around the whole name, and each quote inside of it doubled',
      remedy: 'Correct the line',
    };
  }
  const counts = DELIMITERS.map((delimiter) => fields(text, delimiter).length);
  const delimiter = DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
  return { delimiter, columns: fields(text, delimiter) };
}

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** The offset of the line break that ends the first record; one inside of quotes does not. */
function endOfRecord(bytes: Uint8Array): number | undefined {
  let quoted = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) quoted = !quoted;
    else if (!quoted && (byte === LINE_FEED || byte === CARRIAGE_RETURN)) return at;
  }
  return undefined;
}

function endsInsideOfQuotes(text: string): boolean {
  return (text.split('"').length - 1) % 2 === 1;
}

function fields(record: string, delimiter: string): readonly string[] {
  const found: string[] = [];
  let field = '';
  let quoted = false;
  for (let at = 0; at < record.length; at++) {
    const character = record[at] ?? '';
    if (quoted) {
      if (character !== '"') field += character;
      else if (record[at + 1] === '"') {
        field += '"';
        at += 1;
      } else quoted = false;
    } else if (character === '"' && field === '') quoted = true;
    else if (character === delimiter) {
      found.push(field);
      field = '';
    } else field += character;
  }
  return [...found, field];
}

/** What is wrong with the names of a file's columns: none, empty ones, the same one twice. */
export function problemsOfNames(where: string, names: readonly string[]): readonly Problem[] {
  const problems: Problem[] = [];
  const empty = names.flatMap((name, index) => (name.trim() === '' ? [index + 1] : []));
  if (empty.length > 0) {
    problems.push({
      where,
      found: `column ${empty.slice(0, 10).join(', ')} has no name`,
      expected: 'a name for each column',
      remedy: 'Name it; a row index is left out by to_csv(index=False) in pandas, row.names = FALSE in R',
    });
  }
  const first = new Map<string, string>();
  const twins: Problem[] = [];
  const withNul: Problem[] = [];
  for (const name of names) {
    const key = name.toLowerCase();
    const before = first.get(key);
    if (name.trim() === '') continue;
    if (before === undefined) first.set(key, name);
    else {
      const twice = before === name ? 'twice' : `beside ${quote(before)}, and SQL does not tell them apart`;
      twins.push({ where, found: `there is a column ${quote(name)} ${twice}`, remedy: 'Rename one of the two' });
    }
    if (name.includes('\0')) {
      const remedy = 'Write the file again: text has no such character';
      withNul.push({ where, found: `the column name ${quote(name)} holds a NUL character`, remedy });
    }
  }
  return [...problems, ...firstFew(where, twins), ...firstFew(where, withNul)];
}

const MOST_TOLD = 10;

/** The first of many problems of one kind, and how many more there are: nobody reads a thousand. */
function firstFew(where: string, problems: readonly Problem[]): readonly Problem[] {
  const more = problems.length - MOST_TOLD;
  if (more <= 0) return problems;
  return [...problems.slice(0, MOST_TOLD), { where, found: `${more} more columns have the same problem` }];
}
