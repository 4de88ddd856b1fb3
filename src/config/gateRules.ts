import { formatMetricName } from '../evaluation/metricName.ts';
import { listed, nearest, quote, type Complain, type Path } from './complaint.ts';
import type { GateConfig, MetricFamily, ModelConfig, SliceConfig, TaskConfig } from './config.ts';
import { gateId } from './normalise.ts';
import { entriesOf } from './reading.ts';
import { tellRepeats, type Rule } from './rule.ts';

const OVERALL = 'overall';

const LONGEST_SLICE_NAME = 100;

export const slicesHaveUsableNames: Rule = ({ path, model, written }, complain) => {
  const columns = model.slices.filter((slice) => slice.kind === 'column').map((slice) => slice.column);
  for (const [index, { path: at }] of entriesOf(written.slices, [...path, 'slices']).entries()) {
    const slice = model.slices[index];
    if (slice?.kind !== 'where') continue;
    const { name } = slice;
    const column = columns.find((each) => name.startsWith(`${each}=`));
    const expected =
      name === OVERALL
        ? 'another name: overall is every row'
        : column !== undefined
          ? `another name: ${quote(`${column}=...`)} names the slices of the column ${quote(column)}`
          : name.trim() !== name ||
              name.length > LONGEST_SLICE_NAME ||
              /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(name)
            ? `up to ${LONGEST_SLICE_NAME} characters on one line, without blanks at the ends`
            : undefined;
    if (expected !== undefined) complain({ path: [...at, 'name'], found: quote(name), expected });
  }
};

export const slicesAreNamedOnce: Rule = ({ path, model, written }, complain) => {
  const entries = entriesOf(written.slices, [...path, 'slices']);
  tellRepeats(model.slices.map(sliceName), (name, index, first) => {
    const entry = entries[index];
    const before = entries[first];
    if (entry === undefined || before === undefined) return;
    const found = `the slice ${quote(name)} is defined already, at [${first}]`;
    complain({
      path: entry.path,
      found,
      remedy: 'Take one of the two out, or rename it',
      leansOn: [entry.path, before.path],
    });
  });
};

/** Columns and names do not mix: `sex` of a column stands for `sex=VALUE`. */
function sliceName(slice: SliceConfig): string {
  return slice.kind === 'column' ? slice.column : slice.name;
}

/** A value of a column is only known with the data: `sex=Male` is defined where `sex` is a slice. */
export const gatesWatchDefinedSlices: Rule = ({ path, model, written }, complain) => {
  const names = [OVERALL, ...model.slices.filter((slice) => slice.kind === 'where').map((slice) => slice.name)];
  const columns = model.slices.filter((slice) => slice.kind === 'column').map((slice) => slice.column);
  const leansOn =
    written.slices === undefined
      ? [[...path, 'slices']]
      : entriesOf(written.slices, [...path, 'slices']).map(({ value, path: at }) =>
          typeof value === 'string' ? at : [...at, 'name'],
        );
  const defined = [...names, ...columns.map((column) => `${column}=VALUE`)];
  for (const [index, { slice }] of model.gates.entries()) {
    if (
      names.includes(slice) ||
      columns.some((column) => slice.startsWith(`${column}=`) && slice.length > column.length + 1)
    )
      continue;
    const near = nearest(slice, defined);
    const remedy = columns.includes(slice)
      ? `A gate watches one value of a column: write ${quote(`${slice}=VALUE`)}`
      : near === undefined
        ? 'Add it to slices, or correct the name'
        : `Perhaps ${quote(near)} is meant`;
    complain({
      path: [...path, 'gates', index, 'slice'],
      found: `no slice ${quote(slice)} is defined`,
      remedy: `${remedy}; defined: ${listed(defined)}`,
      leansOn,
    });
  }
};

export const gatesHaveABound: Rule = ({ path, model, written }, complain) => {
  for (const index of model.gates.keys()) {
    const gate = written.gates?.[index];
    const bounds = [gate?.min, gate?.max, gate?.maxRegression, gate?.minImprovement];
    if (bounds.some((bound) => bound !== undefined)) continue;
    complain({
      path: [...path, 'gates', index],
      found: 'a gate without a bound',
      expected: 'at least one of min, max, maxRegression, minImprovement',
      leansOn: [[...path, 'gates', index]],
    });
  }
};

export const gatesAskForOneChange: Rule = ({ path, model }, complain) => {
  for (const [index, gate] of model.gates.entries()) {
    if (gate.maxRegression === undefined || gate.minImprovement === undefined) continue;
    complain({
      path: [...path, 'gates', index],
      found: 'both maxRegression and minImprovement',
      expected: 'one of them',
      remedy: 'Keep minImprovement if the candidate has to be better, maxRegression if it may be a little worse',
    });
  }
};

