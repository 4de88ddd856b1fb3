import { listed, quote, suggestion } from '../config/complaint.ts';
import type { HoldoutRequest, RowsWish } from '../evaluation/holdout.ts';
import type { FeatureKind } from '../evaluation/predictor.ts';
import type { Problem } from '../failure.ts';
import { canonicalSql, type ColumnSql } from './columnSql.ts';
import { shownValueSql } from './columnSlices.ts';
import { featureSql, numberSql, unfit } from './featureSql.ts';
import { canonicalLabel, labelSql } from './labelSql.ts';
import { columnsSql, storedName, storedRows } from './relation.ts';
import { wordsSql } from './canonicalForm.ts';
import { keyTextSql } from './rowKey.ts';
import { spliced } from './sliceCondition.ts';
import type { DatasetSource, KeyColumns, SourceColumn } from './source.ts';
import { identifier, literal } from './sqlText.ts';

/** One column of the stream that a holdout request makes. */
export type StreamColumn =
  | { readonly kind: 'feature'; readonly name: string; readonly feature: FeatureKind; readonly real: boolean }
  | { readonly kind: 'class' | 'target' | 'group' | 'id'; readonly name: string }
  | { readonly kind: 'word'; readonly word: number };

export interface HoldoutStream {
  readonly sql: string;
  /** In the order of the query's columns. */
  readonly columns: readonly StreamColumn[];
}

/** The columns that a request names, and what speaks against them. */
export function problemsOfRequest(source: DatasetSource, request: HoldoutRequest): readonly Problem[] {
  const names = source.columns.map(({ name }) => name);
  const problems: Problem[] = [];
  const find = (name: string, what: string): SourceColumn | undefined => {
    const column = source.columns.find((each) => each.name === name);
    if (column === undefined) {
      problems.push({
        where: 'holdout',
        found: `there is no column ${quote(name)}, ${what}`,
        expected: `one of ${listed(names)}`,
        ...suggestion(name, names),
      });
    }
    return column;
  };
  for (const [name, kind] of request.features) {
    const column = find(name, 'which the model reads');
    const reason = column && unfit(column, kind);
    if (reason === undefined) continue;
    problems.push({
      where: 'holdout',
      found: `the model reads the column ${quote(name)} as ${article(kind)}, and ${reason}`,
      remedy: 'Turn it into numbers or text in the data, and train on that',
    });
  }
  find(request.truth.column, 'the target');
  if (request.group !== undefined) find(request.group, 'the group');
  if (request.id !== undefined) find(request.id, 'the id');
  if (request.truth.kind === 'class') problems.push(...problemsOfClasses(request.truth.classes));
  return problems;
}

function article(kind: FeatureKind): string {
  return kind === 'integer' ? 'an integer' : `a ${kind}`;
}

function problemsOfClasses(classes: readonly string[]): readonly Problem[] {
  const canonical = classes.map(canonicalLabel);
  const twice = classes.find((_, index) => canonical.indexOf(canonical[index] ?? '') < index);
  if (twice === undefined) return [];
  return [
    {
      where: 'classes',
      found: `the class ${quote(twice)} is there twice`,
      expected: `different ones: ${listed(classes)}`,
    },
  ];
}

/** SQL that streams what a request asks for, a row of the holdout a row, in their order. */
export function holdoutStream(source: DatasetSource, request: HoldoutRequest): HoldoutStream {
  const rows = rowsForConditions(source);
  const columns: StreamColumn[] = [];
  const inner: string[] = [];
  const add = (column: StreamColumn, sql: string): void => {
    inner.push(`${sql} AS ${identifier(`${rows.prefix}${columns.length}`)}`);
    columns.push(column);
  };
  for (const [name, feature] of request.features) {
    const [column, sql] = rows.of(name);
    const real = feature === 'float' && column.physical.kind === 'real';
    add({ kind: 'feature', name, feature, real }, featureSql(column, sql, feature));
  }
  const { truth } = request;
  const [target, targetSql] = rows.of(truth.column);
  if (truth.kind === 'class') {
    add({ kind: 'class', name: truth.column }, classSql(labelSql(target, targetSql), truth.classes));
  } else {
    add({ kind: 'target', name: truth.column }, `(${numberSql(target, targetSql)})::DOUBLE`);
  }
  if (request.group !== undefined) {
    add({ kind: 'group', name: request.group }, `coalesce(${rows.of(request.group)[1].canonical}, '\\N')`);
  }
  if (request.id !== undefined) add({ kind: 'id', name: request.id }, shownValueSql(...rows.of(request.id)));

  const outer = columns.map((_, index) => identifier(`${rows.prefix}${index}`));
  const words = sliceWords(request.slices.map(({ where }) => where));
  words.forEach((word, index) => {
    outer.push(word);
    columns.push({ kind: 'word', word: index });
  });
  return {
    sql: `SELECT ${outer.join(', ')} FROM (SELECT ${[...rows.named, ...inner].join(', ')} FROM (${rows.stored}))`,
    columns,
  };
}

/** SQL of the ids of a source's rows as text, in their order. */
export function idsSql(source: DatasetSource, column: string): string {
  const rows = rowsForConditions(source);
  return `SELECT ${shownValueSql(...rows.of(column))} FROM (${rows.stored})`;
}

const MOST_SHOWN_COLUMNS = 12;
const MOST_SHOWN_CHARACTERS = 80;

