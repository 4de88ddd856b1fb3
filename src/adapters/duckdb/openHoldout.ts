import type { SliceConfig } from '../../config/config.ts';
import type { OpenHoldout } from '../../dataset/dataEngine.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import {
  conditionSql,
  holdoutStream,
  idsSql,
  noIdColumn,
  problemsOfRequest,
  rowKeysSql,
  shownColumns,
  shownTextsSql,
  showMarksSql,
} from '../../dataset/holdoutSql.ts';
import { ROW_KEY_BYTES, RowKeys } from '../../dataset/rowKeys.ts';
import { conditionFailed, spliced } from '../../dataset/sliceCondition.ts';
import { missingIds, unfitRows, type UnfitRows } from '../../dataset/unfitRows.ts';
import type { HoldoutBatch, HoldoutRequest, RowsWish, RowTexts, Slice } from '../../evaluation/holdout.ts';
import { UserMistake, type Problem } from '../../failure.ts';
import { BATCH_ROWS, BatchFiller, refuseNulls, strings, UnfitRow } from './batchFiller.ts';
import { Database, number, text, type DatabaseLimits } from './database.ts';
import { KeptRows } from './keptRows.ts';
import { problemOf } from './openFile.ts';
import { resolveSlices } from './resolveSlices.ts';
import { bigEndianWords, bigints } from './vectors.ts';

