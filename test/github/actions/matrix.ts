import { WorkflowError } from './written.ts';

import type { Json } from './expressions.ts';

export type Combination = { readonly [key: string]: Json };

/** The most jobs that one matrix may come to (docs.github.com, "Usage limits"). */
const most = 256;

/**
 * The jobs of a matrix, in GitHub's order: the product of its vectors, less what `exclude` matches; then each `include`
 * joins every combination of which it overwrites no original value, or becomes a combination of its own.
 */
export function expandMatrix(matrix: Json): readonly Combination[] {
  const { include, exclude, ...vectors } = object(matrix, 'strategy.matrix');
  let product: Combination[] = Object.keys(vectors).length > 0 ? [{}] : [];
  for (const [key, vector] of Object.entries(vectors)) {
    if (!Array.isArray(vector)) throw new WorkflowError(`strategy.matrix.${key}: expected a list`);
    if (vector.length === 0) throw new WorkflowError(`Matrix vector '${key}' does not contain any values`);
    const values = vector as readonly Json[];
    product = product.flatMap((combination) => values.map((value) => ({ ...combination, [key]: value })));
  }
  const excluded = objects(exclude, 'strategy.matrix.exclude');
  const originals = product.filter((combination) => !excluded.some((each) => matches(combination, each)));
  const combinations: Combination[] = originals.map((each) => ({ ...each }));
  for (const extra of objects(include, 'strategy.matrix.include')) {
    const joined = originals.flatMap((original, at) =>
      Object.entries(extra).every(([key, value]) => !(key in original) || same(original[key], value)) ? [at] : [],
    );
    for (const at of joined) combinations[at] = { ...combinations[at], ...extra };
    if (joined.length === 0) combinations.push(extra);
  }
  if (combinations.length === 0) throw new WorkflowError('strategy.matrix: no combination is left');
  if (combinations.length > most) {
    throw new WorkflowError(`strategy.matrix: ${combinations.length} combinations, more than ${most}`);
  }
  return combinations;
}

/** The values that GitHub puts behind a job's name: `train (digits, 3)`. */
export function matrixLabel(combination: Combination): string {
  return Object.values(combination)
    .flatMap((value) => (typeof value === 'object' ? [] : [String(value)]))
    .join(', ');
}

function matches(combination: Combination, pattern: Combination): boolean {
  return Object.entries(pattern).every(([key, value]) => key in combination && same(combination[key], value));
}

function same(one: Json | undefined, other: Json): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function object(value: Json, where: string): Combination {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new WorkflowError(`${where}: expected a mapping`);
  }
  return value as Combination;
}

function objects(value: Json | undefined, where: string): readonly Combination[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new WorkflowError(`${where}: expected a list`);
  return (value as readonly Json[]).map((each) => object(each, where));
}
