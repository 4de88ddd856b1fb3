import { gateRows, NOTHING, type MetricRow } from '../gateRows.ts';
import { countOf, formatCount } from '../../wording/numbers.ts';
import type { RunReport } from '../runReport.ts';
import { markIcon } from './icons.ts';
import { nameMarkup, said, htmlVoice } from './htmlVoice.ts';
import { html, type Content, type Markup } from './markup.ts';

const ROWS_BEFORE_THE_FOLD = 12;
const MOST_ROWS = 100;

/** Every gate with its numbers and what came of it, those that block first. */
export function gateTable({ judgement, baseline }: RunReport): Markup {
  const rows = gateRows(judgement.findings);
  if (rows.length === 0) {
    return html`<p class="empty">No gate is configured, so nothing was asked of the candidate.</p>`;
  }
  const compared = baseline !== undefined;
  const rest = rows.slice(ROWS_BEFORE_THE_FOLD, MOST_ROWS);
  const fold =
    rest.length > 0 &&
    html`<details>
      <summary>${countOf(rest.length, 'more gate')}</summary>
      ${table(rest, compared)}
    </details>`;
  const cut =
    rows.length > MOST_ROWS &&
    html`<p class="note">${formatCount(MOST_ROWS)} of ${formatCount(rows.length)} gates shown, the worst of them.</p>`;
  return html`${table(rows.slice(0, ROWS_BEFORE_THE_FOLD), compared)}${fold}${cut}${legend(rows)}`;
}

function table(rows: readonly MetricRow[], compared: boolean): Markup {
  return html`<table class="gates">
    <caption class="hidden">
      Gates
    </caption>
    <thead>
      <tr>
        <th scope="col">Gate</th>
        ${compared && html`<th scope="col" class="number only-wide-cell">Baseline</th>`}
        <th scope="col" class="number only-wide-cell">Candidate</th>
        ${compared && html`<th scope="col" class="number">Difference Δ, 95 % interval</th>`}
        <th scope="col" class="only-wide-cell">Allowed</th>
        <th scope="col">Finding</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map((row) => tableRow(row, compared))}
    </tbody>
  </table>`;
}

function tableRow(row: MetricRow, compared: boolean): Markup {
  const values = compared ? `${row.baseline} → ${row.candidate}` : row.candidate;
  return html`<tr>
    <th scope="row">
      <span class="name"
        >${markIcon(row.mark)}<span>${nameMarkup(row.name)}<span class="small only-narrow">${values}</span></span></span
      >
    </th>
    ${compared && html`<td class="number only-wide-cell">${row.baseline}</td>`}
    <td class="number only-wide-cell">${row.candidate}</td>
    ${compared && html`<td class="number">${difference(row)}</td>`}
    <td class="only-wide-cell">${row.allowed.map((allowed) => html`<div class="nowrap">${said(allowed)}</div>`)}</td>
    <td>${finding(row)}</td>
  </tr>`;
}

function difference({ difference: value, interval, withShare }: MetricRow): Content {
  if (value === NOTHING) return value;
  return html`<div class="pair"><span>${value}</span> <span class="muted">${interval}</span></div>
    ${withShare !== undefined && html`<div class="small">share included <span class="nowrap">${withShare}</span></div>`}`;
}

function finding({ mark, finding: kind, because, allowed }: MetricRow): Content {
  const words = mark === 'blocks' ? html`<span class="bad blocking">${kind}</span>` : kind;
  return html`<span class="nowrap">${words}</span><span class="small only-narrow">${said(allowed.join(', '))}</span>${
      because !== undefined &&
      mark !== 'blocks' &&
      html`<span class="small wrap">${said(htmlVoice.prose(because))}</span>`
    }`;
}

function legend(rows: readonly MetricRow[]): Content {
  if (rows.every(({ interval }) => interval === '')) return undefined;
  const shares =
    rows.some(({ withShare }) => withShare !== undefined) &&
    ' Where a share of the baseline is allowed, the second interval includes it and is held against 0.';
  return html`<p class="note">
    Δ is candidate against baseline, + is better. A gate on Δ is met only where the whole interval is.${shares}
  </p>`;
}
