import { github } from './githubPackages.ts';
import { Expression, isWrittenList, isWrittenMap, WorkflowError } from './written.ts';

import type { data } from '@actions/expressions';
import type { Written } from './written.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** How what ran before went, which `success()` and its like ask for. */
export type Status = { readonly success: boolean; readonly failure: boolean; readonly cancelled: boolean };

/** What an expression may read. `status` is absent where GitHub has none (anywhere but in `if`). */
export type Contexts = { readonly values: { readonly [context: string]: Json }; readonly status?: Status };

/** Evaluates one expression. A context or function that is not given is an error, as on GitHub. */
export function evaluate(code: string, contexts: Contexts): Json {
  const { data, Parser, Evaluator } = github;
  const functions = statusFunctions(contexts.status);
  const names = Object.keys(contexts.values);
  try {
    const tree = new Parser(tokens(code), names, functions).parse();
    const values = new data.Dictionary(...names.map((key) => ({ key, value: revive(contexts.values[key] ?? null) })));
    return plain(new Evaluator(tree, values, new Map(functions.map((each) => [each.name, each]))).evaluate());
  } catch (error) {
    throw new WorkflowError(`\${{ ${code} }}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** The parts of an expression. GitHub's lexer takes one doubled quote of a text for one, and leaves the others doubled. */
function tokens(code: string): ReturnType<InstanceType<typeof github.Lexer>['lex']>['tokens'] {
  return new github.Lexer(code)
    .lex()
    .tokens.map((token) =>
      token.lexeme.startsWith("'") ? { ...token, value: token.lexeme.slice(1, -1).replaceAll("''", "'") } : token,
    );
}

/** Whether an `if` holds. An absent `success()` has been put in by the parser. */
export function holds(condition: string, contexts: Contexts): boolean {
  const value = evaluate(condition, contexts);
  return !(value === null || value === false || value === '' || value === 0 || Number.isNaN(value));
}

/** Evaluates all expressions in a written value. */
export function resolve(value: Written, contexts: Contexts): Json {
  if (value instanceof Expression) return evaluate(value.code, contexts);
  if (isWrittenList(value)) return value.map((each) => resolve(each, contexts));
  if (isWrittenMap(value)) {
    return Object.fromEntries([...value].map(([key, each]) => [key, resolve(each, contexts)]));
  }
  return value;
}

/** The text that a value becomes in a `run`, an input or an environment variable. */
export function text(value: Json, where: string): string {
  if (value === null) return '';
  if (typeof value === 'object') throw new WorkflowError(`${where}: expected text, found a list or a mapping`);
  return typeof value === 'number' ? new github.data.NumberData(value).coerceString() : String(value);
}

/** Evaluates a written value to text. */
export function resolveText(value: Written | undefined, contexts: Contexts, where: string): string | undefined {
  return value === undefined ? undefined : text(resolve(value, contexts), where);
}

/** Evaluates a mapping to texts, such as `env` and `with`. */
export function resolveTexts(
  map: ReadonlyMap<string, Written>,
  contexts: Contexts,
  where: string,
): Readonly<Record<string, string>> {
  return Object.fromEntries([...map].map(([key, value]) => [key, text(resolve(value, contexts), `${where}.${key}`)]));
}

/** Evaluates a switch such as `continue-on-error`. */
export function resolveBoolean(value: Written | undefined, contexts: Contexts, where: string): boolean | undefined {
  const resolved = value === undefined ? undefined : resolve(value, contexts);
  if (resolved === undefined || typeof resolved === 'boolean') return resolved;
  throw new WorkflowError(`${where}: expected true or false, found ${JSON.stringify(resolved)}`);
}

/** Evaluates a number such as `timeout-minutes`. */
export function resolveNumber(value: Written | undefined, contexts: Contexts, where: string): number | undefined {
  const resolved = value === undefined ? undefined : resolve(value, contexts);
  if (resolved === undefined || typeof resolved === 'number') return resolved;
  throw new WorkflowError(`${where}: expected a number, found ${JSON.stringify(resolved)}`);
}

function statusFunctions(
  status: Status | undefined,
): { name: string; minArgs: 0; maxArgs: 0; call: () => data.BooleanData }[] {
  if (status === undefined) return [];
  const answers = { success: status.success, failure: status.failure, cancelled: status.cancelled, always: true };
  return Object.entries(answers).map(([name, answer]) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new github.data.BooleanData(answer),
  }));
}

function revive(value: Json): data.ExpressionData {
  return JSON.parse(JSON.stringify(value), github.data.reviver) as data.ExpressionData;
}

function plain(value: data.ExpressionData): Json {
  // JSON knows no NaN, which an expression can come to.
  if (value instanceof github.data.NumberData) return value.number();
  return JSON.parse(JSON.stringify(value, github.data.replacer)) as Json;
}
