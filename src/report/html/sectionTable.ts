import { formatCount } from '../../wording/numbers.ts';
import type { Section } from '../sections.ts';
import { said } from './htmlVoice.ts';
import { html, type Content, type Markup } from './markup.ts';

const MOST_ROWS = 200;

/** A part of the report that all renderings share, as a table of as many rows as a page can bear. */
export function sectionTable({ title, says, columns, rows }: Section): Markup {
  const cut =
    rows.length > MOST_ROWS &&
    html`<p class="note">${formatCount(MOST_ROWS)} of ${formatCount(rows.length)} shown.</p>`;
  const facts = columns[0]?.title === 'What';
  return html`${says !== undefined && html`<p class="note">${says}</p>`}
    <div class="scroll">
      <table class="${facts ? 'facts' : ''}">
        <caption class="hidden">
          ${title}
        </caption>
        <thead class="${facts ? 'hidden' : ''}">
          <tr>
            ${columns.map(
              (column) =>
                html`<th scope="col" class="${column.align === 'right' ? 'number' : ''}">${column.title}</th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${rows.slice(0, MOST_ROWS).map(
            (row) =>
              html`<tr>
                ${row.map((cell, index) => cellOf(cell, index, columns))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${cut}`;
}

function cellOf(cell: string, index: number, columns: Section['columns']): Content {
  if (index === 0) return html`<th scope="row">${said(cell)}</th>`;
  return html`<td class="${columns[index]?.align === 'right' ? 'number' : 'wrap'}">${said(cell)}</td>`;
}
