import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { GIT_ENVIRONMENT } from './git.ts';

export interface GitObject {
  readonly id: string;
  readonly type: 'blob' | 'tree' | 'commit' | 'tag';
  readonly bytes: Buffer;
}

/** Reads objects of a repository by one git that stays: to start one for each takes far longer than to read. */
export class ObjectReader {
  readonly #folder: string;
  readonly #waiting: { resolve: (found: GitObject | undefined) => void; reject: (error: Error) => void }[] = [];
  #git: ChildProcessWithoutNullStreams | undefined;
  #came: Buffer[] = [];
  #bytes = 0;
  #needed = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What an id names, peeled where that is asked (`ID^{tree}`); nothing where there is no such object. */
  read(name: string): Promise<GitObject | undefined> {
    if (!/^[0-9a-f]{40}(?:\^\{(?:commit|tree)\})?$/.test(name)) throw new TypeError(`Not an object's id: ${name}`);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#start().stdin.write(`${name}\n`);
    });
  }

  async close(): Promise<void> {
    const git = this.#git;
    if (git === undefined) return;
    const ended = new Promise((resolve) => git.once('close', resolve));
    git.stdin.end();
    await ended;
  }

  #start(): ChildProcessWithoutNullStreams {
    if (this.#git !== undefined) return this.#git;
    const git = spawn('git', ['-C', this.#folder, 'cat-file', '--batch'], { env: GIT_ENVIRONMENT });
    git.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
    git.stderr.resume();
    git.stdin.on('error', () => undefined);
    const fail = (): void => {
      this.#git = undefined;
      for (const { reject } of this.#waiting.splice(0)) reject(new Error('git cat-file has ended'));
    };
    git.once('error', fail).once('close', fail);
    this.#git = git;
    return git;
  }

  /** `ID TYPE SIZE`, a line's end, the bytes, a line's end; or `NAME missing`. https://git-scm.com/docs/git-cat-file */
  #take(chunk: Buffer): void {
    this.#came.push(chunk);
    this.#bytes += chunk.length;
    while (this.#bytes > 0 && this.#bytes >= this.#needed) {
      const all = this.#came.length === 1 && this.#came[0] !== undefined ? this.#came[0] : Buffer.concat(this.#came);
      this.#came = [all];
      const end = all.indexOf('\n');
      if (end < 0) return;
      const header = all.toString('utf8', 0, end);
      const [, id = '', type = '', size = ''] = /^([0-9a-f]{40}) (blob|tree|commit|tag) (\d+)$/.exec(header) ?? [];
      const from = end + 1;
      const to = id === '' ? from : from + Number(size) + 1;
      this.#needed = to;
      if (all.length < to) return;
      this.#came = [all.subarray(to)];
      this.#bytes = all.length - to;
      this.#needed = 0;
      const bytes = Buffer.from(all.subarray(from, to - 1));
      this.#waiting.shift()?.resolve(id === '' ? undefined : { id, type: type as GitObject['type'], bytes });
    }
  }
}
