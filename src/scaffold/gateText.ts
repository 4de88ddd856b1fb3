import { formatMargin } from '../evaluation/boundFinding.ts';
import { signOf } from '../evaluation/metric.ts';
import { formatMetricName } from '../evaluation/metricName.ts';
import type { MetricName } from '../config/config.ts';
import { countOf, formatCount } from '../wording/numbers.ts';
import { commentLines } from './comments.ts';
import type { ProposedMargin } from './margin.ts';
import { yamlText } from './quotedText.ts';

export interface Gated {
  readonly model: string;
  readonly metric: MetricName;
  /** What always giving the same answer comes to. */
  readonly floor?: number;
}

const GUESSED = '# The margin is a guess:';

/** The proposed gate with what it means, without indentation. */
export function gateLines({ model, metric, floor }: Gated, margin: ProposedMargin): readonly string[] {
  const bound = signOf(metric) === 1 ? 'min' : 'max';
  const bounds = [
    `metric: ${yamlText(formatMetricName(metric))}`,
    ...(floor === undefined ? [] : [`${bound}: ${floorText(floor, bound)}`]),
    `maxRegression: ${formatMargin(margin.margin)}`,
  ];
  return [
    ...(floor === undefined
      ? []
      : commentLines(`"${bound}" is what always giving the same answer comes to: any model has to do better.`)),
    ...marginLines(model, metric, margin),
    `- { ${bounds.join(', ')} }`,
  ];
}

/** Four digits, rounded to the lenient side, so that it stays a value that the metric can have. */
function floorText(floor: number, bound: 'min' | 'max'): string {
  if (floor === 0) return '0';
  const scale = 10 ** (3 - Math.floor(Math.log10(Math.abs(floor))));
  const rounded = (bound === 'min' ? Math.floor(floor * scale) : Math.ceil(floor * scale)) / scale;
  return `${Number(rounded.toPrecision(4))}`;
}

function marginLines(model: string, metric: MetricName, margin: ProposedMargin): readonly string[] {
  const size = formatMargin(margin.margin);
  const name = formatMetricName(metric);
  if (margin.kind === 'guessed') {
    const lines = commentLines(
      `The margin is a guess: ${size}, for about ${countOf(margin.rows, 'row')} that judge. "touchstone init --model ${model}" measures it, as long as this comment stands.`,
    );
    return lines;
  }
  const { rows, seeds, difference } = margin;
  const inRows =
    metric.family === 'accuracy'
      ? `, ${countOf(Math.round(margin.margin.value * rows), 'row')} of ${formatCount(rows)},`
      : '';
  return commentLines(
    `The margin is measured: two trainings that differ in their seed alone (${seeds[0]} and ${seeds[1]}) differ by ${Math.abs(Number(difference.toPrecision(2)))} in ${name} on ${countOf(rows, 'row')}, and a model as good as the champion stays within ${size}${inRows} four times out of five. With less, chance would turn good models away; with more rows, less is enough.`,
  );
}

/**
 * Puts a measured margin in the place of the guess, in the text of one model's section. Whatever else a person wrote
 * stays; where they changed the gate or took the comment away, nothing is changed.
 *
 * @returns `undefined` where no guess stands there any more.
 */
export function replaceGuess(section: string, gated: Gated, margin: ProposedMargin): string | undefined {
  const lines = section.split('\n');
  const at = lines.findIndex((line) => line.trim().startsWith(GUESSED));
  const first = lines[at];
  if (first === undefined) return undefined;
  const indent = first.slice(0, first.indexOf('#'));
  const gate = lines.findIndex((line, index) => index > at && !line.trim().startsWith('#'));
  const guessed = /^# The margin is a guess: ([^,]+), /.exec(first.trim())?.[1];
  const written = lines[gate];
  const metric = `metric: ${yamlText(formatMetricName(gated.metric))},`;
  if (guessed === undefined || written === undefined || !written.includes(metric)) return undefined;
  const bound = `maxRegression: ${guessed} `;
  if (!written.includes(bound)) return undefined;
  const end = written.endsWith('\r') ? '\r' : '';
  return [
    ...lines.slice(0, at),
    ...marginLines(gated.model, gated.metric, margin).map((line) => `${indent}${line}${end}`),
    written.replace(bound, `maxRegression: ${formatMargin(margin.margin)} `),
    ...lines.slice(gate + 1),
  ].join('\n');
}

/** Whether the margin of a section is still the guess that it was written with. */
export function isGuessed(section: string): boolean {
  return section.split('\n').some((line) => line.trim().startsWith(GUESSED));
}
