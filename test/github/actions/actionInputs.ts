import { declaredInputs } from './actionSource.ts';
import { resolve, resolveTexts, text } from './expressions.ts';
import { WorkflowError } from './written.ts';

import type { Action } from './actionSource.ts';
import type { Contexts } from './expressions.ts';
import type { UsesStep } from './workflowFile.ts';

/** The inputs that an action gets, and those given that it does not declare (which it gets all the same). */
export type ActionInputs = { readonly values: ReadonlyMap<string, string>; readonly unexpected: readonly string[] };

/** What `with` says, else the action's defaults. */
export function actionInputs(action: Action, step: UsesStep, contexts: Contexts): ActionInputs {
  const given = new Map(
    Object.entries(resolveTexts(step.with, contexts, 'with')).map(([key, value]) => [key.toLowerCase(), value]),
  );
  const declared = declaredInputs(action);
  const names = new Set([...declared.keys()].map((name) => name.toLowerCase()));
  const unexpected = [...given.keys()].filter((key) => !names.has(key));
  const values = new Map<string, string>();
  for (const [name, { required, default: initial }] of declared) {
    const value = given.get(name.toLowerCase());
    if (value === undefined && required && initial === undefined) {
      // GitHub leaves it to the action to miss it; a file that relies on that is wrong all the same.
      throw new WorkflowError(`uses: ${step.uses}: the input ${name} is required`);
    }
    values.set(name, value ?? text(resolve(initial ?? null, contexts), name));
  }
  for (const key of unexpected) values.set(key, given.get(key) ?? '');
  return { values, unexpected };
}

/** The runner's warning of inputs that an action does not declare. */
export function unexpectedInputs(action: Action, unexpected: readonly string[]): string {
  const list = (keys: Iterable<string>): string => [...keys].map((key) => `'${key}'`).join(', ');
  return `Unexpected input(s) ${list(unexpected)}, valid inputs are [${list(declaredInputs(action).keys())}]`;
}

/** How a JavaScript action sees its inputs. */
export function inputEnvironment(inputs: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...inputs].map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]),
  );
}
