import { formatMetricName } from '../../evaluation/metricName.ts';
import type { Proposal } from '../../proposal/proposal.ts';
import { countOf } from '../../wording/numbers.ts';
import { printable } from '../../wording/printable.ts';
import { columns } from '../columns.ts';

const MOST_LEFT_OUT = 8;

/**
 * A proposal as a person reads it: each choice with its reason.
 *
 * @param script the training script, once it is known how it is called.
 */
export function tellProposal(proposal: Proposal, script = 'the training script'): string {
  const { model, task, target, id, time, group, slices, metric, reasons, features, leftOut } = proposal;
  const split = proposal.split.by === 'time' ? 'by time' : `by ${proposal.split.by}`;
  const rows: (readonly [string, string, string | undefined])[] = [
    ['model', model, reasons.model],
    ['target', target, reasons.target],
    ['task', task.kind, reasons.task],
    ['id', id ?? 'none', reasons.id],
    ['time', time ?? 'none', reasons.time],
    ['group', group ?? 'none', reasons.group],
    ['split', split, reasons.split],
    [
      'slices',
      slices.map((slice) => (slice.kind === 'column' ? slice.column : slice.name)).join(', ') || 'none',
      reasons.slices,
    ],
    ['gate on', formatMetricName(metric), reasons.metric],
    ['features', `${features.length}`, undefined],
  ];
  const lines = columns(rows.map(([choice, value, reason = '']) => [choice, printable(value, 40), reason]));
  const hidden = leftOut.filter(({ because, column }) => because !== 'role' && column !== target);
  if (hidden.length === 0) return lines.join('\n');
  const shown = hidden.slice(0, MOST_LEFT_OUT).map(({ column, sentence }) => [`  ${printable(column, 40)}`, sentence]);
  const more = hidden.length - shown.length;
  return [
    ...lines,
    'left out:',
    ...columns(shown),
    ...(more > 0 ? [`  and ${countOf(more, 'more column')}`] : []),
    ...(hidden.some(({ as }) => as !== undefined) ? [`  To take one back, take the # off its line in ${script}.`] : []),
  ].join('\n');
}
