import path from 'node:path';
import { filesOfPattern, findDataFiles, formatOfData, placeOfData, type DataFile } from '../../adapters/dataFiles.ts';
import { digestOfFile } from '../../adapters/inputFiles.ts';
import { quote } from '../../config/complaint.ts';
import { readRepositoryPath } from '../../config/repositoryPath.ts';
import { UserMistake } from '../../failure.ts';
import type { DataFormat } from '../../scaffold/dataFormat.ts';
import { printable } from '../../wording/printable.ts';
import { askForData, type Conversation } from './conversation.ts';

/** The table that a model is made for. */
export interface ChosenData {
  /** Absolute folder, and in it the file's name or a glob of several with the same columns, for reading. */
  readonly folder: string;
  readonly file: string;
  /** One of the files, or the only one. */
  readonly first: string;
  /** As the configuration will name it. */
  readonly configured: string;
  /** Where it lies outside of the project, and is to be copied. */
  readonly copied: boolean;
  readonly bytes: number;
}

/**
 * The table that is meant: the one that is named, the only one there is, or the one that the person picks.
 * @throws UserMistake `data_missing`, `data_ambiguous`, `data_unusable`.
 */
export async function chooseData(
  root: string,
  cwd: string,
  named: string | undefined,
  conversation: Conversation | undefined,
  command: string,
): Promise<ChosenData> {
  if (named !== undefined) return placed(root, path.resolve(cwd, named), named);
  const found = await findDataFiles(root);
  const [first] = found;
  if (first === undefined) {
    throw new UserMistake('data_missing', {
      where: root,
      found: 'there is no table here: no CSV, Parquet or NDJSON file, in this folder or below',
      remedy: `Name one, wherever it lies: ${command} --data FILE`,
    });
  }
  const obvious = theObvious(found) ?? theTraining(found);
  if (obvious !== undefined) return placed(root, path.join(root, obvious.path), obvious.path);
  if (conversation === undefined) throw severalTables(found, command);
  const hints = found.map((file) => ({ path: file.path, hint: formatBytes(file.bytes) }));
  const chosen = await askForData(hints, conversation);
  return placed(root, path.join(root, chosen), chosen);
}

/** The only one, or one beside which the others are nothing. */
function theObvious(found: readonly DataFile[]): DataFile | undefined {
  const [largest, ...others] = found;
  const rest = others.reduce((sum, { bytes }) => sum + bytes, 0);
  return largest !== undefined && largest.bytes >= 10 * rest ? largest : undefined;
}

const TRAINING = /(?:^|[\W_])train(?:ing)?(?:[\W_]|$)/i;
const NOT_TRAINING = /(?:^|[\W_])(?:test|testing|val|valid|validation|holdout|sample|submission)(?:[\W_]|$)/i;

/** The one that is called after training, where the others are called after what follows it: their rows may lack the target. */
function theTraining(found: readonly DataFile[]): DataFile | undefined {
  const [training, ...more] = found.filter(({ path: name }) => TRAINING.test(path.basename(name)));
  const others = found.filter((file) => file !== training);
  const apart = more.length === 0 && others.every(({ path: name }) => NOT_TRAINING.test(path.basename(name)));
  return apart ? training : undefined;
}

const MOST_LISTED = 8;

function severalTables(found: readonly DataFile[], command: string): UserMistake {
  const shown = found.slice(0, MOST_LISTED);
  const more = found.length - shown.length;
  return new UserMistake('data_ambiguous', {
    where: '--data',
    found: `there are ${found.length} tables here, and none is named`,
    expected: 'one of them',
    remedy: `Type one of these${more > 0 ? ` (or of ${more} more)` : ''}`,
    excerpt: [...partsOf(found), ...shown.map(({ path: name }) => name)].map(
      (name) => `${command} --data ${shellWord(name)}`,
    ),
  });
}