/** The columns of rows that are shown to a person. */
export function shownColumns(source: DatasetSource, wish: RowsWish): readonly string[] {
  const names = source.columns.map(({ name }) => name);
  return [...new Set([...wish.first, ...names])]
    .filter((name) => names.includes(name) && !wish.without.includes(name))
    .slice(0, MOST_SHOWN_COLUMNS);
}

/**
 * SQL of a mark of each row of a source, in their order: rows of one mark show the same. (64 bits: of a million rows, one
 * in 10^13 has the mark of another.)
 *
 * Rows are looked for by a mark since the engine promises no order to a query that numbers them.
 */
export function showMarksSql(source: DatasetSource, columns: readonly string[]): string {
  return `SELECT ${markSql(source, columns)} FROM (${storedRows(source)})`;
}

/** SQL of the marks among these that rows have, each with the texts of the columns, NULL where nothing is there. */
export function shownTextsSql(source: DatasetSource, columns: readonly string[], marks: readonly bigint[]): string {
  const stored = columns.map((name) => storedColumn(source, name));
  const sql = columnsSql(source);
  const texts = columns.map((name) => cutSql(sql.get(name)?.text ?? 'NULL'));
  // A row of the other side of a split shows the same if its mark is the same, so that no row need be placed again.
  const whole = { format: source.format, files: source.files, columns: source.columns };
  const marked = `SELECT *, ${markSql(source, columns)} AS mark FROM (${storedRows(whole)})`;
  const firsts = stored.map((name) => `first(${name}) AS ${name}`);
  return `SELECT ${['mark', ...texts].join(', ')}
    FROM (SELECT ${['mark', ...firsts].join(', ')} FROM (${marked}) WHERE mark IN (${marks.join(', ')}) GROUP BY mark)`;
}

function markSql(source: DatasetSource, columns: readonly string[]): string {
  return `hash(${['0', ...columns.map((name) => storedColumn(source, name))].join(', ')})`;
}

function storedColumn(source: DatasetSource, name: string): string {
  return storedName(source.columns.findIndex((column) => column.name === name));
}

function cutSql(text: string): string {
  const most = MOST_SHOWN_CHARACTERS;
  return `CASE WHEN length(${text}) > ${most} THEN left(${text}, ${most - 1}) || '…' ELSE ${text} END`;
}

export function noIdColumn(column: string, source: DatasetSource): Problem {
  const names = source.columns.map(({ name }) => name);
  return {
    where: 'holdout',
    found: `there is no column ${quote(column)}, the id`,
    expected: `one of ${listed(names)}`,
    ...suggestion(column, names),
  };
}

/** The class of a label as its index; NULL where there is no label or none of the classes. */
function classSql(label: string, classes: readonly string[]): string {
  const members = classes.map((each) => literal(canonicalLabel(each))).join(', ');
  return `enum_code(TRY_CAST(${label} AS ENUM(${members})))::USMALLINT`;
}

const SLICES_A_WORD = 32;

function sliceWords(conditions: readonly string[]): readonly string[] {
  const words: string[] = [];
  for (let from = 0; from < conditions.length; from += SLICES_A_WORD) {
    const bits = conditions
      .slice(from, from + SLICES_A_WORD)
      .map((where, bit) => `CASE WHEN ${spliced(where)} THEN ${2 ** bit}::UINTEGER ELSE 0::UINTEGER END`);
    words.push(`(${bits.join(' | ')})`);
  }
  return words;
}

/** SQL of one query over the rows as conditions see them: typed values under the names of the file. */
export function conditionSql(source: DatasetSource, selected: string, where = 'true'): string {
  const { named, stored } = rowsForConditions(source);
  return `SELECT ${selected} FROM (SELECT ${named.join(', ')} FROM (${stored})) WHERE ${where}`;
}

function rowsForConditions(source: DatasetSource): {
  readonly stored: string;
  readonly named: readonly string[];
  /** Names that begin so are none of the file's. */
  readonly prefix: string;
  readonly of: (name: string) => readonly [SourceColumn, ColumnSql];
} {
  const sql = columnsSql(source);
  const names = source.columns.map(({ name }) => name.toLowerCase());
  let prefix = 'touchstone:';
  while (names.some((name) => name.startsWith(prefix))) prefix += ':';
  return {
    stored: storedRows(source),
    named: source.columns.map(({ name }) => `${sql.get(name)?.value ?? 'NULL'} AS ${identifier(name)}`),
    prefix,
    of: (name) => {
      const column = source.columns.find((each) => each.name === name);
      const found = sql.get(name);
      if (column === undefined || found === undefined) throw new Error(`The holdout has no column ${name}.`);
      return [column, found];
    },
  };
}

/** SQL of the row keys of a source, in the order of its rows: two words of 64 bits. */
export function rowKeysSql(source: DatasetSource, key: KeyColumns): string {
  const sql = columnsSql(source);
  const wanted = source.columns.filter(({ name }) => name === key.id || key.others.includes(name));
  const marked = new Map<string, ColumnSql>(
    wanted.map(({ name }, index) => [name, { value: `v${index}`, text: `t${index}`, canonical: `t${index}` }]),
  );
  const values = wanted.map(({ name }, index) => `${sql.get(name)?.value ?? 'NULL'} AS v${index}`).join(', ');
  const texts = wanted.map((column, index) => `${canonicalSql(column, `v${index}`)} AS t${index}`).join(', ');
  const hashed = `SELECT sha256(${keyTextSql(key, marked)}) AS key_hash FROM (SELECT ${texts} FROM (SELECT ${values} FROM (${storedRows(source)})))`;
  return `SELECT ${wordsSql('key_hash').slice(0, 2).join(', ')} FROM (${hashed})`;
}
