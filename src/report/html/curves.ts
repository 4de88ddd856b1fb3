import type { ClassCurves, Point, ScoreCurves } from '../../evaluation/illustration/illustration.ts';
import { formatCount, formatNumber } from '../../wording/numbers.ts';
import type { RunReport } from '../runReport.ts';
import { shareAxis } from './axis.ts';
import { chart, type Plot, type Size } from './chart.ts';
import { nameMarkup } from './htmlVoice.ts';
import { pathThrough } from './lines.ts';
import { html, type Content, type Markup } from './markup.ts';

const MOST_CLASSES = 6;
const CLASSES_BEFORE_THE_FOLD = 2;

/** ROC and precision-recall curves, and a figure beside them: small ones for several classes, those that lost most first. */
export function curves(given: readonly ClassCurves[], beside: Markup | undefined, report: RunReport): Content {
  const figure = beside && html`<div class="charts">${beside}</div>`;
  const [only, ...others] = given;
  if (only === undefined) return figure;
  if (others.length === 0) return html`<div class="charts">${pair(only, 0, 'medium', report)}${beside}</div>`;
  const sorted = [...given].sort((a, b) => change(a) - change(b)).slice(0, MOST_CLASSES);
  const charts = sorted.map((each, index) => pair(each, index, 'small', report));
  const shown = html`<div class="charts small-charts">${charts.slice(0, CLASSES_BEFORE_THE_FOLD)}</div>`;
  const rest = charts.slice(CLASSES_BEFORE_THE_FOLD);
  const fold =
    rest.length === 0
      ? undefined
      : html`<details>
          <summary>${rest.length === 1 ? '1 more class' : `${rest.length} more classes`}</summary>
          <div class="charts small-charts">${rest}</div>
        </details>`;
  const order = only.baseline === undefined ? 'the hardest first' : 'those that lost most first';
  const count =
    sorted.length < given.length ? `${sorted.length} of ${formatCount(given.length)} classes` : 'Each class';
  return html`<p class="note">${count} against all others, ${order}.</p>
    ${shown}${fold}${figure}`;
}

/** What the order goes by: how the area under the ROC curve changed, or, without a baseline, the area. */
function change({ candidate, baseline }: ClassCurves): number {
  return area(candidate.roc) - (baseline === undefined ? 0 : area(baseline.roc));
}

function area(points: readonly Point[]): number {
  let sum = 0;
  for (const [index, [x, y]] of points.entries()) {
    const [fromX, fromY] = points[index - 1] ?? [x, y];
    sum += ((x - fromX) * (y + fromY)) / 2;
  }
  return sum;
}

function pair(of: ClassCurves, index: number, size: Size, report: RunReport): Content {
  const prevalence = of.rows / Math.max(1, of.rows + of.others);
  const rows = `${formatCount(of.rows)} rows of it, ${formatCount(of.others)} others`;
  const chance = (plot: Plot): Markup =>
    html`<line class="reference" x1="${plot.x(0)}" y1="${plot.y(0)}" x2="${plot.x(1)}" y2="${plot.y(1)}" />`;
  const base = (plot: Plot): Markup =>
    html`<line
      class="reference"
      x1="${plot.x(0)}"
      y1="${plot.y(prevalence)}"
      x2="${plot.x(1)}"
      y2="${plot.y(prevalence)}"
    />`;
  const axes = (x: string, y: string) => {
    const axis = shareAxis(size === 'small');
    return { x: { ...axis, label: x }, y: { ...axis, label: y } };
  };
  const named = html`class ${nameMarkup(of.of)}`;
  return [
    html`<figure>
      <figcaption><b>ROC</b>${named}${measured('auc', 'AUC', of.of, report)}</figcaption>
      ${chart(
        {
          id: `roc-${index}`,
          title: `ROC curve of class ${of.of}`,
          says: `True positive rate against false positive rate; ${rows}. The dotted diagonal is chance.`,
          size,
          ...axes('False positive rate', 'True positive rate'),
        },
        (plot) => [chance(plot), lines(of, 'roc', size, plot)],
      )}
    </figure>`,
    html`<figure>
      <figcaption><b>Precision-recall</b>${named}${measured('averagePrecision', 'AP', of.of, report)}</figcaption>
      ${chart(
        {
          id: `pr-${index}`,
          title: `Precision-recall curve of class ${of.of}`,
          says: `Precision against recall; ${rows}. The dotted line is the share of the class.`,
          size,
          ...axes('Recall', 'Precision'),
        },
        (plot) => [base(plot), lines(of, 'precisionRecall', size, plot)],
      )}
    </figure>`,
  ];
}

function lines({ candidate, baseline }: ClassCurves, curve: keyof ScoreCurves, size: Size, plot: Plot): Content {
  const shape = curve === 'roc' ? 'straight' : 'steps';
  const path = (points: readonly Point[]): string =>
    pathThrough(size === 'small' ? everySecond(points) : points, plot, shape);
  return [
    baseline && html`<path class="baseline-line" d="${path(baseline[curve])}" />`,
    html`<path class="candidate-line" d="${path(candidate[curve])}" />`,
  ];
}

/** A small drawing has not the pixels for more. */
function everySecond(points: readonly Point[]): readonly Point[] {
  return points.length < FEW_POINTS
    ? points
    : points.filter((_, index) => index % 2 === 0 || index === points.length - 1);
}

const FEW_POINTS = 60;

/** The area as it was measured on all rows, where it was: the curve drawn has fewer points. */
function measured(family: string, short: string, of: string, { judgement }: RunReport): Content {
  const found = [...judgement.findings, ...judgement.observations].find(
    ({ metric, slice }) => slice === 'overall' && (metric === family || metric === `${family}[${of}]`),
  );
  if (found?.candidate === undefined) return undefined;
  const value = formatNumber(found.candidate, 3);
  const before = found.baseline === undefined ? '' : `${formatNumber(found.baseline, 3)} → `;
  return html`<span class="muted nowrap"> · ${short} ${before}${value}</span>`;
}
