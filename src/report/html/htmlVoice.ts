import { LONGEST_NAME, LONGEST_PROSE, type Voice } from '../voice.ts';
import { printable } from '../../wording/printable.ts';
import { html, type Content, type Markup } from './markup.ts';

// Sentences are put together as text. In it these mark where a name or a stress begins and ends; `printable` leaves
// none of them in what is foreign.
const NAME = '\u0001';
const COMMAND = '\u0002';
const STRONG = '\u0003';
const END = '\u0004';

/** Sentences that {@link said} turns into HTML. */
export const htmlVoice: Voice = {
  name: (text) => `${NAME}${printable(text, LONGEST_NAME)}${END}`,
  prose: (text) => printable(text, LONGEST_PROSE),
  command: (text) => `${COMMAND}${printable(text, LONGEST_PROSE)}${END}`,
  strong: (text) => `${STRONG}${text}${END}`,
};

/** A sentence in {@link htmlVoice} as HTML: its names as code, the rest as text. */
export function said(sentence: string): Markup {
  const open: { readonly mark: string; readonly contents: Content[] }[] = [{ mark: '', contents: [] }];
  // The parts at odd places are the marks.
  for (const part of sentence.split(/([\u0001-\u0004])/)) {
    if (part === NAME || part === COMMAND || part === STRONG) open.push({ mark: part, contents: [] });
    else if (part !== END) open.at(-1)?.contents.push(spaced(part));
    else if (open.length > 1) close(open);
  }
  while (open.length > 1) close(open);
  return html`${open[0]?.contents}`;
}

function close(open: { readonly mark: string; readonly contents: Content[] }[]): void {
  const inner = open.pop();
  if (inner !== undefined) open.at(-1)?.contents.push(marked(inner.mark, inner.contents));
}

function marked(mark: string, contents: readonly Content[]): Markup {
  switch (mark) {
    case NAME:
      return html`<code>${contents}</code>`;
    case COMMAND:
      return html`<kbd>${contents}</kbd>`;
    default:
      return html`<strong>${contents}</strong>`;
  }
}

/** A number stays with the sign or the comparison before it. */
function spaced(text: string): string {
  return text.replace(/([><≥≤Δ]) (?=[+−\d><≥≤])/g, '$1\u00a0');
}

/** A foreign name as it is spelt. */
export function nameMarkup(text: string): Markup {
  return said(htmlVoice.name(text));
}

/** Foreign text in one short piece, for a title that is read where there is no room for all of it. */
export function shortened(text: string, longest: number): string {
  return printable(text, longest);
}
