import type { Mark } from '../gateRows.ts';
import type { Sign } from '../headline.ts';
import { html, type Markup } from './markup.ts';

const CHECK = 'M4.6 8.3l2.3 2.3l4.5-4.9';
const CROSS = 'M5.3 5.3l5.4 5.4M10.7 5.3l-5.4 5.4';
const OPEN = 'M8 4.2v4.9M8 11.4v.6';
const DASH = 'M5 8h6';

interface Icon {
  readonly tone: 'good' | 'bad' | 'open' | 'none';
  readonly path: string;
  readonly word: string;
}

const MARKS: { readonly [mark in Mark]: Icon } = {
  blocks: { tone: 'bad', path: CROSS, word: 'blocks' },
  open: { tone: 'open', path: OPEN, word: 'open' },
  holds: { tone: 'good', path: CHECK, word: 'holds' },
  none: { tone: 'none', path: DASH, word: 'not compared' },
};

const SIGNS: { readonly [sign in Sign]: Icon } = {
  good: { tone: 'good', path: CHECK, word: 'Nothing blocks' },
  bad: { tone: 'bad', path: CROSS, word: 'Blocked' },
  open: { tone: 'open', path: OPEN, word: 'Not settled' },
};

/** What a row says at a glance, as a sign and, for those who do not see it, as a word. */
export function markIcon(mark: Mark): Markup {
  return icon(MARKS[mark]);
}

export function signIcon(sign: Sign): Markup {
  return icon(SIGNS[sign]);
}

function icon({ tone, path, word }: Icon): Markup {
  return html`<span class="${tone}"
    ><svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="7.1" />
      <path d="${path}" /></svg
    ><span class="hidden">${word}: </span></span
  >`;
}