/** See {@link DataEngine.openHoldout}. */
export async function openHoldout(
  dataset: Dataset,
  trainedOn: readonly Uint8Array[],
  limits: DatabaseLimits,
): Promise<OpenHoldout> {
  const { source } = dataset;
  const database = await Database.open(
    { reads: source.files.map(({ path }) => path), columns: source.columns.length },
    limits,
  );
  try {
    const dropped = await findDropped(database, dataset, trainedOn);
    const rows = dataset.rows - dropped.length;
    if (rows === 0) throw new UserMistake('holdout_empty', nothingLeft(dataset, dropped.length));
    return new DuckDBHoldout(database, dataset, dropped);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The rows, numbered from 0 in their order, whose key stands in the training data of a model. */
async function findDropped(
  database: Database,
  dataset: Dataset,
  trainedOn: readonly Uint8Array[],
): Promise<Uint32Array> {
  const keys = new RowKeys(dataset.rowKeys);
  const met = trainedOn.map((blob) => new RowKeys(blob)).filter((trained) => trained.shared(keys) > 0);
  // Where no key is shared, no row needs to be looked at.
  if (met.length === 0) return new Uint32Array();
  const dropped: number[] = [];
  let row = 0;
  for await (const chunk of database.chunks(rowKeysSql(dataset.source, dataset.key))) {
    const { buffer } = bigEndianWords(chunk, 0, 2);
    const view = new DataView(buffer);
    for (let offset = 0; offset < view.byteLength; offset += ROW_KEY_BYTES, row += 1) {
      if (met.some((trained) => trained.has(view, offset))) dropped.push(row);
    }
  }
  return Uint32Array.from(dropped);
}

class DuckDBHoldout implements OpenHoldout {
  readonly digest;
  readonly rows: number;
  readonly dropped: number;
  readonly #database: Database;
  readonly #dataset: Dataset;
  readonly #droppedRows: Uint32Array;

  constructor(database: Database, dataset: Dataset, droppedRows: Uint32Array) {
    this.#database = database;
    this.#dataset = dataset;
    this.#droppedRows = droppedRows;
    this.digest = dataset.digest;
    this.rows = dataset.rows - droppedRows.length;
    this.dropped = droppedRows.length;
  }

  slices(configured: readonly SliceConfig[]): Promise<readonly Slice[]> {
    return resolveSlices(configured, this.#dataset.source, this.#database);
  }

  async *ids(column: string): AsyncGenerator<readonly string[]> {
    const { source } = this.#dataset;
    const wrong = source.columns.some(({ name }) => name === column) ? undefined : noIdColumn(column, source);
    if (wrong !== undefined) throw new UserMistake('holdout_unfit', wrong);
    const kept = new KeptRows(this.#droppedRows);
    try {
      for await (const chunk of this.#database.chunks(idsSql(source, column))) {
        for (const [from, to] of kept.of(chunk)) {
          refuseNulls(chunk, 0, from, to);
          yield strings(chunk, 0, from, to);
        }
      }
    } catch (error) {
      throw await this.#explain(error, [missingIds(source, column)], []);
    }
  }

  async *batches(request: HoldoutRequest): AsyncGenerator<HoldoutBatch> {
    const [first, ...rest] = problemsOfRequest(this.#dataset.source, request);
    if (first !== undefined) throw new UserMistake('holdout_unfit', first, ...rest);
    const { sql, columns } = holdoutStream(this.#dataset.source, request);
    const groups = new Map<string, number>();
    const kept = new KeptRows(this.#droppedRows);
    let filler = new BatchFiller(columns, request, groups);
    try {
      for await (const chunk of this.#database.chunks(sql)) {
        for (const [begin, end] of kept.of(chunk)) {
          for (let from = begin; from < end;) {
            const to = Math.min(end, from + filler.room);
            filler.append(chunk, from, to);
            from = to;
            if (filler.rows < BATCH_ROWS) continue;
            yield filler.finish();
            filler = new BatchFiller(columns, request, groups);
          }
        }
      }
    } catch (error) {
      throw await this.#explain(error, unfitRows(this.#dataset.source, request), request.slices);
    }
    if (filler.rows > 0) yield filler.finish();
  }

  async rowsAt(rows: readonly number[], wish: RowsWish): Promise<RowTexts> {
    const { source } = this.#dataset;
    if (rows.length === 0) return { columns: [], rows: [] };
    const columns = shownColumns(source, wish);
    try {
      const marks = await this.#marksOf(rows, showMarksSql(source, columns));
      const found = await this.#database.rows(shownTextsSql(source, columns, [...new Set(marks)]));
      const texts = new Map(
        found.map(([mark, ...values]) => [mark, values.map((value) => (value === null ? '' : text(value)))]),
      );
      return { columns, rows: marks.map((mark) => texts.get(mark) ?? noSuchRow()) };
    } catch (error) {
      throw await this.#explain(error, [], []);
    }
  }

  async #marksOf(rows: readonly number[], sql: string): Promise<readonly bigint[]> {
    const marks: bigint[] = [];
    const kept = new KeptRows(this.#droppedRows);
    let before = 0;
    for await (const chunk of this.#database.chunks(sql)) {
      const ofChunk = bigints(chunk, 0);
      for (const [from, to] of kept.of(chunk)) {
        for (let row = rows[marks.length]; row !== undefined && row < before + to - from; row = rows[marks.length]) {
          marks.push(BigInt.asUintN(64, ofChunk[from + row - before] ?? noSuchRow()));
        }
        before += to - from;
      }
      if (marks.length === rows.length) return marks;
    }
    return noSuchRow();
  }

  /** What the person has to mend, where a row could not be read as it was asked for. */
  async #explain(error: unknown, unfit: readonly UnfitRows[], slices: readonly Slice[]): Promise<unknown> {
    const { source } = this.#dataset;
    const problems: Problem[] = [];
    if (error instanceof UnfitRow) {
      for (const { sql, problem } of unfit) {
        const [[rows, missing, examples] = []] = await this.#database.rows(sql);
        if (number(rows) === 0) continue;
        problems.push(problem(number(rows), number(missing), Array.isArray(examples) ? examples.map(text) : []));
      }
    } else {
      for (const { name, where } of slices) {
        const count = conditionSql(source, `count(*) FILTER (WHERE ${spliced(where)})`);
        await this.#database.rows(count).catch((failed: unknown) => {
          problems.push(conditionFailed(name, messageOf(failed)));
        });
      }
      if (problems.length === 0) problems.push(problemOf(error, source.files));
    }
    const [first, ...rest] = problems;
    return first === undefined ? error : new UserMistake('holdout_unfit', first, ...rest);
  }

  close(): void {
    this.#database.close();
  }
}

function noSuchRow(): never {
  throw new Error('A row was asked for that the holdout has not.');
}

function nothingLeft(dataset: Dataset, dropped: number): Problem {
  const where = dataset.files.join(', ');
  if (dropped === 0) {
    return { where, found: 'the holdout has no rows', remedy: 'Put more rows aside, or name another file' };
  }
  return {
    where,
    found: `all ${dropped} rows of the holdout stand in the training data of a model that it is to judge`,
    expected: 'rows that no model was trained on',
    remedy: 'Put rows aside with data.split, or collect new ones',
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
