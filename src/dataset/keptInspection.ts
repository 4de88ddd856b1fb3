import { digestOfBytes, digestOfJson, type Digest, type Json } from '../identity/digest.ts';
import { seal, unseal } from '../identity/seal.ts';
import type { Dataset, DatasetRole, ModelData, ModelDatasets } from './dataset.ts';

/** A number of its own for each change of how data are read that could give other datasets for equal bytes. */
const READER = 'touchstone-reader/1';

/** A file as it is now. */
export interface ReadFile {
  /** Absolute. */
  readonly path: string;
  /** Relative to the root, `/` between segments. */
  readonly shown: string;
  /** sha256 of its bytes. */
  readonly digest: Digest;
}

/** The files of each role, in the order in which they are read. */
export type ReadFiles = { readonly [role in DatasetRole]?: readonly ReadFile[] };

/** Datasets, and how they were come by. */
export interface Inspection {
  readonly datasets: ModelDatasets;
  /** Of each file by its name; absent where a file changed while it was read. */
  readonly fileDigests?: ReadonlyMap<string, Digest>;
  /** ISO 8601: when the rows were read, where that was in an earlier run. */
  readonly reusedFrom?: string;
}

/**
 * What decides the datasets of a model: the bytes and the names of its files, what the configuration says of them, and
 * who reads them.
 *
 * @param engine name and version of what reads files.
 */
export function keyOfInspection(model: ModelData, files: ReadFiles, engine: string): Digest {
  const { task, target, id, time, group, data } = model;
  const named = Object.entries(files).map(([role, of]) => [role, of.map(({ shown, digest }) => [shown, digest])]);
  // The rest of the model's section decides nothing here, its name neither: models of the same rows share what was read.
  const section = { task: task.kind, target, id, time, group, split: data.split && { ...data.split } };
  return digestOfJson({ reader: READER, engine, section, files: Object.fromEntries(named) as Json });
}

interface KeptInspection {
  readonly schema: 'touchstone/inspection/v1';
  readonly key: Digest;
  /** ISO 8601. */
  readonly madeAt: string;
  readonly datasets: { readonly [role in DatasetRole]?: KeptDataset };
}

type KeptDataset = Omit<Dataset, 'rowKeys'> & { readonly rowKeys: Digest };

/** The datasets as a text, their row keys by digest. */
export function formatInspection(key: Digest, datasets: ModelDatasets, madeAt: string): string {
  const kept = Object.values(datasets).map((dataset: Dataset): [DatasetRole, KeptDataset] => [
    dataset.role,
    { ...dataset, rowKeys: digestOfBytes(dataset.rowKeys) },
  ]);
  const schema = 'touchstone/inspection/v1';
  const document: KeptInspection = { schema, key, madeAt, datasets: Object.fromEntries(kept) };
  return seal(JSON.stringify(document));
}

/**
 * The datasets of a text that {@link formatInspection} made; `undefined` where it was not that, or not whole any more.
 *
 * @param files where the same files lie now.
 */
export async function parseInspection(
  text: string,
  key: Digest,
  files: ReadFiles,
  rowKeysOf: (digest: Digest) => Promise<Uint8Array | undefined>,
): Promise<{ readonly datasets: ModelDatasets; readonly madeAt: string } | undefined> {
  const unsealed = unseal(text);
  if (unsealed === undefined) return undefined;
  // Nobody else writes what its own digest holds together, and its key says by which form.
  const kept = JSON.parse(unsealed) as KeptInspection;
  if (kept.key !== key) return undefined;
  const places = new Map(Object.values(files).flatMap((of) => of.map(({ shown, path }) => [shown, path])));
  const read = await Promise.all(
    Object.values(kept.datasets).map(async (dataset): Promise<Dataset | undefined> => {
      const rowKeys = await rowKeysOf(dataset.rowKeys);
      return rowKeys && { ...dataset, rowKeys, source: movedTo(dataset.source, places) };
    }),
  );
  const whole = read.filter((dataset) => dataset !== undefined);
  if (whole.length < read.length) return undefined;
  const { train, validation, holdout } = Object.fromEntries(whole.map((dataset) => [dataset.role, dataset])) as Partial<
    Record<DatasetRole, Dataset>
  >;
  if (holdout === undefined) return undefined;
  return { datasets: { ...(train && { train }), ...(validation && { validation }), holdout }, madeAt: kept.madeAt };
}

function movedTo(source: Dataset['source'], places: ReadonlyMap<string, string>): Dataset['source'] {
  return { ...source, files: source.files.map((file) => ({ ...file, path: places.get(file.shown) ?? file.path })) };
}
