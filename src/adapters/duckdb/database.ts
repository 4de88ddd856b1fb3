import { randomUUID } from 'node:crypto';
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

export interface DatabaseLimits {
  /** MiB of memory before rows are put aside on disk. */
  readonly memoryMiB: number;
  readonly threads?: number;
}

/** What a database may touch; everything else on the machine is closed to its SQL. */
export interface Reach {
  readonly reads: readonly string[];
  /** A folder in which files are made. */
  readonly writes?: string;
}

/** An in-memory database that can reach the named files and nothing else, for SQL of ours and conditions of the user's. */
export class Database {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  static async open(reach: Reach, limits: DatabaseLimits): Promise<Database> {
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: `${limits.memoryMiB}MiB`,
      temp_directory: path.join(tmpdir(), `touchstone-duckdb-${randomUUID()}`),
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
    if (reach.reads.length > 0) await connection.run(`SET allowed_paths = ${list(allowed)}`);
    if (reach.writes !== undefined) await connection.run(`SET allowed_directories = ${list([reach.writes])}`);
    await connection.run('SET enable_external_access = false');
    await connection.run('SET lock_configuration = true');
    return new Database(instance, connection);
  }

  async run(sql: string): Promise<void> {
    await this.#connection.run(sql);
  }

  /** All rows of a small result. */
  async rows(sql: string): Promise<readonly (readonly JS[])[]> {
    const reader = await this.#connection.runAndReadAll(sql);
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
      const result: DuckDBResult = await connection.stream(sql);
      for (;;) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) return;
        yield chunk;
      }
    } finally {
      connection.closeSync();
    }
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
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
