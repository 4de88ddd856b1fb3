import { readShare } from '../config/quantities.ts';
import type { SliceConfig, SplitConfig, TaskConfig } from '../config/config.ts';
import { formatMetricName } from '../evaluation/metricName.ts';
import type { Proposal } from '../proposal/proposal.ts';
import { countOf } from '../wording/numbers.ts';
import { commentLines } from './comments.ts';
import { gateLines } from './gateText.ts';
import type { ProposedMargin } from './margin.ts';
import { yamlList, yamlText } from './quotedText.ts';

/** What the files of a model are called, relative to the configuration. */
export interface ModelFileNames {
  readonly script: string;
  readonly requirements: string;
  readonly schema: string;
}

/** The seed that is written; the margin is measured against the one after it. */
const FIRST_SEED = 1;

/** Without l2_regularization, leaves of a class that one row in a thousand has run away: an AUC of 0.5 in place of 0.99. */
function paramsText({ metric }: Proposal): string {
  // What is gated is what is minimised: of a target that is mostly 0, a mean is further off than its median.
  const loss = metric.family === 'mae' ? 'loss: absolute_error, ' : '';
  return `{ ${loss}learning_rate: 0.1, max_iter: 300, max_features: 0.8, l2_regularization: 1 }`;
}

const MOST_LEFT_OUT = 30;

/**
 * A model's section of `touchstone.yml`, without its indentation: each choice with its reason, as a colleague would
 * write it. `parseConfig` reads from it what the proposal says.
 */
export function modelSection(proposal: Proposal, names: ModelFileNames, margin: ProposedMargin): readonly string[] {
  const { model, target, reasons } = proposal;
  return [
    `${model}:`,
    ...inside([
      ...because(reasons.task),
      ...taskLines(proposal.task),
      ...because(reasons.target),
      `target: ${yamlText(target)}`,
      ...roleLines(proposal),
      'data:',
      ...inside([
        `train: ${proposal.data.length === 1 ? yamlText(proposal.data[0] ?? '') : yamlList(proposal.data)}`,
        ...commentLines(
          'What the rows look like today; a row or a column that does not is told before anything is trained.',
        ),
        `schema: ${yamlText(names.schema)}`,
        ...because(reasons.split),
        `split: ${splitText(proposal.split)}`,
      ]),
      'train:',
      ...inside([
        `setup: { requirements: ${yamlText(names.requirements)} }`,
        `command: ${yamlList(['python', names.script])}`,
        ...commentLines('All that the script may see besides the rows: nothing else is there when it runs.'),
        `inputs: ${yamlList([names.script])}`,
        'output: model.onnx',
        ...commentLines('Handed to the script, and part of what the model is. Change them here, not there.'),
        `params: ${paramsText(proposal)}`,
        `seed: ${FIRST_SEED}`,
        'timeout: 1h',
      ]),
      ...leftOutLines(proposal, names),
      ...sliceLines(proposal),
      ...because(reasons.metric),
      `metrics: ${yamlList(proposal.shown.map(formatMetricName))}`,
      'gates:',
      ...inside(gateLines(proposal, margin)),
      ...commentLines(
        'A verdict that was reached where training ran, such as on a laptop, may promote. Where several people train, write "judged": then only a run on the default branch counts.',
      ),
      'promote: { requires: advisory }',
    ]),
  ];
}

function inside(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}

function because(reason: string | undefined): readonly string[] {
  // Whoever said it needs no reminder.
  return reason === undefined || reason === 'as you said' ? [] : commentLines(asSentence(reason));
}

function asSentence(text: string): string {
  const [first = ''] = text;
  return `${first.toUpperCase()}${text.slice(first.length)}${/[.:]$/.test(text) ? '' : '.'}`;
}

function taskLines(task: TaskConfig): readonly string[] {
  const classes =
    task.kind === 'regression' || task.classes === undefined ? [] : [`classes: ${yamlList(task.classes)}`];
  const positive =
    task.kind === 'binary' && task.positive !== undefined ? [`positive: ${yamlText(task.positive)}`] : [];
  return [`task: ${task.kind}`, ...positive, ...classes];
}

function roleLines({ id, time, group, reasons }: Proposal): readonly string[] {
  const named = { id, time, group };
  return (['id', 'time', 'group'] as const).flatMap((role) => {
    const column = named[role];
    const line = column === undefined ? [] : [`${role}: ${yamlText(column)}`];
    return [...because(reasons[role]), ...line];
  });
}

function splitText(split: SplitConfig): string {
  if (split.by === 'time') {
    const validation = split.validationFrom === undefined ? '' : `, validation: ${instant(split.validationFrom)}`;
    return `{ by: time, holdout: ${instant(split.holdoutFrom)}${validation} }`;
  }
  const validation = split.validation > 0 ? `, validation: ${share(split.validation)}` : '';
  return `{ by: ${split.by}, holdout: ${share(split.holdout)}${validation} }`;
}

/** Midnight is written as its day. Quoted: some readers of YAML make a date of it. */
function instant(iso: string): string {
  return `'${iso.replace(/T00:00:00(?:\.000)?Z$/, '')}'`;
}

function share(fraction: number): string {
  const percent = `${Number(`${fraction}e2`)}%`;
  const read = readShare(percent);
  return read.kind === 'read' && read.value === fraction ? percent : `${fraction}`;
}

function leftOutLines({ leftOut, target }: Proposal, { script }: ModelFileNames): readonly string[] {
  const columns = leftOut.filter(({ column, because: why }) => column !== target && why !== 'role');
  if (columns.length === 0) return [];
  const shown = columns.slice(0, MOST_LEFT_OUT);
  const more = columns.length - shown.length;
  return [
    ...commentLines(`Columns that ${script} does not read. To take one back, take the # off its line there:`),
    ...shown.flatMap(({ column, sentence }) => commentLines(`  ${JSON.stringify(column)}: ${sentence}`)),
    ...(more > 0 ? commentLines(`And ${countOf(more, 'more column')}, all listed there.`) : []),
  ];
}

function sliceLines({ slices, reasons }: Proposal): readonly string[] {
  if (slices.length === 0) {
    return because(reasons.slices ?? 'Parts of the holdout to look at beside the whole: slices: [COLUMN, ...]');
  }
  return [...because(reasons.slices), 'slices:', ...inside(slices.map((slice) => `- ${sliceText(slice)}`))];
}

function sliceText(slice: SliceConfig): string {
  return slice.kind === 'column'
    ? yamlText(slice.column)
    : `{ name: ${yamlText(slice.name)}, where: ${yamlText(slice.where)} }`;
}
