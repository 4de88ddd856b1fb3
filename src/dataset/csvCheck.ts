import type { Problem } from '../failure.ts';
import { raggedRow } from './readingMistake.ts';

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

type State =
  | 'field-begins'
  | 'plain'
  | 'quoted'
  /** After a quote inside of a quoted value: it ends the value, or is the first of two. */
  | 'quote-seen'
  | 'carriage-return'
  | 'line-ends';

/**
 * Holds the bytes of a CSV file to RFC 4180, line ends apart, which may be of either kind, and says in which line it
 * departs from it. Asked where the engine refuses a file: it takes mixed line ends only together with rows that are too
 * long and quotes that stand loose, and then drops a part of them.
 */
export class CsvCheck {
  problem: Problem | undefined;
  readonly #shown: string;
  readonly #delimiter: number;
  readonly #columns: number;
  #state: State = 'field-begins';
  #fields = 1;
  #bytesOfRecord = 0;
  #line = 1;
  /** The line in which the record, and the quoted value in it, began. */
  #recordLine = 1;
  #quoteLine = 1;

  constructor(shown: string, delimiter: string, columns: number) {
    this.#shown = shown;
    this.#delimiter = delimiter.charCodeAt(0);
    this.#columns = columns;
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && this.problem === undefined; at++) this.#take(bytes[at] ?? 0);
  }

  finish(): void {
    if (this.problem !== undefined) return;
    if (this.#state === 'quoted') this.#complain(this.#quoteLine, 'a quoted value never ends');
    else if (this.#state !== 'line-ends' && this.#state !== 'carriage-return') this.#endRecord();
  }

  #take(byte: number): void {
    const secondHalf = byte === LINE_FEED && this.#state === 'carriage-return';
    if (this.#state === 'line-ends' || this.#state === 'carriage-return') this.#state = 'field-begins';
    if (secondHalf) {
      this.#state = 'line-ends';
      return;
    }
    if (this.#state === 'quoted') {
      if (byte === QUOTE) this.#state = 'quote-seen';
      else if (byte === LINE_FEED) this.#line += 1;
      return;
    }
    if (byte === LINE_FEED || byte === CARRIAGE_RETURN) {
      this.#endRecord();
      this.#line += 1;
      this.#recordLine = this.#line;
      this.#state = byte === LINE_FEED ? 'line-ends' : 'carriage-return';
      return;
    }
    this.#bytesOfRecord += 1;
    if (byte === this.#delimiter) {
      this.#fields += 1;
      this.#state = 'field-begins';
    } else if (byte === QUOTE && this.#state === 'field-begins') {
      this.#state = 'quoted';
      this.#quoteLine = this.#line;
    } else if (byte === QUOTE && this.#state === 'quote-seen') {
      this.#state = 'quoted';
    } else if (this.#state === 'quote-seen') {
      this.#complain(this.#line, 'text stands behind the quote that ends a value');
    } else {
      this.#state = 'plain';
    }
  }

  #endRecord(): void {
    const blank = this.#bytesOfRecord === 0;
    if (!blank && this.#fields !== this.#columns) {
      const where = `${this.#shown}:${this.#recordLine}`;
      this.problem = raggedRow(where, this.#fields, this.#columns, String.fromCharCode(this.#delimiter));
    }
    this.#fields = 1;
    this.#bytesOfRecord = 0;
  }

  #complain(line: number, found: string): void {
    this.problem = {
      where: `${this.#shown}:${line}`,
      found,
      expected: 'double quotes around the whole value, and each quote inside of it doubled',
      remedy: 'Correct the line',
    };
  }
}
