import { printable } from '../wording/printable.ts';

/** How a rendering says things that come from elsewhere, so that the sentences are written once. */
export interface Voice {
  /** A name or a value as it is spelt: of a metric, a slice, a file, a version. */
  name(text: string): string;
  /** Prose that may quote foreign names. */
  prose(text: string): string;
  /** A command to type. */
  command(text: string): string;
  strong(text: string): string;
}

export const LONGEST_NAME = 80;
export const LONGEST_PROSE = 400;

/** For a terminal: as it is, without anything that the terminal would obey. */
export const plainVoice: Voice = {
  name: (text) => printable(text, LONGEST_NAME),
  prose: (text) => printable(text, LONGEST_PROSE),
  command: (text) => printable(text, LONGEST_PROSE),
  strong: (text) => text,
};

/** For GitHub's Markdown, inside of tables too. */
export const markdownVoice: Voice = {
  name: (text) => code(printable(text, LONGEST_NAME)),
  prose: (text) => escaped(printable(text, LONGEST_PROSE)),
  command: (text) => code(printable(text, LONGEST_PROSE)),
  strong: (text) => `**${text}**`,
};

/** For a line of HTML in GitHub's Markdown, such as the title of a fold, where Markdown is not read. */
export const foldVoice: Voice = {
  name: (text) => `<code>${entities(printable(text, LONGEST_NAME))}</code>`,
  prose: (text) => escaped(printable(text, LONGEST_PROSE)),
  command: (text) => `<code>${entities(printable(text, LONGEST_PROSE))}</code>`,
  strong: (text) => `<b>${text}</b>`,
};

/**
 * A code span holds everything but backticks, and in a table neither bars nor backslashes before them. What has one is
 * written as an element whose punctuation is all entities, which no Markdown rule takes apart. GitHub looks for mentions
 * and references in neither.
 */
function code(text: string): string {
  if (text.trim() === '') return '<code>&#32;</code>';
  if (text.trim() === text && !/[`|\\]/.test(text)) return `\`${text}\``;
  return `<code>${entities(text)}</code>`;
}

const PUNCTUATION = /[!-/:-@[-`{-~]/g;

function entities(text: string): string {
  return text.replace(PUNCTUATION, entity);
}

function entity(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}

/** Punctuation that starts nothing where other text stands before it stays, so that the source can be read too. */
function escaped(text: string): string {
  return text.replace(PUNCTUATION, (character, offset: number) => {
    const next = text.charAt(offset + 1);
    if (",;()'+=%?".includes(character)) return character;
    if (character === '.' && (next === '' || next === ' ')) return character;
    if (character === '-' && /[a-z]/i.test(next)) return character;
    // GitHub looks for mentions and references in the finished HTML, where an entity is a character again.
    return character === '@' || character === '#' ? `${entity(character)}&#8203;` : entity(character);
  });
}
