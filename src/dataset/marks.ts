import { inNameOrder, rowTextSql, wordsSql } from './canonicalForm.ts';
import { canonicalSql, type ColumnSql } from './columnSql.ts';
import type { ModelData } from './dataset.ts';
import { numberSql } from './featureSql.ts';
import { labelSql } from './labelSql.ts';
import { columnsSql, storedRows } from './relation.ts';
import { keyColumns, keyTextSql } from './rowKey.ts';
import type { DatasetSource, Split } from './source.ts';
import { withSideSql } from './split.ts';
import { literal } from './sqlText.ts';

/*
 * What is kept of each row while a dataset is inspected, a table of fixed width: its side of the split, its hash
 * (h0..h3) and its key (k0, k1) as words of 64 bits, which of its values are missing (m0, m1, ... of 64 columns each,
 * bit i of word w for column 64 w + i), and its target.
 */

const COLUMNS_A_WORD = 64;

/**
 * SQL of the marks of all rows of a source, in no order.
 *
 * @param split cuts the rows into sides; without it all of them are of `role`.
 */
export function marksSql(source: DatasetSource, model: ModelData, split: Split | undefined, role: string): string {
  const sql = columnsSql(source);
  const names = source.columns.map(({ name }) => name);
  const marked = new Map<string, ColumnSql>(
    names.map((name, index) => [name, { value: `v${index}`, text: `t${index}`, canonical: `t${index}` }]),
  );
  const ordered = inNameOrder(names.map((name, index) => ({ name, index })));
  const rowText = rowTextSql(ordered.map(({ index }) => `t${index}`));
  const keyText = keyTextSql(keyColumns(model, names), marked);
  const { label, value } = targetSql(source, model, marked);
  const missing = missingWords(names.length);

  // A query for each step: an expression that is named twice is computed twice.
  const values = `SELECT ${each(names, (name, index) => `${sql.get(name)?.value ?? 'NULL'} AS v${index}`)} FROM (${storedRows(source)})`;
  const texts = `SELECT *, ${each(source.columns, (column, index) => `${canonicalSql(column, `v${index}`)} AS t${index}`)} FROM (${values})`;
  const sided =
    split === undefined ? `SELECT *, ${literal(role)} AS side FROM (${texts})` : withSideSql(texts, split, marked);
  const hashed = `SELECT side, sha256(${rowText}) AS row_hash, sha256(${keyText}) AS key_hash,
    ${each(missing, (word, index) => `${word} AS m${index}`)}, ${label} AS label, ${value} AS value FROM (${sided})`;
  return `SELECT side, ${each(wordsSql('row_hash'), (word, index) => `${word} AS h${index}`)},
    ${each(wordsSql('key_hash').slice(0, 2), (word, index) => `${word} AS k${index}`)},
    ${each(missing, (_, index) => `m${index}`)}, label, value FROM (${hashed})`;
}

function each<T>(items: readonly T[], sql: (item: T, index: number) => string): string {
  return items.map(sql).join(', ');
}

function targetSql(
  source: DatasetSource,
  model: ModelData,
  marked: ReadonlyMap<string, ColumnSql>,
): { readonly label: string; readonly value: string } {
  const column = source.columns.find(({ name }) => name === model.target);
  const sql = marked.get(model.target);
  const none = { label: 'NULL::VARCHAR', value: 'NULL::DOUBLE' };
  if (column === undefined || sql === undefined) return none;
  if (model.task.kind === 'regression') return { ...none, value: `(${numberSql(column, sql)})::DOUBLE` };
  return { ...none, label: labelSql(column, sql) };
}

function missingWords(columns: number): readonly string[] {
  const words = Math.ceil(columns / COLUMNS_A_WORD);
  return Array.from({ length: words }, (_, word) => {
    const from = word * COLUMNS_A_WORD;
    const bits = Array.from(
      { length: Math.min(COLUMNS_A_WORD, columns - from) },
      (__, bit) => `((t${from + bit} IS NULL)::UBIGINT << ${bit})`,
    );
    return `(${bits.join(' | ')})`;
  });
}

/** SQL of the counts of one side of a table of marks: rows, then the rows in which each column is missing. */
export function countsSql(marks: string, side: string, columns: number): string {
  const missing = Array.from({ length: columns }, (_, column) => {
    const word = Math.floor(column / COLUMNS_A_WORD);
    return `coalesce(sum((m${word} >> ${column % COLUMNS_A_WORD}) & 1), 0)::BIGINT`;
  });
  return `SELECT count(*), ${missing.join(', ')} FROM ${marks} WHERE side = ${literal(side)}`;
}

/** SQL of the rows of one side whose id another one has too. Column number `id` holds the id. */
export function duplicateIdsSql(marks: string, side: string, id: number): string {
  const present = `(m${Math.floor(id / COLUMNS_A_WORD)} >> ${id % COLUMNS_A_WORD}) & 1 = 0`;
  return `SELECT coalesce(sum(n), 0)::BIGINT FROM (
    SELECT count(*) AS n FROM ${marks} WHERE side = ${literal(side)} AND ${present} GROUP BY k0, k1 HAVING count(*) > 1)`;
}

export function labelsSql(marks: string, side: string, most: number): string {
  return `SELECT label, count(*) FROM ${marks} WHERE side = ${literal(side)} AND label IS NOT NULL
    GROUP BY label ORDER BY count(*) DESC, label LIMIT ${most}`;
}

/** SQL of smallest and largest target, and how many are there and no finite number. Column number `target` holds it. */
export function valuesSql(marks: string, side: string, target: number): string {
  const present = `(m${Math.floor(target / COLUMNS_A_WORD)} >> ${target % COLUMNS_A_WORD}) & 1 = 0`;
  return `SELECT min(value) FILTER (isfinite(value)), max(value) FILTER (isfinite(value)),
    count(*) FILTER (${present} AND (value IS NULL OR NOT isfinite(value)))
    FROM ${marks} WHERE side = ${literal(side)}`;
}
