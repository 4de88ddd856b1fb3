import type { Judgement } from '../../evaluation/verdict.ts';
import { NOTHING } from '../gateRows.ts';
import { countOf } from '../../wording/numbers.ts';
import type { Axis } from './axis.ts';
import { forestGroups, mostWanted, worstFirst, type Drawn, type ForestGroup, type ForestRow } from './forest.ts';
import { axisDrawing, forestAxis, forestLegend, rowDrawing } from './forestDrawing.ts';
import { nameMarkup } from './htmlVoice.ts';
import { markIcon } from './icons.ts';
import { html, type Content, type Markup } from './markup.ts';

const ROWS_BEFORE_THE_FOLD = 12;

/** By metric and slice: differences with their intervals, or values where there is nothing to compare with. */
export function forest(judgement: Judgement, drawn: Drawn): Markup {
  const { groups, of } = forestGroups(judgement, drawn);
  if (groups.length === 0) return html`<p class="empty">No metric is configured, so nothing was measured.</p>`;
  const more = groups.length < of && html`<p class="note">${groups.length} of ${of} metrics shown.</p>`;
  const rows = groups.flatMap((group) => group.rows);
  return html`${forestLegend(rows, drawn)}${groups.map((group) => forestOfGroup(group, drawn))}${more}`;
}

function forestOfGroup(group: ForestGroup, drawn: Drawn): Markup {
  const { family, unit, lowerIsBetter, rows, of } = group;
  const axis = forestAxis(rows, drawn);
  const shown = worstFirst(mostWanted(rows, ROWS_BEFORE_THE_FOLD));
  const rest = rows.filter((row) => !shown.includes(row));
  const fold =
    rest.length > 0 &&
    html`<details>
      <summary>${countOf(rest.length, 'more slice')}</summary>
      ${table(group, rest, axis, drawn)}
    </details>`;
  const cut = rows.length < of && html`<p class="note">${rows.length} of ${of} shown.</p>`;
  const asides = [unit, lowerIsBetter ? LOWER[drawn] : ''].filter((aside) => aside !== '');
  return html`<h3>${nameMarkup(family)}<span class="aside">${asides.map((aside) => ` · ${aside}`)}</span></h3>
    ${table(group, shown, axis, drawn)}${fold}${cut}`;
}

const LOWER = { difference: 'lower is better, so + is a lower value', value: 'lower is better' } as const;

function table(group: ForestGroup, rows: readonly ForestRow[], axis: Axis, drawn: Drawn): Markup {
  const compared = drawn === 'difference';
  const caption = compared
    ? `${group.family}: candidate against baseline in each slice, the worst first`
    : `${group.family} in each slice, the worst first`;
  return html`<table class="forest">
    <caption class="hidden">
      ${caption}
    </caption>
    <thead>
      <tr>
        <th scope="col">Slice</th>
        <th scope="col" class="number rows">Rows</th>
        ${compared && html`<th scope="col" class="number value gives">Baseline</th>`}
        <th scope="col" class="number value ${compared ? 'gives' : ''}">Candidate</th>
        <th scope="col" class="plot">${compared ? DIRECTION : 'Value'}</th>
        ${compared && html`<th scope="col" class="number difference">Difference, 95 % interval</th>`}
      </tr>
    </thead>
    <tbody>
      ${rows.map((row) => tableRow(row, axis, drawn))}
    </tbody>
    <tfoot>
      <tr>
        <td></td>
        <td class="rows"></td>
        ${compared && html`<td class="value gives"></td>`}
        <td class="value ${compared ? 'gives' : ''}"></td>
        <td class="plot">${axisDrawing(axis)}</td>
        ${compared && html`<td></td>`}
      </tr>
    </tfoot>
  </table>`;
}

const DIRECTION = html`<span class="axis-end"><span>← worse</span><span>better →</span></span>`;

function tableRow(row: ForestRow, axis: Axis, drawn: Drawn): Markup {
  const cells = html`<th scope="row">
      <span class="name"
        >${row.gated && markIcon(row.mark)}<span
          >${nameMarkup(row.name)}<span class="small only-narrow">${row.rows} rows</span></span
        ></span
      >
    </th>
    <td class="number rows">${row.rows}</td>
    ${drawn === 'difference' ? differenceCells(row, axis) : valueCells(row, axis)}`;
  return row.overall
    ? html`<tr class="overall">
        ${cells}
      </tr>`
    : html`<tr>
        ${cells}
      </tr>`;
}

function differenceCells(row: ForestRow, axis: Axis): Content {
  return html`<td class="number value gives">${row.baseline}</td>
    <td class="number value gives">${row.candidate}</td>
    ${plotCell(row, axis, 'difference')}
    <td class="number difference">
      <span class="nowrap">${row.differenceText || NOTHING}</span> <span class="nowrap">${row.intervalText}</span>
    </td>`;
}

function valueCells(row: ForestRow, axis: Axis): Content {
  return html`<td class="number value">${row.candidate}</td>
    ${plotCell(row, axis, 'value')}`;
}

/** A drawing, or why there is none. */
function plotCell(row: ForestRow, axis: Axis, drawn: Drawn): Markup {
  const drawing = rowDrawing(row, axis, drawn);
  if (drawing !== undefined) return html`<td class="plot">${drawing}</td>`;
  return html`<td class="wrap"><span class="small">${row.because ?? 'not measured'}</span></td>`;
}
