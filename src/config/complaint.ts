import { closest, distance } from 'fastest-levenshtein';

/** Where a value stands in the configuration: `['models', 'churn', 'gates', 2, 'slice']`. */
export type Path = readonly (string | number)[];

/** One thing that is wrong with the configuration, before its place in the file is looked up. */
export interface Complaint {
  readonly path: Path;
  /** Point at the key rather than at its value. */
  readonly atKey?: true;
  readonly found: string;
  readonly expected?: string;
  readonly remedy?: string;
  /** Other places that the complaint follows from: where one of them is broken, it is not worth making. */
  readonly leansOn?: readonly Path[];
}

export type Complain = (complaint: Complaint) => void;

/** `models.churn.gates[2].slice`; a key that is no plain word stands in quotes. */
export function formatPath(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[\w-]+$/.test(step)) return `[${quote(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}

export function startsWith(path: Path, start: Path): boolean {
  return start.every((step, index) => path[index] === step);
}

const LONGEST_QUOTE = 80;
// Control characters of both ranges and those that reorder text: a file must not write on the reader's terminal.
const UNPRINTABLE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Text from the file as it may be shown: in quotes, on one line, bounded, with nothing that a terminal would obey. */
export function quote(text: string): string {
  const shown = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
  return JSON.stringify(shown).replace(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The known word that was most likely meant; none where nothing is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0 || word.length > LONGEST_QUOTE) return undefined;
  const match = closest(word.toLowerCase(), known);
  return distance(word.toLowerCase(), match.toLowerCase()) <= Math.max(1, Math.floor(match.length / 3))
    ? match
    : undefined;
}

/** A remedy that names the word that was most likely meant; none where nothing is near. */
export function suggestion(word: string, known: readonly string[]): { readonly remedy?: string } {
  const meant = nearest(word, known);
  return meant === undefined ? {} : { remedy: `Perhaps ${quote(meant)} is meant` };
}

const LONGEST_LIST = 12;

/** Words from the file or of the product as a list in a sentence; odd ones in quotes, many of them cut short. */
export function listed(words: readonly string[]): string {
  const shown = words.slice(0, LONGEST_LIST).map((word) => (/^[\w@=.[\]-]{1,60}$/.test(word) ? word : quote(word)));
  const more = words.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
