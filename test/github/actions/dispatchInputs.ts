import { WorkflowError } from './written.ts';

import type { DispatchInput } from './triggers.ts';

export type DispatchedInputs = Readonly<Record<string, string | boolean | number>>;

/**
 * The inputs of a dispatched run: what was given, else the default, in their types (the `inputs` context keeps booleans and
 * numbers; the payload has texts). An unknown, missing or ill-typed input is refused in GitHub's words.
 */
export function dispatchInputs(
  declared: ReadonlyMap<string, DispatchInput>,
  given: Readonly<Record<string, unknown>>,
): DispatchedInputs {
  const unknown = Object.keys(given).filter((name) => !declared.has(name));
  if (unknown.length > 0) throw new WorkflowError(`Unexpected inputs provided: ${JSON.stringify(unknown)}`);
  return Object.fromEntries(
    [...declared].map(([name, input]) => [name, typed(name, input, given[name] ?? input.default)]),
  );
}

function typed(name: string, input: DispatchInput, value: unknown): string | boolean | number {
  if (value === undefined || value === '') {
    if (input.required) throw new WorkflowError(`Required input '${name}' not provided`);
    return input.type === 'boolean' ? false : '';
  }
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw new WorkflowError(`Input '${name}' is neither text nor number nor boolean`);
  }
  const text = String(value);
  switch (input.type) {
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw new WorkflowError(`Input '${name}' is not a boolean: ${text}`);
      return text === 'true';
    case 'number':
      if (Number.isNaN(Number(text))) throw new WorkflowError(`Input '${name}' is not a number: ${text}`);
      return Number(text);
    case 'choice':
      if (input.options?.includes(text) !== true) {
        throw new WorkflowError(`Provided value '${text}' for input '${name}' not in the list of allowed values`);
      }
      return text;
    case 'string':
    case 'environment':
      return text;
  }
}