/** A glob of all of them where they are called alike but for their numbers: parts of one table. */
function partsOf(found: readonly DataFile[]): readonly string[] {
  const [pattern, ...others] = new Set(found.map(({ path: name }) => name.replaceAll(/\d+/g, '*')));
  return pattern === undefined || others.length > 0 ? [] : [pattern];
}

/** As a person would type it into a shell. */
function shellWord(text: string): string {
  const word = printable(text, 200);
  return /^[\w./@%+=:,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

async function placed(root: string, file: string, shown: string): Promise<ChosenData> {
  const place = await placeOfData(root, file);
  const parts = place.kind === 'missing' ? await placedParts(root, file) : undefined;
  if (parts !== undefined) return parts;
  if (place.kind === 'missing' || place.kind === 'no-file') {
    throw new UserMistake('data_missing', {
      where: '--data',
      found: place.kind === 'missing' ? `there is no file ${quote(shown)}` : `${quote(shown)} is no file`,
      expected: 'a CSV, Parquet or NDJSON file',
      remedy: 'Correct the path',
    });
  }
  const outside = place.kind === 'outside';
  const name = path.basename(file);
  const { configured, copied } = outside ? await placeOfCopy(root, file) : { configured: place.path, copied: false };
  assertConfigurable(configured);
  const folder = outside ? path.dirname(file) : root;
  const read = outside ? name : place.path;
  return { folder, file: read, first: read, configured, copied, bytes: place.bytes };
}

/** Several files as one table: `months/*.csv`. */
async function placedParts(root: string, pattern: string): Promise<ChosenData | undefined> {
  const configured = path.relative(root, pattern).replaceAll(path.sep, '/');
  const files = await filesOfPattern(root, configured);
  const [first] = files ?? [];
  if (files === undefined || first === undefined) return undefined;
  assertConfigurable(configured);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { folder: root, file: configured, first: first.path, configured, copied: false, bytes };
}

function assertConfigurable(configured: string): void {
  const reading = readRepositoryPath(configured);
  if (reading.kind === 'read') return;
  throw new UserMistake('data_unusable', {
    where: '--data',
    found: `the name ${quote(configured)} cannot be written into the configuration`,
    expected: reading.expected,
    remedy: 'Rename the file',
  });
}

/** `data/NAME`, or with a number where another file has that name; a copy that stands there already serves. */
async function placeOfCopy(root: string, file: string): Promise<Pick<ChosenData, 'configured' | 'copied'>> {
  const [, stem = '', ending = ''] = /^(.+?)((?:\.[^.]+)?(?:\.gz)?)$/i.exec(path.basename(file)) ?? [];
  for (let attempt = 1; ; attempt += 1) {
    const configured = `data/${stem}${attempt === 1 ? '' : `-${attempt}`}${ending}`;
    const standing = await placeOfData(root, path.join(root, configured));
    if (standing.kind === 'missing') return { configured, copied: true };
    if (standing.kind === 'inside' && (await sameBytes(path.join(root, configured), file))) {
      return { configured, copied: false };
    }
  }
}

async function sameBytes(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([digestOfFile(a), digestOfFile(b)]);
  return left === right;
}

export function formatOf({ folder, first }: ChosenData): Promise<DataFormat> {
  return formatOfData(path.join(folder, first));
}

/** GitHub warns of files from 50 MiB on, and refuses them from 100 MiB on. */
const LARGE_BYTES = 50 * 1024 * 1024;

/** What is sensible to do about a large table in a repository; `undefined` where nothing is. */
export function adviceOnSize({ configured, bytes }: ChosenData): string | undefined {
  if (bytes < LARGE_BYTES) return undefined;
  return `${printable(configured, 80)} has ${formatBytes(bytes)}, and GitHub refuses files of 100 MB: put it into Git LFS, or name it in .gitignore.`;
}

function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [unit, size] = bytes < 1e6 ? ['kB', 1e3] : bytes < 1e9 ? ['MB', 1e6] : ['GB', 1e9];
  return `${Number((bytes / size).toPrecision(2))} ${unit}`;
}
