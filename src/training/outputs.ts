import { distance } from 'fastest-levenshtein';
import picomatch from 'picomatch';
import type { TrainConfig } from '../config/config.ts';
import { unportableName } from '../config/repositoryPath.ts';
import { UserMistake, type Problem } from '../failure.ts';

/** A file that stands in the output folder after training. */
export interface WrittenFile {
  /** Relative to the output folder, with `/`. */
  readonly path: string;
  readonly bytes: number;
  /** A link to what lies outside of the output folder, or to nothing. */
  readonly leadsOut: boolean;
}

const PREDICTIONS = /\.(csv|parquet)(\.gz)?$/i;

/** Whether a path names predictions rather than a model. */
export function isPredictionsFile(file: string): boolean {
  return PREDICTIONS.test(file);
}

/** Names beside the files of a candidate that are Touchstone's own. */
const RESERVED_OUTPUTS = ['candidate.json', 'train.log'];
const LISTED = 10;

/** Whether a path means the same file on every platform. */
export function isPortable(path: string): boolean {
  return !/[\\:\x00-\x1f]/.test(path) && unportableName(path) === undefined;
}

/**
 * The files that make the candidate: `train.output` first, then those of `train.files`, sorted, each once.
 * @param strayed whether `train.output` stands in the working folder instead.
 * @throws UserMistake that lists everything missing, empty or not to be taken.
 */
export function chooseOutputs(
  train: Pick<TrainConfig, 'output' | 'files'>,
  written: readonly WrittenFile[],
  strayed: boolean,
  where: string,
): readonly [WrittenFile, ...WrittenFile[]] {
  const problems: Problem[] = [];
  const output = written.find((file) => file.path === train.output);
  if (output === undefined) problems.push(outputMissing(train.output, written, strayed, where));
  else if (output.bytes === 0) problems.push(outputEmpty(train.output, where));
  const files = new Map<string, WrittenFile>();
  for (const pattern of train.files) {
    const matched = written.filter((file) => file.path === pattern || picomatch.isMatch(file.path, pattern));
    if (matched.length === 0) problems.push(fileMissing(pattern, written, where));
    for (const file of matched) if (file.path !== train.output) files.set(file.path, file);
  }
  const chosen = [...(output === undefined ? [] : [output]), ...files.values()];
  problems.push(...chosen.flatMap((file) => notToBeTaken(file, where)));
  const [first, ...rest] = problems;
  if (first) throw new UserMistake(output === undefined ? 'output-missing' : 'output-invalid', first, ...rest);
  const sorted = [...files.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return [output as WrittenFile, ...sorted];
}

function outputMissing(name: string, written: readonly WrittenFile[], strayed: boolean, where: string): Problem {
  if (strayed) {
    return {
      where: `${where}.output`,
      found: `training wrote ${name} into its working folder`,
      expected: `${name} in the folder that TOUCHSTONE_OUTPUT_DIR names`,
      remedy: `In Python: pathlib.Path(os.environ["TOUCHSTONE_OUTPUT_DIR"]) / "${name}"`,
    };
  }
  const near = nearest(name, written);
  return {
    where: `${where}.output`,
    found: `training ended well but wrote no ${name}; ${listing(written)}`,
    expected: `${name} in the folder that TOUCHSTONE_OUTPUT_DIR names`,
    remedy: near === undefined ? 'Write it there, or correct train.output' : `Did you mean train.output: ${near}`,
  };
}

function outputEmpty(name: string, where: string): Problem {
  return {
    where: `${where}.output`,
    found: `training wrote ${name} without a single byte`,
    expected: 'a model or predictions',
    remedy: 'Close the file before the command ends',
  };
}

function fileMissing(pattern: string, written: readonly WrittenFile[], where: string): Problem {
  return {
    where: `${where}.files`,
    found: `training wrote no ${pattern}; ${listing(written)}`,
    remedy: 'Write it into TOUCHSTONE_OUTPUT_DIR, or take it out of train.files',
  };
}

function notToBeTaken(file: WrittenFile, where: string): Problem[] {
  if (file.leadsOut) {
    const found = `${file.path} is a link to what lies outside of the output folder`;
    return [{ where: `${where}.files`, found, remedy: 'Write the file itself' }];
  }
  if (!isPortable(file.path)) {
    const found = `the name ${JSON.stringify(file.path)} means something else on other platforms`;
    return [
      {
        where: `${where}.files`,
        found,
        expected: 'a name that Windows can have too: no backslash or colon, no device name, no dot or blank at its end',
      },
    ];
  }
  if (!RESERVED_OUTPUTS.includes(file.path)) return [];
  const found = `${file.path} is a name that Touchstone writes itself`;
  return [{ where: `${where}.files`, found, remedy: 'Give the file another name' }];
}

function listing(written: readonly WrittenFile[]): string {
  if (written.length === 0) return 'it wrote nothing';
  const names = written.slice(0, LISTED).map((file) => file.path);
  return `it wrote ${names.join(', ')}${written.length > LISTED ? ` and ${written.length - LISTED} more` : ''}`;
}

function nearest(name: string, written: readonly WrittenFile[]): string | undefined {
  const extension = name.slice(name.lastIndexOf('.'));
  const ranked = written
    .map(({ path }) => ({ path, edits: distance(path, name) }))
    .filter(({ path, edits }) => edits <= name.length / 2 || path.endsWith(extension))
    .toSorted((a, b) => a.edits - b.edits);
  return ranked[0]?.path;
}
