import type { Illustration, Point } from '../../evaluation/illustration/illustration.ts';
import { formatCount } from '../../wording/numbers.ts';
import { axisOver, extentOf } from './axis.ts';
import { diagonal } from './calibrationChart.ts';
import { chart, type Plot } from './chart.ts';
import { pathThrough } from './lines.ts';
import { html, type Content, type Markup } from './markup.ts';

type ValueIllustration = Extract<Illustration, { kind: 'values' }>;

/** How often the prediction is off by how much. */
export function residualChart({ edges, candidate, baseline }: ValueIllustration['residuals']): Markup {
  const most = Math.max(1, ...candidate, ...(baseline ?? []));
  const x = axisOver(extentOf(edges), { room: 40, nice: false });
  const y = axisOver([0, most], { room: 30, most: 5 });
  return html`<figure>
    <figcaption><b>Residuals</b>the end bins hold what lies beyond</figcaption>
    ${chart(
      {
        id: 'residuals',
        title: 'Residuals',
        says: 'How many rows are predicted too low, left of zero, or too high, right of it, and by how much.',
        size: 'large',
        x: { ...x, label: 'Prediction − truth' },
        y: { ...y, label: 'Rows' },
      },
      (plot) => {
        const [from, to] = x.domain;
        const zero =
          from <= 0 && to >= 0
            ? html`<line
                class="reference"
                x1="${plot.x(0)}"
                x2="${plot.x(0)}"
                y1="${plot.y(y.domain[0])}"
                y2="${plot.y(y.domain[1])}"
              />`
            : undefined;
        const outline = outlineOf(edges, candidate, plot);
        return [
          html`<path class="candidate-area" d="${outline}" />`,
          zero,
          baseline && html`<path class="baseline-line" d="${outlineOf(edges, baseline, plot)}" />`,
          html`<path class="candidate-line" d="${outline}" />`,
        ];
      },
    )}
  </figure>`;
}

/** A histogram's outline, from the axis and back to it. */
function outlineOf(edges: readonly number[], counts: readonly number[], plot: Plot): string {
  const [first = 0] = edges;
  const points = counts.flatMap((count, index): readonly Point[] => [
    [edges[index] ?? first, count],
    [edges[index + 1] ?? first, count],
  ]);
  return pathThrough([[first, 0], ...points, [edges[counts.length] ?? first, 0]], plot);
}

/** Prediction against truth, a drawing for each model on the same axes. */
export function scatterCharts({ candidate, baseline }: ValueIllustration['scatter']): Content {
  const axis = axisOver(extentOf([...candidate, ...(baseline ?? [])].flat()), { room: 40 });
  const one = (model: 'candidate' | 'baseline', points: readonly Point[]): Markup =>
    html`<figure>
      <figcaption><b>Prediction against truth</b>${model}, ${formatCount(points.length)} rows</figcaption>
      ${chart(
        {
          id: `scatter-${model}`,
          title: `Prediction against truth of the ${model}`,
          says: 'Each point is a row of the holdout. On the dotted diagonal the prediction is right.',
          size: 'large',
          x: { ...axis, label: 'Truth' },
          y: { ...axis, label: 'Prediction' },
        },
        (plot) => [
          diagonal(plot, ...axis.domain),
          html`<path class="${model}-points" d="${dots(points, plot, model)}" />`,
        ],
      )}
    </figure>`;
  return [baseline && one('baseline', baseline), one('candidate', candidate)];
}

/** All points as one path: round ends of lines without a length for the candidate, crosses for the baseline. */
function dots(points: readonly Point[], { x, y }: Plot, model: 'candidate' | 'baseline'): string {
  return points
    .filter((point) => point.every(Number.isFinite))
    .map((point) => {
      const [left, top] = [x(point[0]).toFixed(1), y(point[1]).toFixed(1)];
      return model === 'candidate' ? `M${left},${top}h0` : `M${left},${top}m-2,-2l4,4m0,-4l-4,4`;
    })
    .join('');
}
