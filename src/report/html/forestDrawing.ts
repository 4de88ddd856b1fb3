import type { Mark } from '../gateRows.ts';
import { axisOver, extentOf, scaleOf, type Axis } from './axis.ts';
import type { Drawn, ForestRow } from './forest.ts';
import { html, type Content, type Markup } from './markup.ts';

// Places are percentages: a drawing is as wide as its column, and its marks and letters keep their size.

// On the narrowest screen a drawing is about 130 pixels wide, which holds some 20 characters.
const ROOM = 21;
const LONGEST_TO_USUAL = 4;

/** The one scale of a family: of differences about zero, or of values. */
export function forestAxis(rows: readonly ForestRow[], drawn: Drawn): Axis {
  const points = rows.flatMap(({ point, limits }) => [...(point === undefined ? [] : [point]), ...limits]);
  const [lower, upper] =
    drawn === 'difference' ? extentOfDifferences(rows, points.filter(Number.isFinite)) : extentOf(points);
  const pad = (upper - lower) * 0.06;
  return axisOver([lower - pad, upper + pad], { room: ROOM, most: 5, signed: drawn === 'difference', nice: false });
}

/** Zero, all points and margins, and of intervals as much as does not squeeze the others: what is longer gets an arrow. */
function extentOfDifferences(rows: readonly ForestRow[], points: readonly number[]): readonly [number, number] {
  const intervals = rows.flatMap(({ interval }) => (interval === undefined ? [] : [interval]));
  const reaches = intervals
    .map(([lower, upper]) => Math.max(Math.abs(lower), Math.abs(upper)))
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const usual = reaches[Math.floor(reaches.length / 2)] ?? 0;
  const longest = Math.max(usual * LONGEST_TO_USUAL, ...points.map((point) => Math.abs(point) * 1.1));
  return extentOf([0, ...points, ...intervals.flat().map((end) => Math.min(Math.max(end, -longest), longest))]);
}

function placer(axis: Axis): (value: number) => number {
  const scale = scaleOf(axis, [0, 100]);
  return (value) => Math.min(Math.max(scale(value), 0), 100);
}

/** The numbers below the last row. */
export function axisDrawing(axis: Axis): Markup {
  const at = placer(axis);
  return html`<svg aria-hidden="true">
    ${axis.ticks.map(({ value, label }) => html`<text x="${at(value)}%" y="15" text-anchor="middle">${label}</text>`)}
  </svg>`;
}

/** One row: its interval, its point, and the line that its gate draws. Absent where nothing was measured. */
export function rowDrawing(row: ForestRow, axis: Axis, drawn: Drawn): Markup | undefined {
  const { point, interval, limits } = row;
  if (point === undefined || !Number.isFinite(point)) return undefined;
  const at = placer(axis);
  const lines = axis.ticks.map(
    ({ value }) =>
      html`<line
        class="${value === 0 && drawn === 'difference' ? 'zero' : 'grid'}"
        x1="${at(value)}%"
        x2="${at(value)}%"
        y2="100%"
      />`,
  );
  const marks = limits.map(
    (limit) => html`<line class="margin" x1="${at(limit)}%" x2="${at(limit)}%" y1="15%" y2="85%" />`,
  );
  return html`<svg aria-hidden="true">
    ${lines}${marks}
    <g class="${toneOf(row)}">${interval && intervalDrawing(interval, axis)}${pointDrawing(row, at(point))}</g>
  </svg>`;
}

function intervalDrawing([from, to]: readonly [number, number], axis: Axis): Content {
  const at = placer(axis);
  const [lower, upper] = axis.domain;
  return [
    html`<line class="interval" x1="${at(from)}%" x2="${at(to)}%" y1="50%" y2="50%" />`,
    from < lower && arrow(0, 'M6,-4L0,0L6,4'),
    to > upper && arrow(100, 'M-6,-4L0,0L-6,4'),
  ];
}

function arrow(at: number, path: string): Markup {
  return html`<svg x="${at}%" y="50%" overflow="visible"><path class="interval" fill="none" d="${path}" /></svg>`;
}

type Marked = Pick<ForestRow, 'mark' | 'gated'>;

/** Told apart by shape: a disc is met, a ring is open, a diamond blocks, a small disc has no gate. */
function pointDrawing({ mark, gated }: Marked, at: number): Markup {
  switch (gated ? mark : 'none') {
    case 'none':
      return html`<circle class="point" cx="${at}%" cy="50%" r="2.4" />`;
    case 'holds':
      return html`<circle class="point" cx="${at}%" cy="50%" r="4" />`;
    case 'open':
      return html`<circle class="point-open" cx="${at}%" cy="50%" r="4" />`;
    case 'blocks':
      return html`<svg x="${at}%" y="50%" overflow="visible"><path class="point" d="M0,-5L5,0L0,5L-5,0Z" /></svg>`;
  }
}

const TONES: { readonly [mark in Mark]: string } = { blocks: 'bad', open: 'open', holds: 'good', none: 'none' };

function toneOf({ mark, gated }: Marked): string {
  return gated ? TONES[mark] : TONES.none;
}

/** What the shapes mean, of those that occur. */
export function forestLegend(rows: readonly ForestRow[], drawn: Drawn): Markup {
  const item = (drawing: Content, words: string): Markup =>
    html`<li><svg width="26" height="14" aria-hidden="true">${drawing}</svg>${words}</li>`;
  const sample = (marked: Marked): Markup => {
    const interval = drawn === 'difference' && html`<line class="interval" x1="1" x2="25" y1="7" y2="7" />`;
    return html`<g class="${toneOf(marked)}">${interval}${pointDrawing(marked, 50)}</g>`;
  };
  const gates = GATES.filter(([mark]) => rows.some((row) => row.gated && row.mark === mark));
  const ungated = rows.some(({ gated, mark }) => !gated || mark === 'none');
  const limited = rows.some(({ limits }) => limits.length > 0);
  const limit = html`<line class="margin" x1="13" x2="13" y1="1" y2="13" />`;
  return html`<ul class="legend">
    ${gates.map(([mark, words]) => item(sample({ mark, gated: true }), words))}
    ${ungated && item(sample({ mark: 'none', gated: false }), drawn === 'difference' ? 'no gate' : 'nothing asked')}
    ${limited && item(limit, drawn === 'difference' ? 'margin of the gate' : 'bound of the gate')}
  </ul>`;
}

const GATES: readonly (readonly [mark: Mark, words: string])[] = [
  ['blocks', 'blocks'],
  ['open', 'not settled'],
  ['holds', 'gate met'],
];
