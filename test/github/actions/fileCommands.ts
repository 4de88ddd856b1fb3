import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parseAssignments, parsePaths } from './environmentFiles.ts';

const names = ['output', 'env', 'path', 'state', 'step_summary'] as const;
type Name = (typeof names)[number];

/** What a step wrote into the files that the runner gave it. */
export type Written = {
  readonly outputs: readonly (readonly [string, string])[];
  readonly env: readonly (readonly [string, string])[];
  readonly state: readonly (readonly [string, string])[];
  readonly paths: readonly string[];
  readonly summary: string;
  readonly problems: readonly string[];
};

/** A summary above this is not shown (docs.github.com, "Workflow commands"). */
const summaryLimit = 1024 * 1024;

/** The files through which one step tells the runner something. */
export class FileCommands {
  readonly #files: ReadonlyMap<Name, string>;

  private constructor(files: ReadonlyMap<Name, string>) {
    this.#files = files;
  }

  static async create(temp: string, step: string): Promise<FileCommands> {
    const folder = join(temp, '_runner_file_commands');
    await mkdir(folder, { recursive: true });
    const files = new Map(names.map((name) => [name, join(folder, `${name}_${step}`)]));
    for (const file of files.values()) await writeFile(file, '');
    return new FileCommands(files);
  }

  /** GITHUB_OUTPUT and its like. */
  get environment(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#files].map(([name, file]) => [`GITHUB_${name.toUpperCase()}`, file]));
  }

  async read(): Promise<Written> {
    const problems: string[] = [];
    const assignments = async (name: Name): Promise<readonly (readonly [string, string])[]> => {
      try {
        return parseAssignments(await this.#text(name), name);
      } catch (error) {
        problems.push(error instanceof Error ? error.message : String(error));
        return [];
      }
    };
    const env = await assignments('env');
    if (env.some(([key]) => key.toUpperCase() === 'NODE_OPTIONS')) {
      problems.push("Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.");
    }
    const summary = await this.#text('step_summary');
    const size = Buffer.byteLength(summary);
    if (size > summaryLimit) {
      problems.push(
        `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got ${Math.ceil(size / 1024)}k`,
      );
    }
    return {
      outputs: await assignments('output'),
      env: env.filter(([key]) => key.toUpperCase() !== 'NODE_OPTIONS'),
      state: await assignments('state'),
      paths: parsePaths(await this.#text('path')),
      summary: size > summaryLimit ? '' : summary,
      problems,
    };
  }

  // A step may have taken the file away.
  async #text(name: Name): Promise<string> {
    const file = this.#files.get(name) ?? '';
    const found = await stat(file).catch(() => undefined);
    return found === undefined ? '' : readFile(file, 'utf8');
  }
}
