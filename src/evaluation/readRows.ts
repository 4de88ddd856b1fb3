import type { TaskConfig } from '../config/config.ts';
import { UserMistake } from '../failure.ts';
import { AnswerKeeper } from './answerKeeper.ts';
import { joinClasses, type TaskClasses } from './classLabels.ts';
import type { ClassNeeds, EvaluationRows, RowGroups } from './evaluationRows.ts';
import type { Holdout, HoldoutBatch, HoldoutRequest, Slice } from './holdout.ts';
import { illustratedClasses } from './illustration/illustratedClasses.ts';
import type { ResolvedMetric } from './metric.ts';
import { pairBatches, type Contenders } from './pairBatches.ts';
import { SlicePatterns } from './slicePatterns.ts';
import { ValueKeeper } from './valueKeeper.ts';

/** What to read of the evaluation rows. */
export interface RowsRequest {
  readonly task: TaskConfig;
  readonly target: string;
  readonly slices: readonly Slice[];
  readonly group?: string;
  readonly id?: string;
}

/** The classes of a contest; `undefined` for a regression. */
export function classesOf(task: TaskConfig, contenders: Contenders): TaskClasses | undefined {
  const { candidate, baseline } = contenders;
  if (task.kind !== 'regression') {
    return joinClasses(task, candidate.signature.output, baseline?.signature.output);
  }
  for (const [where, model] of [
    ['candidate', candidate],
    ['baseline', baseline],
  ] as const) {
    if (model?.signature.output.kind !== 'classes') continue;
    throw new UserMistake('task-mismatch', {
      where,
      found: 'the model answers classes, and the task is regression',
      expected: 'a model that answers one value a row',
      remedy: 'Set task: binary or multiclass, or train a regressor',
    });
  }
  return undefined;
}

/**
 * Runs both models over the holdout, batch by batch, and keeps what metrics and illustration need of each row.
 *
 * @param onRows told how many rows are done.
 * @throws UserMistake where a model answers NaN or infinity, or the truth holds a class that a model does not know.
 */
export async function readRows(
  holdout: Holdout,
  contenders: Contenders,
  request: RowsRequest,
  metrics: readonly ResolvedMetric[],
  classes: TaskClasses | undefined,
  onRows: (done: number) => void,
): Promise<EvaluationRows> {
  const patterns = new SlicePatterns(request.slices.length);
  const pattern = new Uint32Array(holdout.rows);
  const groups = request.group === undefined ? undefined : new Uint32Array(holdout.rows);
  const keeper =
    classes === undefined
      ? new ValueKeeper(holdout.rows, contenders.baseline !== undefined)
      : new AnswerKeeper(
          holdout.rows,
          classes,
          needsOf(metrics, classes, holdout.rows),
          contenders.baseline !== undefined,
        );
  let count = 0;
  for await (const paired of pairBatches(holdout, contenders, holdoutRequest(request, contenders, classes))) {
    const { batch } = paired;
    expectRoom(holdout.rows, count, batch);
    patterns.index(batch.slices, batch.rows, pattern, count);
    groups?.set((batch.group ?? missingGroup()).subarray(0, batch.rows), count);
    const [candidate, baseline] = await Promise.all([
      contenders.candidate.predict(paired.candidate, batch.ids),
      contenders.baseline?.predict(paired.baseline, batch.ids),
    ]);
    keeper.keep(batch, candidate, baseline, count);
    count += batch.rows;
    onRows(count);
  }
  if (count !== holdout.rows) throw new Error(`The holdout said ${holdout.rows} rows and gave ${count}.`);
  return {
    ...keeper.finish(),
    count,
    sliceNames: request.slices.map((slice) => slice.name),
    patterns,
    pattern,
    ...(groups && { groups: countGroups(groups) }),
  };
}

/** What both models and the metrics need of each row, less the features. */
export function holdoutRequest(
  request: RowsRequest,
  contenders: Contenders,
  classes: TaskClasses | undefined,
): Omit<HoldoutRequest, 'features'> {
  const onFile = [contenders.candidate, contenders.baseline].some((model) => model?.signature.inputs.length === 0);
  if (onFile && request.id === undefined) {
    throw new UserMistake('id-missing', {
      where: 'id',
      found: 'predictions on file are joined to their rows by id, and the config names no id column',
      remedy: 'Set id to the column that identifies a row',
    });
  }
  return {
    truth:
      classes === undefined
        ? { kind: 'value', column: request.target }
        : { kind: 'class', column: request.target, classes: classes.labels },
    slices: request.slices,
    ...(request.group !== undefined && { group: request.group }),
    ...(onFile && request.id !== undefined && { id: request.id }),
  };
}

function needsOf(metrics: readonly ResolvedMetric[], classes: TaskClasses, rows: number): ClassNeeds {
  const scores = new Set<number>();
  const several = classes.positive === undefined;
  let squaredError = false;
  for (const metric of metrics) {
    if (metric.kind === 'rank') scores.add(metric.of);
    else if (metric.kind === 'loss' && several && metric.family === 'brier') squaredError = true;
  }
  const illustrated =
    classes.positive === undefined ? illustratedClasses(scores, classes.labels.length, rows) : [classes.positive];
  return {
    ofTruth: several,
    ofPredicted: several,
    squaredError,
    scores: [...new Set([...scores, ...illustrated])],
    illustrated,
  };
}

function expectRoom(rows: number, done: number, batch: HoldoutBatch): void {
  if (done + batch.rows > rows) throw new Error(`The holdout said ${rows} rows and gave more.`);
}

function missingGroup(): never {
  throw new Error('The holdout was asked for groups and gave none.');
}

function countGroups(of: Uint32Array): RowGroups {
  let count = 0;
  for (const group of of) if (group >= count) count = group + 1;
  return { of, count };
}
