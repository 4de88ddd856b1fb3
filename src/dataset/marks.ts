import { inNameOrder, rowTextSql, wordsSql } from './canonicalForm.ts';
import type { ColumnSql } from './columnSql.ts';
import type { ModelData } from './dataset.ts';
import { numberSql } from './featureSql.ts';
import { labelSql } from './labelSql.ts';
import { columnsSql, storedRows } from './relation.ts';
import { keyColumns, keyTextSql } from './rowKey.ts';
import type { DatasetSource } from './source.ts';
import { sideSql, type Split } from './split.ts';
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
 * @param split cuts the rows into sides; without it all of them are `side`.
 */
export function marksSql(source: DatasetSource, model: ModelData, split: Split | undefined, side: string): string {
  const sql = columnsSql(source);
  const names = source.columns.map(({ name }) => name);
  // First the canonical texts, so that row text and key text share the work of making them.
  const texts = names.map((name, index) => `${sql.get(name)?.canonical ?? 'NULL'} AS t${index}`);
  const target = source.columns.find(({ name }) => name === model.target);
  const targetSql = target === undefined ? undefined : sql.get(target.name);
  const label = target && targetSql && model.task.kind !== 'regression' ? labelSql(target, targetSql) : 'NULL::VARCHAR';
  const value =
    target && targetSql && model.task.kind === 'regression'
      ? `(${numberSql(target, targetSql)})::DOUBLE`
      : 'NULL::DOUBLE';
  const time = split?.config.by === 'time' ? (sql.get(split.column ?? '')?.value ?? 'NULL') : 'NULL';

  const named = new Map<string, ColumnSql>(
    names.map((name, index) => [name, { value: 'time', text: `t${index}`, canonical: `t${index}` }]),
  );
  const ordered = inNameOrder(names.map((name, index) => ({ name, index })));
  const rowText = rowTextSql(ordered.map(({ index }) => `t${index}`));
  const keyText = keyTextSql(keyColumns(model, names), named);
  const sideOf = split === undefined ? literal(side) : sideSql(split, named);
  return `SELECT side, ${asColumns(wordsSql('row_hash'), 'h')}, ${asColumns(wordsSql('key_hash').slice(0, 2), 'k')},
      ${missingWords(names.length)
        .map((_, word) => `m${word}`)
        .join(', ')}, label, value
    FROM (
      SELECT ${sideOf} AS side, sha256(${rowText}) AS row_hash, sha256(${keyText}) AS key_hash,
        ${missingWords(names.length)
          .map((word, index) => `${word} AS m${index}`)
          .join(', ')}, label, value
      FROM (
        SELECT ${texts.join(', ')}, ${label} AS label, ${value} AS value, ${time} AS time
        FROM (${storedRows(source)})
      )
    )`;
}

function asColumns(words: readonly string[], prefix: string): string {
  return words.map((word, index) => `${word} AS ${prefix}${index}`).join(', ');
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
