import type { RunReport } from '../runReport.ts';
import { axisOver, extentOf, scaleOf, type Axis } from './axis.ts';
import { forestGroups, mostWanted, worstFirst, type ForestGroup, type ForestRow } from './forest.ts';
import { markIcon } from './icons.ts';
import { html, type Content, type Markup } from './markup.ts';
import { nameMarkup, said } from './htmlVoice.ts';
import type { Judgement } from '../../evaluation/verdict.ts';
import { NOTHING } from '../gateRows.ts';
import { countOf } from '../numbers.ts';

const ROWS_BEFORE_THE_FOLD = 12;

/** What the rows of a table draw: how far the two models are apart, or, of a first version, how good it is. */
type Drawn = 'difference' | 'value';

/** Differences with their intervals by metric and slice, or the values of a first version. */
export function forest(judgement: Judgement, baseline: RunReport['baseline']): Markup {
  const { groups, of } = forestGroups(judgement);
  const drawn = baseline === undefined ? 'value' : 'difference';
  const more = groups.length < of ? html`<p class="note">${groups.length} of ${of} metrics shown.</p>` : undefined;
  return html`${legend(groups, drawn)}${groups.map((group) => forestGroup(group, drawn))}${more}`;
}

function forestGroup(group: ForestGroup, drawn: Drawn): Markup {
  const { rows } = group;
  const axis = drawn === 'difference' ? differenceAxis(rows) : valueAxis(rows);
  const shown = worstFirst(mostWanted(rows, ROWS_BEFORE_THE_FOLD));
  const rest = rows.filter((row) => !shown.includes(row));
  const cut = rows.length < group.of ? html`<p class="note">${rows.length} of ${group.of} shown.</p>` : undefined;
  const fold =
    rest.length > 0
      ? html`<details>
          <summary>${countOf(rest.length, 'more slice')}</summary>
          ${table(group, rest, axis, drawn)}
        </details>`
      : undefined;
  return html`<h3>
      ${nameMarkup(group.family)}${group.unit === '' ? '' : html`<span class="muted"> · ${group.unit}</span>`}
    </h3>
    ${table(group, shown, axis, drawn)}${fold}${cut}`;
}

function table(group: ForestGroup, rows: readonly ForestRow[], axis: Axis, drawn: Drawn): Markup {
  const compared = drawn === 'difference';
  const caption = compared
    ? `${group.family}: difference of candidate and baseline in each slice, the worst first`
    : `${group.family} of the candidate in each slice`;
  return html`<table class="forest">
    <caption class="hidden">
      ${caption}
    </caption>
    <thead>
      <tr>
        <th scope="col">Slice</th>
        <th scope="col" class="number rows only-wide">Rows</th>
        ${compared && html`<th scope="col" class="number value only-wide">Baseline</th>`}
        <th scope="col" class="number value ${compared ? 'only-wide' : ''}">Candidate</th>
        <th scope="col" class="plot">${compared ? direction(group) : 'Value'}</th>
        ${compared && html`<th scope="col" class="number difference">Difference, 95 % interval</th>`}
      </tr>
    </thead>
    <tbody>
      ${rows.map((row) => tableRow(row, axis, drawn))}
    </tbody>
    <tfoot>
      <tr>
        <td></td>
        <td class="only-wide"></td>
        ${compared && html`<td class="only-wide"></td>`}
        <td class="${compared ? 'only-wide' : ''}"></td>
        <td class="plot">${axisRow(axis)}</td>
        ${compared && html`<td></td>`}
      </tr>
    </tfoot>
  </table>`;
}

function direction({ lowerIsBetter }: ForestGroup): Markup {
  return html`<span class="axis-end"
    ><span>← worse</span><span class="only-wide">${lowerIsBetter ? 'sign turned: + is a lower value' : ''}</span
    ><span>better →</span></span
  >`;
}

function tableRow(row: ForestRow, axis: Axis, drawn: Drawn): Markup {
  const icon = row.gated ? markIcon(row.mark) : undefined;
  const compared = drawn === 'difference';
  const name = html`<span class="name"
    >${icon}<span>${nameMarkup(row.name)}<span class="small only-narrow">${row.rows} rows</span></span></span
  >`;
  const head = html`<th scope="row">${name}</th>
    <td class="number rows only-wide">${row.rows}</td>`;
  const drawing = drawingOf(row, axis, drawn);
  const note = row.because === undefined ? undefined : html`<span class="small wrap">${row.because}</span>`;
  const plot =
    drawing === undefined
      ? html`<td class="wrap"><span class="small">${row.because ?? 'not measured'}</span></td>`
      : html`<td class="plot"><svg aria-hidden="true">${axisLines(axis)}${drawing}</svg></td>`;
  const cells = compared
    ? html`<td class="number value only-wide">${row.baseline}</td>
        <td class="number value only-wide">${row.candidate}</td>
        ${plot}
        <td class="number difference">
          <span class="nowrap">${row.differenceText || NOTHING}</span> <span class="nowrap">${row.intervalText}</span>
        </td>`
    : html`<td class="number value">${row.candidate}${drawing === undefined ? undefined : note}</td>
        ${plot}`;
  return row.overall
    ? html`<tr class="overall">
        ${head}${cells}
      </tr>`
    : html`<tr>
        ${head}${cells}
      </tr>`;
}

