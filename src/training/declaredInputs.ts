import picomatch from 'picomatch';
import type { ModelConfig } from '../config/config.ts';
import type { Digest } from '../identity/digest.ts';
import { UserMistake, type Problem } from '../failure.ts';

/** One file that training may see. */
export interface InputFile {
  /** Where it stands, relative to the root, with `/`. */
  readonly path: string;
  /** The file itself, relative to the root: another than `path` where a symbolic link lies between. */
  readonly source: string;
  /** What the link at `path` says, where `path` itself is one. */
  readonly link?: string;
  /** Of the bytes on disk: a file that changes before it is copied is noticed. */
  readonly digest: Digest;
  readonly bytes: number;
  readonly executable: boolean;
}

export interface InputFiles {
  /**
   * The files that the patterns declare, sorted by path. A pattern is a file, a folder or a glob; a name that exists
   * is taken as it stands, brackets and all.
   * @param known the files that git holds or does not ignore; folders and globs take only these, unless that leaves
   *   them nothing. Absent outside a repository.
   * @throws UserMistake that lists every pattern that finds nothing and every link that leaves the root.
   */
  list(root: string, patterns: readonly string[], known?: ReadonlySet<string>): Promise<readonly InputFile[]>;
}

/** Never inputs, wherever they stand: history, Touchstone's own folder, and what Python derives from the sources. */
export const NEVER_INPUTS = ['.git', '.touchstone', '__pycache__'];

export function isNeverInput(path: string): boolean {
  return path.split('/').some((segment) => NEVER_INPUTS.includes(segment));
}

/** Whether a path is one that the patterns declare; a folder declares all below it. */
export function declares(patterns: readonly string[], path: string): boolean {
  if (isNeverInput(path)) return false;
  return patterns.map(withoutDots).some((pattern) => {
    const below = pattern === '' || path === pattern || path.startsWith(`${pattern}/`);
    return below || picomatch.isMatch(path, pattern, { dot: true });
  });
}

/** `./src/` and `src` name the same folder; `.` is the root itself, here `""`. */
export function withoutDots(pattern: string): string {
  return pattern
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .join('/');
}

/**
 * Training that can read the rows it is judged on proves nothing.
 * @throws UserMistake that names each input that the holdout is, or is taken from.
 */
export function refuseHoldoutAmongInputs(
  files: readonly Pick<InputFile, 'path' | 'source'>[],
  model: ModelConfig,
  where: string,
): void {
  const { holdout, train, split } = model.data;
  const judgedOn = split === undefined ? holdout : [...holdout, ...train];
  if (judgedOn.length === 0) return;
  const problems = files
    .filter((file) => declares(judgedOn, file.path) || declares(judgedOn, file.source))
    .map((file): Problem => ({
      where: `${where}.inputs`,
      found: `the inputs hold ${file.path}, which the holdout is taken from`,
      expected: 'inputs without the rows that judge the model',
      remedy: 'Narrow train.inputs to the code; training reads its rows from TOUCHSTONE_TRAIN_DATA',
    }));
  const [first, ...rest] = problems;
  if (first) throw new UserMistake('holdout-among-inputs', first, ...rest);
}
