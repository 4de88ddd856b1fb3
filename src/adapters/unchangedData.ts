import type { ModelDatasets } from '../dataset/dataset.ts';
import { UserMistake, type Problem } from '../failure.ts';
import type { Digest } from '../identity/digest.ts';
import { digestOfFile } from './inputFiles.ts';

/**
 * What was made of the data files stands for the rows that were counted only where the files are still the same.
 *
 * @param digests of the files when they were read, by name; absent where one changed even then.
 * @throws UserMistake that names each file that is another now.
 */
export async function refuseChangedData(
  datasets: ModelDatasets,
  digests: ReadonlyMap<string, Digest> | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const sources = [datasets.train, datasets.validation, datasets.holdout].flatMap((each) => each?.source.files ?? []);
  const files = new Map(sources.map(({ shown, path }) => [shown, path]));
  const problems: Problem[] = [];
  for (const [shown, path] of files) {
    const before = digests?.get(shown);
    const now = before && (await digestOfFile(path, signal).catch(() => undefined));
    signal?.throwIfAborted();
    if (before !== undefined && now === before) continue;
    // Without digests it is not known which one it was.
    problems.push({
      where: digests === undefined ? [...files.keys()].join(', ') : shown,
      found:
        now === undefined && before !== undefined ? 'the file is gone' : 'the file changed while it was being used',
      expected: 'the same rows from reading to judging',
      remedy: 'Run again once it is written',
    });
    if (digests === undefined) break;
  }
  const [first, ...rest] = problems;
  if (first) throw new UserMistake('data-changed', first, ...rest);
}
