import { printable } from '../wording/printable.ts';

const WIDTH = 116;
const LONGEST = 600;

/** A sentence as comment lines of YAML; what it quotes from elsewhere cannot leave the comment. */
export function commentLines(sentence: string, indent = 0): readonly string[] {
  const lines: string[] = [];
  for (const word of printable(sentence.replace(/\s+/g, ' ').trim(), LONGEST).split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && indent + last.length + 1 + word.length <= WIDTH)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`# ${word}`);
  }
  return lines;
}

/** The same on one line, however long. */
export function comment(sentence: string): string {
  return `# ${printable(sentence.replace(/\s+/g, ' ').trim(), LONGEST)}`;
}
