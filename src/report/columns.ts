/** One line of a table on a terminal: what each column shows, before it is padded. */
export type Cells = readonly string[];

/** Two columns on a terminal: East Asian wide characters and emoji. */
const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;
/** No column at all: marks that stand on the character before. */
const COMBINING = /\p{Mn}|\p{Me}/u;

/** How many columns a text takes on a terminal. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += COMBINING.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

/** Filled with blanks to a width, at the end or, for numbers, at the start. */
export function padTo(text: string, width: number, align: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'left' ? text + blanks : blanks + text;
}

/** A name in so much room: both ends are kept, since names tend to differ there. */
function squeeze(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const characters = [...text];
  const head = Math.ceil((width - 1) / 2);
  let start = '';
  for (const character of characters) {
    if (widthOf(start + character) > head) break;
    start += character;
  }
  let end = '';
  for (const character of characters.reverse()) {
    if (widthOf(character + end) > width - 1 - widthOf(start)) break;
    end = character + end;
  }
  return `${start}…${end}`;
}

/** A sentence on as many lines as it takes. A word that is longer than a line is cut into lines. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((each) => pieces(each, width))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

function pieces(word: string, width: number): readonly string[] {
  if (widthOf(word) <= width) return [word];
  const parts: string[] = [];
  let part = '';
  for (const character of word) {
    if (widthOf(part + character) > width) {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  return [...parts, part];
}

/** The greatest width in each column. */
export function widthsOf(rows: readonly Cells[]): readonly number[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, widthOf(cell));
  }
  return widths;
}

/** Numbers with their points below each other: `0.9417` and `0.944 `. */
export function alignPoints(cells: Cells): readonly string[] {
  const tail = (cell: string): number => (/^[^\d]*\d/.test(cell) ? cell.length - (cell + '.').indexOf('.') : 0);
  const longest = Math.max(0, ...cells.map(tail));
  return cells.map((cell) => (tail(cell) === 0 && !/\d/.test(cell) ? cell : cell + ' '.repeat(longest - tail(cell))));
}

const NARROWEST = 14;

export interface TableColumn {
  readonly align: 'left' | 'right';
  /** Holds names, which may be cut in the middle; numbers may not. */
  readonly gives: boolean;
}

/** The lines of a table in so much room: the widest of the columns that may give way do so, as far as they must. */
export function fitTable(
  rows: readonly Cells[],
  columns: readonly TableColumn[],
  room: number,
  gap: string,
): readonly string[] {
  const widths = [...widthsOf(rows)];
  let excess = widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1)) - room;
  while (excess > 0) {
    const widest = widths.reduce(
      (best, width, index) =>
        columns[index]?.gives === true && width > NARROWEST && width > (widths[best] ?? 0) ? index : best,
      -1,
    );
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return rows.map((row) =>
    row
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return padTo(
          columns[index]?.gives === true ? squeeze(cell, width) : cell,
          width,
          columns[index]?.align ?? 'left',
        );
      })
      .join(gap),
  );
}
