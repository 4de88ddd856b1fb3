import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  DuckDBInstance,
  type DuckDBConnection,
  type DuckDBDataChunk,
  type DuckDBResult,
  type JS,
} from '@duckdb/node-api';
import { exactly, literal } from '../../dataset/sqlText.ts';
import { ownName, removeOrphanedFolders } from '../ownedFolders.ts';

export interface DatabaseLimits {
  /** MiB of memory before rows are put aside on disk. */
  readonly memoryMiB: number;
  readonly threads?: number;
  /** Ends the query that runs, and lets no other begin. */
  readonly signal?: AbortSignal;
  /** Told several times a second how far the query that runs is, as a fraction of it, where the engine can tell. */
  readonly onProgress?: (fraction: number) => void;
}

const PROGRESS_MS = 200;

/** What a database may touch; everything else on the machine is closed to its SQL. */
export interface Reach {
  readonly reads: readonly string[];
  /** A folder in which files are made. */
  readonly writes?: string;
  /** How many columns a query speaks of, where that may be thousands. */
  readonly columns?: number;
}

// Looking for what expressions have in common takes minutes over the columns of a wide table.
const WIDE = 300;

/** An in-memory database that can reach the named files and nothing else, for SQL of ours and conditions of the user's. */
export class Database {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #limits: DatabaseLimits;
  readonly #busy = new Set<DuckDBConnection>();
  readonly #interrupt = (): void => {
    for (const connection of this.#busy) connection.interrupt();
  };

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, limits: DatabaseLimits) {
    this.#instance = instance;
    this.#connection = connection;
    this.#limits = limits;
    limits.signal?.addEventListener('abort', this.#interrupt, { once: true });
  }

  static async open(reach: Reach, limits: DatabaseLimits): Promise<Database> {
    refuseInterrupted(limits.signal);
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: `${limits.memoryMiB}MiB`,
      temp_directory: path.join(await spillFolder(), ownName()),
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
      ...(limits.threads === undefined ? {} : { threads: String(limits.threads) }),
    });
    const connection = await instance.connect();
    const list = (paths: readonly string[]): string => `[${paths.map(literal).join(', ')}]`;
    // The glob that names a file is looked at before the file is.
    const allowed = [...new Set(reach.reads.flatMap((file) => [file, exactly(file)]))];
    await connection.run(`SET GLOBAL TimeZone = 'UTC'`);
    if (limits.onProgress !== undefined) {
      await connection.run('SET enable_progress_bar = true');
      await connection.run('SET enable_progress_bar_print = false');
      await connection.run('SET progress_bar_time = 0');
    }
    if ((reach.columns ?? 0) > WIDE) await connection.run(`SET disabled_optimizers = 'common_subexpressions'`);
    if (reach.reads.length > 0) await connection.run(`SET allowed_paths = ${list(allowed)}`);
    if (reach.writes !== undefined) await connection.run(`SET allowed_directories = ${list([reach.writes])}`);
    await connection.run('SET enable_external_access = false');
    await connection.run('SET lock_configuration = true');
    return new Database(instance, connection, limits);
  }

  async run(sql: string): Promise<void> {
    await this.#during(this.#connection, () => this.#connection.run(sql));
  }

  /** All rows of a small result. */
  async rows(sql: string): Promise<readonly (readonly JS[])[]> {
    const reader = await this.#during(this.#connection, () => this.#connection.runAndReadAll(sql));
    return reader.getRowsJS();
  }

  /** Names and types of the columns that a query would give. */
  async describe(sql: string): Promise<readonly { readonly name: string; readonly type: string }[]> {
    const rows = await this.rows(`DESCRIBE ${sql}`);
    return rows.map(([name, type]) => ({ name: text(name), type: text(type) }));
  }

  /**
   * The rows of a result as they come, in the order of the query. Each stream has a connection of its own: another query
   * on the same one would end it without a word.
   */
  async *chunks(sql: string): AsyncGenerator<DuckDBDataChunk> {
    const connection = await this.#instance.connect();
    try {
      const result: DuckDBResult = await this.#during(connection, () => connection.stream(sql));
      for (;;) {
        const chunk = await this.#during(connection, () => result.fetchChunk());
        if (chunk === null || chunk.rowCount === 0) return;
        yield chunk;
      }
    } finally {
      connection.closeSync();
    }
  }

  /** @throws an AbortError where the signal ended it, whatever the engine makes of that. */
  async #during<T>(connection: DuckDBConnection, query: () => Promise<T>): Promise<T> {
    const { signal, onProgress } = this.#limits;
    refuseInterrupted(signal);
    const watch = onProgress && setInterval(() => tellProgress(connection, onProgress), PROGRESS_MS);
    this.#busy.add(connection);
    try {
      return await query();
    } catch (error) {
      refuseInterrupted(signal);
      throw error;
    } finally {
      clearInterval(watch);
      this.#busy.delete(connection);
    }
  }

  close(): void {
    this.#limits.signal?.removeEventListener('abort', this.#interrupt);
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

/** @throws an AbortError once the signal was given. */
export function refuseInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new DOMException('The reading of data was interrupted.', 'AbortError');
}

function tellProgress(connection: DuckDBConnection, onProgress: (fraction: number) => void): void {
  const { percentage } = connection.progress;
  // -1 where the engine cannot tell.
  if (percentage >= 0) onProgress(Math.min(1, percentage / 100));
}

let swept: Promise<string> | undefined;

/** Where rows are put aside when memory is full: a folder of this user's, rid of what killed processes left there. */
function spillFolder(): Promise<string> {
  const sweep = async (): Promise<string> => {
    const folder = path.join(tmpdir(), `touchstone-duckdb-${process.getuid?.() ?? 'user'}`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await removeOrphanedFolders(folder);
    return folder;
  };
  return (swept ??= sweep());
}

/** A value of a VARCHAR column. */
export function text(value: JS | undefined): string {
  if (typeof value !== 'string') throw new TypeError(`The engine gave ${typeof value} where a text was asked for.`);
  return value;
}

/** A value of a column of numbers. */
export function number(value: JS | undefined): number {
  if (typeof value !== 'number' && typeof value !== 'bigint') {
    throw new TypeError(`The engine gave ${typeof value} where a number was asked for.`);
  }
  return Number(value);
}
