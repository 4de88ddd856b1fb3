import { padTo, widthOf } from '../report/columns.ts';
import { plainVoice } from '../report/voice.ts';

/** Rows of text as columns that line up, two spaces apart; nothing trails, and nothing foreign moves the cursor. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const cells = rows.map((row) => row.map((cell) => plainVoice.prose(cell)));
  const widths: number[] = [];
  for (const row of cells) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, widthOf(cell))));
  return cells.map((row) =>
    row
      .map((cell, at) => padTo(cell, widths[at] ?? 0, 'left'))
      .join('  ')
      .trimEnd(),
  );
}