/** Zero, all margins and every interval, as far as they do not make the rest unreadable: what is longer gets an arrow. */
function differenceAxis(rows: readonly ForestRow[]): Axis {
  const points = rows.flatMap(({ difference, margins }) => [difference ?? 0, ...margins]).filter(Number.isFinite);
  const reaches = rows
    .flatMap(({ interval }) => (interval === undefined ? [] : [Math.max(Math.abs(interval[0]), Math.abs(interval[1]))]))
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const usual = reaches[Math.floor(reaches.length / 2)] ?? 0;
  const longest = Math.max(usual * LONGEST_TO_USUAL, ...points.map((point) => Math.abs(point) * 1.1));
  const ends = rows.flatMap(({ interval }) =>
    (interval ?? []).map((end) => Math.min(Math.max(end, -longest), longest)),
  );
  return padded(extentOf([0, ...points, ...ends]), true);
}

const LONGEST_TO_USUAL = 4;

function valueAxis(rows: readonly ForestRow[]): Axis {
  return padded(
    extentOf(rows.flatMap(({ value, bounds }) => [...(value === undefined ? [] : [value]), ...bounds])),
    false,
  );
}

// On the narrowest screen a drawing is about 140 pixels wide, which holds some 22 digits.
const ROOM = 26;

function padded([lower, upper]: readonly [number, number], signed: boolean): Axis {
  const pad = (upper - lower) * 0.06;
  return axisOver([lower - pad, upper + pad], { room: ROOM, most: 5, signed, nice: false });
}

/** Places as percentages: the drawing is as wide as its column, and its marks and letters keep their size. */
function placer(axis: Axis): (value: number) => number {
  const scale = scaleOf(axis, [0, 100]);
  return (value) => Math.min(Math.max(scale(value), 0), 100);
}

function axisLines(axis: Axis): Markup {
  const at = placer(axis);
  return html`${axis.ticks.map(
    ({ value }) =>
      html`<line class="${value === 0 ? 'zero' : 'grid'}" x1="${at(value)}%" x2="${at(value)}%" y1="0" y2="100%" />`,
  )}`;
}

function axisRow(axis: Axis): Markup {
  const at = placer(axis);
  return html`<svg aria-hidden="true">
    ${axis.ticks.map(({ value, label }) => html`<text x="${at(value)}%" y="15" text-anchor="middle">${label}</text>`)}
  </svg>`;
}

function drawingOf(row: ForestRow, axis: Axis, drawn: Drawn): Markup | undefined {
  const at = placer(axis);
  const point = drawn === 'difference' ? row.difference : row.value;
  if (point === undefined || !Number.isFinite(point)) return undefined;
  const limits = drawn === 'difference' ? row.margins : row.bounds;
  const marks = limits.map(
    (limit) => html`<line class="margin" x1="${at(limit)}%" x2="${at(limit)}%" y1="15%" y2="85%" />`,
  );
  const tone = row.gated ? TONES[row.mark] : 'none';
  const [lower, upper] = axis.domain;
  const interval =
    drawn === 'difference' && row.interval !== undefined
      ? html`<line class="interval" x1="${at(row.interval[0])}%" x2="${at(row.interval[1])}%" y1="50%" y2="50%" />${
            row.interval[0] < lower && arrow(0, LEFT)
          }${row.interval[1] > upper && arrow(100, RIGHT)}`
      : undefined;
  return html`${marks}<g class="${tone}">${interval}${pointOf(row, at(point))}</g>`;
}

const TONES = { blocks: 'bad', open: 'open', holds: 'good', none: 'none' } as const;
const LEFT = 'M6,-4L0,0L6,4';
const RIGHT = 'M-6,-4L0,0L-6,4';

function arrow(at: number, path: string): Markup {
  return html`<svg x="${at}%" y="50%" overflow="visible"><path class="interval" fill="none" d="${path}" /></svg>`;
}

/** Told apart by shape: a disc is met, a ring is open, a diamond blocks, a small disc has no gate. */
function pointOf(row: Pick<ForestRow, 'mark' | 'gated'>, at: number): Markup {
  if (!row.gated || row.mark === 'none') return html`<circle class="point" cx="${at}%" cy="50%" r="2.4" />`;
  switch (row.mark) {
    case 'holds':
      return html`<circle class="point" cx="${at}%" cy="50%" r="4" />`;
    case 'open':
      return html`<circle class="point-open" cx="${at}%" cy="50%" r="4" />`;
    case 'blocks':
      return html`<svg x="${at}%" y="50%" overflow="visible"><path class="point" d="M0,-5L5,0L0,5L-5,0Z" /></svg>`;
  }
}

function legend(groups: readonly ForestGroup[], drawn: Drawn): Markup {
  const rows = groups.flatMap((group) => group.rows);
  const item = (wanted: boolean, drawing: Content, words: string): Content =>
    wanted && html`<li><svg width="26" height="14" aria-hidden="true">${drawing}</svg>${said(words)}</li>`;
  const sample = (mark: ForestRow['mark'], gated: boolean): Markup =>
    html`<g class="${gated ? TONES[mark] : 'none'}"
      ><line class="interval" x1="1" x2="25" y1="7" y2="7" />${pointOf({ mark, gated }, 50)}</g
    >`;
  const has = (mark: ForestRow['mark']): boolean => rows.some((row) => row.gated && row.mark === mark);
  const limit = html`<line class="margin" x1="50%" x2="50%" y1="1" y2="13" />`;
  const limited = rows.some(({ margins, bounds }) => (drawn === 'difference' ? margins : bounds).length > 0);
  return html`<ul class="legend">
    ${[
      item(has('blocks'), sample('blocks', true), 'blocks'),
      item(has('open'), sample('open', true), 'not settled'),
      item(has('holds'), sample('holds', true), 'gate met'),
      item(
        rows.some(({ gated, mark }) => !gated || mark === 'none'),
        sample('none', false),
        drawn === 'difference' ? 'no gate' : 'nothing asked',
      ),
      item(limited, limit, drawn === 'difference' ? 'margin of the gate' : 'bound of the gate'),
    ]}
  </ul>`;
}
