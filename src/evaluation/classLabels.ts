import type { TaskConfig } from '../config/config.ts';
import { UserMistake } from '../failure.ts';
import type { OutputSignature } from './predictor.ts';

/** One list of labels for the truth and every model, however each of them orders its own. */
export interface TaskClasses {
  /** The candidate's labels in its order, then those that the baseline alone knows. */
  readonly labels: readonly string[];
  /** Index of the class whose probability a binary task scores; `undefined` for several classes. */
  readonly positive: number | undefined;
  readonly candidate: ClassMap;
  readonly baseline?: ClassMap;
}

export interface ClassMap {
  /** By the model's class index: the task's. */
  readonly toTask: Uint16Array;
  /** By the task's class index: the model's probability column, or -1 where the model knows no such class. */
  readonly columnOf: Int32Array;
  /** Whether the model's order is the task's own. */
  readonly sameOrder: boolean;
}

/**
 * Joins the candidate's and the baseline's classes into one list.
 *
 * @throws UserMistake where a model answers values, a binary model has not two classes, or a model lacks the positive one.
 */
export function joinClasses(
  task: Extract<TaskConfig, { kind: 'binary' | 'multiclass' }>,
  candidate: OutputSignature,
  baseline: OutputSignature | undefined,
): TaskClasses {
  const ofCandidate = classesOf(task, candidate, 'candidate');
  const ofBaseline = baseline === undefined ? undefined : classesOf(task, baseline, 'baseline');
  const labels = [...new Set([...ofCandidate, ...(ofBaseline ?? [])])];
  return {
    labels,
    positive: task.kind === 'binary' ? positiveOf(task.positive, labels, ofCandidate, ofBaseline) : undefined,
    candidate: mapClasses(labels, ofCandidate),
    ...(ofBaseline && { baseline: mapClasses(labels, ofBaseline) }),
  };
}

function classesOf(task: TaskConfig, output: OutputSignature, model: string): readonly string[] {
  if (output.kind === 'values') {
    throw new UserMistake('task-mismatch', {
      where: model,
      found: `the model answers values, and the task is ${task.kind}`,
      expected: 'a model that answers classes',
      remedy: 'Set task: regression, or train a classifier',
    });
  }
  if (task.kind === 'binary' && output.classes.length !== 2) {
    throw new UserMistake('task-mismatch', {
      where: model,
      found: `the model knows ${output.classes.length} classes (${listed(output.classes)}), and the task is binary`,
      expected: 'two classes',
      remedy: 'Set task: multiclass, or train on two classes',
    });
  }
  return output.classes;
}

function positiveOf(
  configured: string | undefined,
  labels: readonly string[],
  ofCandidate: readonly string[],
  ofBaseline: readonly string[] | undefined,
): number {
  const positive = configured ?? ofCandidate[1];
  for (const [model, classes] of [
    ['candidate', ofCandidate],
    ['baseline', ofBaseline],
  ] as const) {
    if (positive === undefined || classes === undefined || classes.includes(positive)) continue;
    throw new UserMistake('positive-unknown', {
      where: model,
      found: `the model knows no class "${positive}", which is the positive one`,
      expected: `one of its classes: ${listed(classes)}`,
      remedy: configured === undefined ? 'Name the positive class in positive' : 'Correct positive',
    });
  }
  return labels.indexOf(positive ?? '');
}

function mapClasses(labels: readonly string[], classes: readonly string[]): ClassMap {
  const toTask = Uint16Array.from(classes, (label) => labels.indexOf(label));
  const columnOf = Int32Array.from(labels, (label) => classes.indexOf(label));
  return { toTask, columnOf, sameOrder: toTask.every((index, column) => index === column) };
}

/** The first labels of a list that may be long. */
export function listed(labels: readonly string[]): string {
  const shown = labels.slice(0, 10).join(', ');
  return labels.length > 10 ? `${shown} and ${labels.length - 10} more` : shown;
}
