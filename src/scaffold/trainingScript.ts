import { formatMetricName } from '../evaluation/metricName.ts';
import type { ProposedFeature, Proposal } from '../proposal/proposal.ts';
import { comment } from './comments.ts';
import type { DataFormat } from './dataFormat.ts';
import { quotedText } from './quotedText.ts';
import { conversion, imports, main, model, reading, scoring } from './trainingCode.ts';

/**
 * A script that trains on the proposal's columns by scikit-learn and leaves an ONNX model: to run as it is, and to edit.
 * All that it knows of Touchstone is the training contract of `docs/training.md`.
 */
export function trainingScript(proposal: Proposal, data: DataFormat): string {
  const task = proposal.task.kind === 'regression' ? 'regression' : 'classification';
  const sections = [
    `"""${summary(proposal)}

Touchstone says by environment variables where the rows are, what to try, and where the model goes; nothing of it is
imported here. Parameters and seed stand in touchstone.yml. Same rows, parameters and seed: same bytes.
"""

${imports(data, task)}

TARGET = ${quotedText(proposal.target)}

# Numbers, true and false. A missing one is NaN, which the trees know what to do with.
NUMBERS = ${columnList(proposal, 'number')}

# Text. The most frequent values become columns of 0 and 1; a value that training has not seen is none of them.
CATEGORIES = ${columnList(proposal, 'category')}
MOST_VALUES = 30${notRead(proposal)}`,
    reading(data, task, proposal.schema.columns.get(proposal.target)?.type === 'float'),
    model(task),
    conversion(task),
    scoring(task),
    main(),
  ];
  return `${sections.join('\n\n\n')}\n`;
}

function summary({ task, target, metric }: Proposal): string {
  const what = { binary: 'the two labels', multiclass: 'the labels', regression: 'the numbers' }[task.kind];
  const text = `Learns ${what} of ${quotedText(target)} by gradient boosting; judged by ${formatMetricName(metric)}.`;
  // In a docstring a backslash is an escape, and three quotes are its end.
  return comment(text).slice('# '.length).replaceAll('\\', '/').replaceAll('"', "'");
}

/** The columns that are read, and as comments those that could be: a line moves in and out by its `#`. */
function columnList({ features, leftOut }: Proposal, kind: ProposedFeature['kind']): string {
  const read = features.filter((feature) => feature.kind === kind).map(({ column }) => `    ${quotedText(column)},`);
  const left = leftOut
    .filter((column) => column.as === kind)
    .map(({ column, sentence }) => `    # ${quotedText(column)},  ${comment(sentence)}`);
  const lines = [...read, ...left];
  return lines.length === 0 ? '[]' : `[\n${lines.join('\n')}\n]`;
}

/** Columns that neither list could hold. */
function notRead({ leftOut, target }: Proposal): string {
  const columns = leftOut.filter(({ as, column }) => as === undefined && column !== target);
  if (columns.length === 0) return '';
  const lines = columns.map(({ column, sentence }) => comment(`${quotedText(column)}: ${sentence}`));
  return `\n\n# Not read:\n${lines.map((line) => line.replace('# ', '#   ')).join('\n')}`;
}
