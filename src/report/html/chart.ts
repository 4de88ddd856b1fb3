import { scaleOf, type Axis } from './axis.ts';
import { html, type Content, type Markup } from './markup.ts';

/** How wide a chart is drawn: one of two, three or four beside each other. Text has the same size in all. */
export type Size = 'large' | 'medium' | 'small';

const SIZES = {
  large: { width: 470, height: 300 },
  medium: { width: 325, height: 270 },
  small: { width: 230, height: 190 },
} as const;

const CHARACTER = 6.6;
const TOP = 24;
const RIGHT = 12;
const BOTTOM = 40;

interface ChartFrame {
  /** Names the drawing within the page: letters, digits and dashes. */
  readonly id: string;
  /** What it shows, for those who cannot see it, and what there is to see. */
  readonly title: string;
  readonly says: string;
  readonly size: Size;
  readonly x: Axis & { readonly label: string };
  readonly y: Axis & { readonly label: string };
}

/** Where values lie in the drawing. */
export interface Plot {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

/** Axes, grid and names around what `draw` draws. */
export function chart({ id, title, says, size, x, y }: ChartFrame, draw: (plot: Plot) => Content): Markup {
  const { width, height } = SIZES[size];
  const left = 12 + CHARACTER * Math.max(2, ...y.ticks.map(({ label }) => label.length));
  // Half of the last number stands beyond the end of the axis.
  const overhang = (CHARACTER * (x.ticks.at(-1)?.label.length ?? 0)) / 2;
  const [right, bottom] = [width - Math.max(RIGHT, overhang), height - BOTTOM];
  const [toX, toY] = [scaleOf(x, [left, right]), scaleOf(y, [bottom, TOP])];
  const rows = y.ticks.map(({ value, label }) => {
    const at = toY(value);
    return html`<line class="grid" x1="${left}" x2="${right}" y1="${at}" y2="${at}" /><text
        x="${left - 7}"
        y="${at + 4}"
        text-anchor="end"
        >${label}</text
      >`;
  });
  const columns = x.ticks.map(({ value, label }) => {
    const at = toX(value);
    return html`<line class="grid" x1="${at}" x2="${at}" y1="${TOP}" y2="${bottom}" /><text
        x="${at}"
        y="${bottom + 17}"
        text-anchor="middle"
        >${label}</text
      >`;
  });
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-says">
    <title id="${id}-title">${title}</title>
    <desc id="${id}-says">${says}</desc>
    ${rows}${columns}
    <line class="axis" x1="${left}" x2="${right}" y1="${bottom}" y2="${bottom}" />
    <text class="title" x="0" y="12">${y.label}</text>
    <text class="title" x="${right}" y="${height - 5}" text-anchor="end">${x.label}</text>
    ${draw({ x: toX, y: toY })}
  </svg>`;
}
