import { printable } from '../../wording/printable.ts';

/** HTML that is whole and safe. Nothing but {@link html} and its kin in this file can make one. */
class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type { Markup };

/** What a template takes: text, which is always escaped, markup, lists of either, or nothing. */
export type Content = Markup | string | number | undefined | false | readonly Content[];

/** More of a text than this helps nobody, and a page is to stay small. */
const LONGEST_TEXT = 1_000;
const LONGEST_ATTRIBUTE = 120;

/**
 * HTML with contents put in. All text is foreign: it is escaped, and what would act in it (control characters, those
 * that reorder or hide) is spelt out. A content may stand between elements and in quoted attributes alone; elsewhere,
 * and in attributes that browsers obey, a template is a bug and throws.
 */
export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  const { parts, places } = templateOf(strings);
  let text = parts[0] ?? '';
  for (const [index, content] of contents.entries()) {
    text += filled(content, places[index] ?? 'text') + (parts[index + 1] ?? '');
  }
  return new Markup(text);
}

/** A `style` element. A style sheet is ours, and cannot end its element. */
export function styleElement(css: string): Markup {
  if (css.includes('<')) throw new TypeError('A style sheet holds no "<".');
  return new Markup(`<style>${css}</style>`);
}

type Place = 'text' | 'attribute' | 'path';

function filled(content: Content, place: Place): string {
  if (content === undefined || content === false) return '';
  if (typeof content === 'number') return finite(content);
  if (typeof content === 'string') return place === 'path' ? path(content) : escaped(content, place);
  if (place !== 'text') throw new TypeError('An attribute holds text, not markup.');
  return content instanceof Markup ? content.toString() : content.map((each) => filled(each, place)).join('');
}

/** Coordinates to a hundredth: what is finer than that cannot be seen, and NaN must not reach a drawing. */
function finite(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError('A number in a template is finite; format it otherwise.');
  return String(Math.round(value * 100) / 100);
}

function path(text: string): string {
  if (!/^[MmLlHhVvZz\d.,\- ]*$/.test(text)) throw new TypeError('A path is made of straight lines.');
  return text;
}

const ENTITIES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string, place: Place): string {
  return printable(text, place === 'text' ? LONGEST_TEXT : LONGEST_ATTRIBUTE).replace(
    /[&<>"']/g,
    (character) => ENTITIES[character] ?? '',
  );
}

interface Template {
  readonly parts: readonly string[];
  /** Where each content stands. */
  readonly places: readonly Place[];
}

const known = new WeakMap<TemplateStringsArray, Template>();

function templateOf(strings: TemplateStringsArray): Template {
  const before = known.get(strings);
  if (before !== undefined) return before;
  // The indentation of the source is of no use on the page.
  const parts = strings.map((part) => part.replace(/\n\s+/g, '\n'));
  const places: Place[] = [];
  let html = '';
  for (const part of parts.slice(0, -1)) {
    html += part;
    places.push(placeAfter(html));
    // For what comes after, a content is as a letter: it cannot end what it stands in.
    html += 'x';
  }
  const template = { parts, places };
  known.set(strings, template);
  return template;
}

const ATTRIBUTE = /([a-z][\w:-]*)="[^"]*$/i;

function placeAfter(html: string): Place {
  const tag = html.slice(html.lastIndexOf('<'));
  const inside = !html.includes('<') || closes(tag) ? undefined : tag;
  if (inside === undefined) {
    if (/<(script|style)\b[^>]*>[^<]*$/i.test(html)) throw new TypeError('Nothing is put into a script or a style.');
    return 'text';
  }
  const name = ATTRIBUTE.exec(withoutWholeAttributes(inside))?.[1]?.toLowerCase();
  if (name === undefined) throw new TypeError(`A content stands in no quoted attribute: ${inside}`);
  if (/^(on.*|style|href|src|srcdoc|action|xlink:href)$/.test(name)) {
    throw new TypeError(`Nothing is put into the attribute ${name}.`);
  }
  return name === 'd' ? 'path' : 'attribute';
}

function closes(tag: string): boolean {
  return withoutWholeAttributes(tag).includes('>');
}

function withoutWholeAttributes(tag: string): string {
  return tag.replace(/[a-z][\w:-]*="[^"]*"/gi, '');
}
