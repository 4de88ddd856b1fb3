import type { SplitConfig } from '../config/config.ts';
import { BUCKETS, bucketSql, rowTextSql, splitHashSql } from './canonicalForm.ts';
import type { ColumnSql } from './columnSql.ts';
import type { ModelData } from './dataset.ts';
import { keyColumns, keyTextSql } from './rowKey.ts';
import type { DatasetRole, Split } from './source.ts';
import { literal } from './sqlText.ts';

export function splitOf(config: SplitConfig, model: ModelData, columns: readonly string[]): Split {
  const key = keyColumns(model, columns);
  const column = config.by === 'group' ? model.group : config.by === 'time' ? model.time : undefined;
  return column === undefined ? { config, key } : { config, key, column };
}

/** The sides that a split makes. */
export function sidesOf(config: SplitConfig): readonly DatasetRole[] {
  const validates = config.by === 'time' ? config.validationFrom !== undefined : config.validation > 0;
  return validates ? ['train', 'validation', 'holdout'] : ['train', 'holdout'];
}

/**
 * SQL of some rows with their side of the split added as the text `side`, and no promise on further columns. By hash:
 * sha256 of (salt, line feed, row text), read as one number, modulo 10,000, where the row text is that of the group or of
 * the row key; the holdout takes the lowest numbers, validation the next, so that a change of the validation share moves
 * no row into or out of the holdout. By time: each instant begins its side.
 */
export function withSideSql(rows: string, split: Split, columns: ReadonlyMap<string, ColumnSql>): string {
  const { config } = split;
  const column = columns.get(split.column ?? '');
  if (config.by === 'time') {
    const from = (instant: string): string => `(${column?.value ?? 'NULL'}) >= ${instantSql(instant)}`;
    const validation =
      config.validationFrom === undefined ? '' : `WHEN ${from(config.validationFrom)} THEN 'validation'`;
    return `SELECT *, CASE WHEN ${from(config.holdoutFrom)} THEN 'holdout' ${validation} ELSE 'train' END AS side FROM (${rows})`;
  }
  const text = config.by === 'group' ? rowTextSql([column?.canonical ?? 'NULL']) : keyTextSql(split.key, columns);
  const holdout = Math.round(config.holdout * BUCKETS);
  const validation = holdout + Math.round(config.validation * BUCKETS);
  // A query for each step: an expression that is named twice is computed twice.
  const hashed = `SELECT *, ${splitHashSql(config.salt, text)} AS split_hash FROM (${rows})`;
  const bucketed = `SELECT *, ${bucketSql('split_hash')} AS split_bucket FROM (${hashed})`;
  return `SELECT *, CASE WHEN split_bucket < ${holdout} THEN 'holdout' WHEN split_bucket < ${validation} THEN 'validation' ELSE 'train' END AS side FROM (${bucketed})`;
}

function instantSql(instant: string): string {
  return `${literal(instant)}::TIMESTAMPTZ::TIMESTAMP`;
}
