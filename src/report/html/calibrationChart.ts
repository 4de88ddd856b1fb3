import type { Calibration, CalibrationBin, Point, ValueBin } from '../../evaluation/illustration/illustration.ts';
import { axisOver, extentOf, shareAxis } from './axis.ts';
import { chart, type Plot } from './chart.ts';
import { dot } from './legend.ts';
import { pathThrough } from './lines.ts';
import { html, type Content, type Markup } from './markup.ts';

type Model = 'candidate' | 'baseline';

/** How often probabilities come true, with Wilson's 95 % interval. On the diagonal they say what happens. */
export function calibrationChart({ of, candidate, baseline }: Calibration): Markup {
  const whose = of === 'positive' ? 'of the positive class' : 'of the predicted class';
  const axis = shareAxis(false);
  const drawn = (model: Model, bins: readonly CalibrationBin[], plot: Plot): Content => [
    bins.map(({ predicted, interval: [lower, upper] }) => {
      const x = plot.x(predicted);
      return html`<line class="${model}-bar" x1="${x}" x2="${x}" y1="${plot.y(lower)}" y2="${plot.y(upper)}" />`;
    }),
    through(
      model,
      bins.map(({ predicted, observed }) => [predicted, observed]),
      plot,
    ),
  ];
  return html`<figure>
    <figcaption><b>Calibration</b>probabilities ${whose}</figcaption>
    ${chart(
      {
        id: 'calibration',
        title: 'Calibration',
        says: `Share of rows in which the probability ${whose} came true, with 95 % intervals, in bins of about as many rows. Below the dotted diagonal it promises too much.`,
        size: 'medium',
        x: { ...axis, label: 'Mean probability' },
        y: { ...axis, label: 'Share that came true' },
      },
      (plot) => [
        diagonal(plot, 0, 1),
        baseline && drawn('baseline', baseline, plot),
        drawn('candidate', candidate, plot),
      ],
    )}
  </figure>`;
}

/** Mean prediction against mean truth, by quantile of the truth. */
export function valueCalibrationChart(calibration: {
  readonly candidate: readonly ValueBin[];
  readonly baseline?: readonly ValueBin[];
}): Markup {
  const { candidate, baseline } = calibration;
  const extent = extentOf([...candidate, ...(baseline ?? [])].flatMap(({ truth, predicted }) => [truth, predicted]));
  const axis = axisOver(extent, { room: 40 });
  const drawn = (model: Model, bins: readonly ValueBin[], plot: Plot): Content =>
    through(
      model,
      bins.map(({ truth, predicted }) => [truth, predicted]),
      plot,
    );
  return html`<figure>
    <figcaption><b>Calibration</b>by quantile of the truth</figcaption>
    ${chart(
      {
        id: 'calibration',
        title: 'Calibration by quantile of the truth',
        says: 'Mean prediction against mean truth. Flatter than the dotted diagonal: high values are predicted too low, low ones too high.',
        size: 'large',
        x: { ...axis, label: 'Mean truth' },
        y: { ...axis, label: 'Mean prediction' },
      },
      (plot) => [
        diagonal(plot, ...axis.domain),
        baseline && drawn('baseline', baseline, plot),
        drawn('candidate', candidate, plot),
      ],
    )}
  </figure>`;
}

export function diagonal({ x, y }: Plot, from: number, to: number): Markup {
  return html`<line class="reference" x1="${x(from)}" y1="${y(from)}" x2="${x(to)}" y2="${y(to)}" />`;
}

function through(model: Model, points: readonly Point[], plot: Plot): Content {
  const dots = points.filter((point) => point.every(Number.isFinite)).map(([x, y]) => dot(model, plot.x(x), plot.y(y)));
  return html`<path class="${model}-line" d="${pathThrough(points, plot)}" />${dots}`;
}