export const gatesSpeakOnceOfAMetric: Rule = ({ path, model }, complain) => {
  tellRepeats(model.gates.map(gateId), (id, index, first) => {
    complain({
      path: [...path, 'gates', index],
      found: `a gate on ${quote(id)} stands already at gates[${first}]`,
      remedy: 'Merge the two: one gate may hold several bounds',
      leansOn: [first, index].flatMap((each) => [
        [...path, 'gates', each, 'metric'],
        [...path, 'gates', each, 'slice'],
      ]),
    });
  });
};

export const leastIsNotAboveGreatest: Rule = ({ path, model }, complain) => {
  for (const [index, { min, max }] of model.gates.entries()) {
    if (min === undefined || max === undefined || min <= max) continue;
    complain({ path: [...path, 'gates', index, 'min'], found: `${min}`, expected: `at most max, which is ${max}` });
  }
};

type Range = readonly [least: number, greatest: number];

const SHARE: Range = [0, 1];
const NOT_NEGATIVE: Range = [0, Infinity];

const RANGES: { readonly [family in MetricFamily]: Range } = {
  accuracy: SHARE,
  recall: SHARE,
  precision: SHARE,
  f1: SHARE,
  auc: SHARE,
  averagePrecision: SHARE,
  brier: SHARE,
  logLoss: NOT_NEGATIVE,
  mae: NOT_NEGATIVE,
  rmse: NOT_NEGATIVE,
  r2: [-Infinity, 1],
  latencyMs: NOT_NEGATIVE,
};

function rangeOf(family: MetricFamily, task: TaskConfig['kind']): Range {
  // The sum over the classes of squared differences: twice that of a binary task (Brier 1950).
  return family === 'brier' && task === 'multiclass' ? [0, 2] : RANGES[family];
}

export const boundsLieInTheMetricsRange: Rule = ({ path, model }, complain) => {
  for (const [index, gate] of model.gates.entries()) {
    const at: Path = [...path, 'gates', index];
    tellBoundsOutOfRange(gate, model, at, (complaint) => {
      complain({ ...complaint, leansOn: [[...at, 'metric']] });
    });
  }
};

function tellBoundsOutOfRange(gate: GateConfig, model: ModelConfig, path: Path, complain: Complain): void {
  const range = rangeOf(gate.metric.family, model.task.kind);
  const [least, greatest] = range;
  const name = quote(formatMetricName(gate.metric));
  const within =
    greatest === Infinity
      ? `at least ${least}`
      : least === -Infinity
        ? `at most ${greatest}`
        : `from ${least} to ${greatest}`;
  for (const bound of ['min', 'max'] as const) {
    const value = gate[bound];
    if (value === undefined || (value >= least && value <= greatest)) continue;
    const percent = range === SHARE && value >= 2 && value <= 100;
    const remedy = percent ? { remedy: `Write ${Number(`${value}e-2`)}` } : {};
    complain({
      path: [...path, bound],
      found: `the number ${value}`,
      expected: `a value of ${name}, which is ${within}`,
      ...remedy,
    });
  }
  for (const bound of ['maxRegression', 'minImprovement'] as const) {
    const margin = gate[bound];
    if (margin?.kind !== 'absolute' || margin.value < greatest - least) continue;
    const points = range === SHARE && margin.value <= 100;
    const remedy = points
      ? {
          remedy: `Write ${Number(`${margin.value}e-2`)} for ${margin.value} points, or ${margin.value}% for a share of the baseline`,
        }
      : {};
    const expected = `less than ${greatest - least}, since ${name} is ${within}`;
    complain({ path: [...path, bound], found: `the number ${margin.value}`, expected, ...remedy });
  }
}

/** A time is measured in this run, on this machine: it has no interval against a champion, and no rows of a slice. */
export const latencyHasAMaximumOnly: Rule = ({ path, model }, complain) => {
  for (const [index, gate] of model.gates.entries()) {
    if (gate.metric.family !== 'latencyMs') continue;
    const at: Path = [...path, 'gates', index];
    for (const bound of ['min', 'maxRegression', 'minImprovement'] as const) {
      if (gate[bound] === undefined) continue;
      const found = `${bound} on latencyMs`;
      complain({ path: [...at, bound], atKey: true, found, expected: 'max', leansOn: [[...at, 'metric']] });
    }
    if (gate.slice !== OVERALL) {
      const found = `latencyMs in the slice ${quote(gate.slice)}`;
      complain({ path: [...at, 'slice'], found, expected: 'overall', leansOn: [[...at, 'metric']] });
    }
  }
};
