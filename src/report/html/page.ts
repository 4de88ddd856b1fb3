import { html, styleElement, type Content, type Markup } from './markup.ts';
import { STYLE_SHEET } from './styleSheet.ts';

/** A part of the page under a heading of its own. */
export interface Part {
  /** Names the place within the page. */
  readonly id: 'differences' | 'curves' | 'confusion' | 'changed' | 'data' | 'lineage' | 'judging' | 'again';
  readonly title: string;
  readonly body: Markup;
}

interface Page {
  readonly title: string;
  readonly header: Markup;
  readonly opening: Content;
  readonly parts: readonly Part[];
  readonly footer: Content;
}

/** The whole document: one file that needs nothing else, and lets nothing in. */
export function page({ title, header, opening, parts, footer }: Page): string {
  const document = html`<!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        ${styleElement(STYLE_SHEET)}
      </head>
      <body>
        <div class="page">
          <header>${header}</header>
          <main>${opening} ${contents(parts)} ${parts.map(section)}</main>
          <footer>${footer}</footer>
        </div>
      </body>
    </html> `;
  return document.toString();
}

function contents(parts: readonly Part[]): Markup {
  return html`<nav class="contents" aria-label="Contents">${parts.map(({ id, title }) => link(id, title))}</nav>`;
}

// A link's place is written here and never put in.
function link(id: Part['id'], title: string): Markup {
  switch (id) {
    case 'differences':
      return html`<a href="#differences">${title}</a>`;
    case 'curves':
      return html`<a href="#curves">${title}</a>`;
    case 'confusion':
      return html`<a href="#confusion">${title}</a>`;
    case 'changed':
      return html`<a href="#changed">${title}</a>`;
    case 'data':
      return html`<a href="#data">${title}</a>`;
    case 'lineage':
      return html`<a href="#lineage">${title}</a>`;
    case 'judging':
      return html`<a href="#judging">${title}</a>`;
    case 'again':
      return html`<a href="#again">${title}</a>`;
  }
}

function section({ id, title, body }: Part): Markup {
  return html`<section class="part" id="${id}" aria-labelledby="${id}-heading">
    <h2 id="${id}-heading">${title}</h2>
    ${body}
  </section> `;
}
