import type { ModelConfig } from '../config/config.ts';
import { counted, notApplicable, ok, problem, warning, type Check } from './check.ts';

/** One file that a model's data name, by its first bytes. */
export interface DataFile {
  /** Relative to the root, `/` between segments. */
  readonly path: string;
  readonly role: 'train' | 'validation' | 'holdout';
  readonly bytes: number;
  /** The first kilobyte; absent where it cannot be read. */
  readonly head?: Uint8Array;
  /** Lines of a text file that is small enough to be counted at once. */
  readonly lines?: number;
}

/** `version https://git-lfs.github.com/spec/v1`: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
const LFS_POINTER = 'version https://git-lfs.github.com/spec/';

export function isLfsPointer(head: Uint8Array): boolean {
  return Buffer.from(head).subarray(0, LFS_POINTER.length).toString('latin1') === LFS_POINTER;
}

/** What can be said of data files without reading them. */
export function checkDataFiles({ name }: ModelConfig, files: readonly DataFile[]): readonly Check[] {
  const id = `${name}.data`;
  const broken = files.flatMap((file): readonly Check[] => {
    const { path, head, bytes } = file;
    if (head === undefined) {
      return [problem(id, `${path} cannot be read`, { remedy: `Give yourself the right: chmod u+r ${path}` })];
    }
    if (bytes === 0) return [problem(id, `${path} is empty`, { remedy: 'Fetch the data again' })];
    if (isLfsPointer(head)) {
      return [
        problem(id, `${path} is a Git LFS pointer, not the data`, {
          remedy: `Run: git lfs install && git lfs pull --include "${path}"`,
        }),
      ];
    }
    return [];
  });
  if (broken.length > 0) return broken;
  if (files.length === 0) return [notApplicable(id, 'no data file was found')];
  return [ok(id, `found ${counted(new Set(files.map(({ path }) => path)).size, 'data file')}`)];
}

/** About how many rows judge the model, where all its files could be counted: a split's share of them. */
export function holdoutRows({ data }: ModelConfig, files: readonly DataFile[]): number | undefined {
  const { split } = data;
  if (split?.by === 'time') return undefined;
  const from = files.filter(({ role }) => role === (split === undefined ? 'holdout' : 'train'));
  const counts = from.map(({ lines }) => lines);
  if (counts.length === 0 || counts.includes(undefined)) return undefined;
  const rows = counts.reduce<number>((sum, lines) => sum + (lines ?? 0), 0);
  return Math.round(rows * (split?.holdout ?? 1));
}

/** Whether training can have seen the rows that judge it. */
export function checkHoldout(model: ModelConfig): Check {
  const id = `${model.name}.holdout`;
  const from = model.data.split === undefined ? 'files of the repository' : 'a split of the training data';
  const split = model.data.split;
  if (split?.by === 'row' && model.group === undefined) {
    return warning(id, `the holdout is open (${from}), and rows are split one by one, without an id or a group`, {
      expected: 'that rows of one customer, machine or day stay on one side',
      remedy: `Name the column that rows depend on: "group: COLUMN" in models.${model.name}; if there is none, leave it`,
    });
  }
  return ok(id, `the holdout is open (${from}): training can have seen it, so verdicts are advisory`);
}
