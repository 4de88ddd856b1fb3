import { inNameOrder, rowTextSql } from './canonicalForm.ts';
import type { ColumnSql } from './columnSql.ts';
import type { ModelData } from './dataset.ts';
import type { KeyColumns } from './source.ts';

/** The key columns of a model's data. */
export function keyColumns(model: Pick<ModelData, 'id' | 'target'>, columns: readonly string[]): KeyColumns {
  const others = columns.filter((name) => name !== model.target);
  return model.id !== undefined && columns.includes(model.id) ? { id: model.id, others } : { others };
}

/** SQL for the text whose sha256 is the row key: the row text of the columns that {@link KeyColumns} names. */
export function keyTextSql(key: KeyColumns, columns: ReadonlyMap<string, ColumnSql>): string {
  const canonicalOf = (name: string): string => columns.get(name)?.canonical ?? 'NULL';
  const named = inNameOrder(key.others.map((name) => ({ name })));
  const whole = rowTextSql(named.map(({ name }) => canonicalOf(name)));
  if (key.id === undefined) return whole;
  const id = canonicalOf(key.id);
  return `CASE WHEN ${id} IS NULL THEN ${whole} ELSE ${rowTextSql([id])} END`;
}
