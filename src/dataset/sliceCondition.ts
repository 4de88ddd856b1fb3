import { listed, quote, suggestion } from '../config/complaint.ts';
import type { Problem } from '../failure.ts';

/*
 * A slice's `where` is written by a person and spliced into SQL of ours, so it has to be what it claims to be: one
 * expression over the columns of the row. That is read off the engine's own parse of it, never off its text. What it may
 * reach is bounded once more by the database that it runs in, which can open the holdout's files and nothing else.
 */

/** SQL that gives the engine's parse of a condition as JSON. A comment in it must not swallow what follows. */
export function parseConditionSql(literalOf: (text: string) => string, where: string): string {
  return `SELECT json_serialize_sql(${literalOf(`SELECT\n${where}\n`)})`;
}

/** SQL of the functions whose value is not settled by their arguments: a slice of them would be another one each time. */
export const UNSETTLED_FUNCTIONS_SQL =
  "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type IN ('scalar', 'macro') AND stability <> 'CONSISTENT'";

/** A condition as it stands in SQL. */
export function spliced(where: string): string {
  return `(\n${where}\n)`;
}

/**
 * What is wrong with a condition; empty where it is one expression over known columns. Whether it is a boolean one is
 * the engine's to say.
 *
 * @param parsed the JSON that {@link parseConditionSql} gives.
 */
export function problemsOfCondition(
  slice: string,
  parsed: string,
  columns: readonly string[],
  unsettled: ReadonlySet<string>,
): readonly Problem[] {
  const where = `slice ${quote(slice)}`;
  const answer = JSON.parse(parsed) as { readonly error: boolean; readonly statements?: unknown };
  const statements: readonly unknown[] = Array.isArray(answer.statements) ? answer.statements : [];
  const [statement] = statements;
  if (answer.error || statements.length !== 1 || !isOneExpression(statement)) return [notOneExpression(where)];

  const problems: Problem[] = [];
  const known = new Set(columns.map((name) => name.toLowerCase()));
  const complainOnce = (problem: Problem): void => {
    if (!problems.some(({ found }) => found === problem.found)) problems.push(problem);
  };
  for (const node of nodesOf(statement)) {
    if (node.class === 'COLUMN_REF') {
      const [name = ''] = Array.isArray(node.column_names) ? node.column_names.map(String) : [];
      if (!known.has(name.toLowerCase())) complainOnce(unknownColumn(where, name, columns));
    } else if (node.class === 'FUNCTION') {
      const name = String(node.function_name).toLowerCase();
      if (unsettled.has(name)) complainOnce(changing(where, name));
    } else if (typeof node.class === 'string' && node.class in REFUSED) {
      const found = REFUSED[node.class as keyof typeof REFUSED];
      complainOnce({ where, found, expected: 'a condition on the columns of the row' });
    }
  }
  return problems;
}

const REFUSED = {
  SUBQUERY: 'the condition holds a query of its own',
  STAR: 'the condition holds a "*"',
  PARAMETER: 'the condition holds a placeholder',
  POSITIONAL_REFERENCE: 'the condition names a column by its number',
  WINDOW: 'the condition looks at other rows (OVER)',
  DEFAULT: 'the condition holds DEFAULT',
} as const;

/** What the engine says against a condition that parses: of another type, or with a call that does not fit. */
export function conditionRefused(slice: string, message: string): Problem {
  const [line = ''] = message.split('\n', 1);
  return {
    where: `slice ${quote(slice)}`,
    found: `the condition cannot be used (${line.replace(/^[\w ]+ Error: /, '').replace(/[.!]$/, '')})`,
    expected: EXPECTED,
    remedy: 'Correct where',
  };
}

/** What the engine says against a condition while it goes over the rows: a cast or a function that fails on a value. */
export function conditionFailed(slice: string, message: string): Problem {
  return {
    ...conditionRefused(slice, message),
    remedy: 'Correct where; TRY_CAST gives NULL where a value does not fit',
  };
}

export function notBoolean(slice: string, type: string): Problem {
  return {
    where: `slice ${quote(slice)}`,
    found: `the condition gives ${type}, neither true nor false`,
    expected: EXPECTED,
    remedy: 'Compare it with something',
  };
}

const EXPECTED = 'one boolean SQL expression over columns, such as "tenure < 12 AND plan = \'basic\'"';

function notOneExpression(where: string): Problem {
  return { where, found: 'the condition is not one SQL expression', expected: EXPECTED, remedy: 'Correct where' };
}

function unknownColumn(where: string, name: string, columns: readonly string[]): Problem {
  return {
    where,
    found: `the condition names a column ${quote(name)}, and the data have none`,
    expected: `one of ${listed(columns)}`,
    remedy: 'Correct where; text stands in single quotes, and an odd name in double ones',
    ...suggestion(name, columns),
  };
}

function changing(where: string, name: string): Problem {
  return {
    where,
    found: `the condition calls ${name}, which gives another value each time`,
    expected: 'the same rows in the slice whenever it is measured',
    remedy: 'Write the value down instead',
  };
}

interface ParseNode {
  readonly class?: unknown;
  readonly column_names?: unknown;
  readonly function_name?: unknown;
}

function* nodesOf(value: unknown): Generator<ParseNode> {
  if (Array.isArray(value)) {
    for (const item of value) yield* nodesOf(item);
  } else if (typeof value === 'object' && value !== null) {
    yield value;
    // What stands inside of a refused node needs no words of its own.
    if ('class' in value && String(value.class) in REFUSED) return;
    for (const item of Object.values(value)) yield* nodesOf(item);
  }
}

/** Whether the parse is `SELECT expression` and nothing more: no second query, no table, no further clause. */
function isOneExpression(statement: unknown): boolean {
  const node = (statement as { readonly node?: Record<string, unknown> }).node ?? {};
  const selected = node.select_list;
  const from = node.from_table as { readonly type?: unknown } | undefined;
  const empty = (value: unknown): boolean =>
    value === undefined ||
    value === null ||
    (typeof value === 'object' && Object.values(value).every((each) => Array.isArray(each) && each.length === 0));
  return (
    node.type === 'SELECT_NODE' &&
    node.aggregate_handling === 'STANDARD_HANDLING' &&
    Array.isArray(selected) &&
    selected.length === 1 &&
    (selected[0] as { readonly alias?: unknown }).alias === '' &&
    from?.type === 'EMPTY' &&
    [node.modifiers, node.cte_map, node.where_clause, node.having, node.qualify, node.sample].every(empty) &&
    empty(node.group_expressions) &&
    empty(node.group_sets)
  );
}
