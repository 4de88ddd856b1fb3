import type { ModelConfig } from '../config/config.ts';
import { policyOf } from '../config/policy.ts';
import type { Anomaly } from '../dataset/anomaly.ts';
import type { DataEngine } from '../dataset/dataEngine.ts';
import type { ModelDatasets } from '../dataset/dataset.ts';
import { findAnomalies } from '../dataset/findAnomalies.ts';
import { parseSchema, schemaDigest, type Schema } from '../dataset/schema.ts';
import { canonicalJson, digestOfBytes, digestOfJson, type Digest, type Json } from '../identity/digest.ts';
import { dataOfTree, type DeclaredFile } from '../pullRequest/declaredFiles.ts';
import type { GitTree } from '../pullRequest/gitTree.ts';
import type { TreeView } from '../pullRequest/treeLinks.ts';
import type { LocalFiles } from '../registry/localFiles.ts';
import type { ReportedAnomaly } from '../report/runReport.ts';

export interface HeadDataPorts {
  readonly engine: DataEngine;
  /** Where files of the head are put to be read. */
  readonly folder: {
    readonly root: string;
    put(files: readonly DeclaredFile[], tree: GitTree): Promise<void>;
  };
  /** Absolute path of the folder of the configuration that rules, in the checkout of the default branch. */
  readonly rulingRoot: string;
  readonly readSchema: (root: string, path: string) => Promise<string>;
}

/** The data of a head, read by what its own configuration says and held against what the default branch's says. */
export interface HeadData {
  /** What its training was given. */
  readonly datasets: ModelDatasets;
  /** Of the head's schema file. */
  readonly schemaDigest?: Digest;
  /** By the schema that rules; errors that the head's schema accepts are told as warnings. */
  readonly anomalies: readonly ReportedAnomaly[];
  /** Ids of the errors that the head's schema accepts. */
  readonly accepted: readonly string[];
  /** By the head's own schema. */
  readonly ownAnomalies: readonly ReportedAnomaly[];
  /** Whether the head changes what judges it: its policy, or what its schema says. */
  readonly editsPolicy: boolean;
  /** Row keys, as the ruling configuration makes them, of all that its training has seen. */
  readonly seen: readonly Uint8Array[];
}

/**
 * @param ruling absent for a model that only the head has: it is held against its own.
 * @throws UserMistake where data or schema cannot be read.
 */
export async function readHeadData(
  proposed: ModelConfig,
  ruling: ModelConfig | undefined,
  view: TreeView,
  ports: HeadDataPorts,
): Promise<HeadData> {
  const { engine, folder } = ports;
  const { train, validation, holdout, schema } = proposed.data;
  const patterns = [...train, ...validation, ...holdout, ...(schema === undefined ? [] : [schema])];
  await folder.put(await dataOfTree(view, patterns), view.tree);
  const ownSchema = await schemaOf(proposed, folder.root, ports);
  const datasets = await engine.inspect(folder.root, proposed);
  const own = { datasets, ...(ownSchema && { schemaDigest: schemaDigest(ownSchema) }) };
  if (ruling === undefined) {
    const anomalies = findAnomalies(proposed, datasets, ownSchema).map(reported);
    return { ...own, anomalies, ownAnomalies: anomalies, accepted: [], editsPolicy: false, seen: keysSeen(datasets) };
  }
  const rulingSchema = await schemaOf(ruling, ports.rulingRoot, ports);
  // What the columns mean is for the ruling configuration to say; which rows there are, for the head.
  const asRuled: ModelConfig = { ...ruling, data: proposed.data };
  const ruled = meansTheSame(ruling, proposed) ? datasets : await engine.inspect(folder.root, asRuled);
  const found = findAnomalies(asRuled, ruled, rulingSchema);
  const left = new Set(
    findAnomalies(asRuled, ruled, ownSchema)
      .filter(isError)
      .map(({ id }) => id),
  );
  const accepted = found.filter((anomaly) => isError(anomaly) && !left.has(anomaly.id)).map(({ id }) => id);
  return {
    ...own,
    anomalies: found.map((anomaly) => (accepted.includes(anomaly.id) ? acceptedBySchema(anomaly) : reported(anomaly))),
    accepted,
    ownAnomalies: findAnomalies(proposed, datasets, ownSchema).map(reported),
    editsPolicy:
      digestOfJson(policyOf(ruling)) !== digestOfJson(policyOf(proposed)) ||
      (rulingSchema && schemaDigest(rulingSchema)) !== own.schemaDigest,
    seen: await seenByTraining(proposed, ruling, datasets, ports),
  };
}

/** The rows that judge a model: those of the default branch's checkout, whatever the head does to them. */
export async function readRulingHoldout(
  ruling: ModelConfig,
  { engine, rulingRoot }: HeadDataPorts,
): Promise<ModelDatasets['holdout']> {
  const { data } = ruling;
  // Where files of their own hold them, nothing else needs to be read.
  const reading = data.split === undefined ? { ...ruling, data: { ...data, train: [], validation: [] } } : ruling;
  return (await engine.inspect(rulingRoot, reading)).holdout;
}

/** Local files, and the row keys of datasets that were just read. */
export function withRowKeys(local: LocalFiles, { train, validation }: ModelDatasets): LocalFiles {
  const read = [train, validation].flatMap((dataset) => (dataset ? [dataset.rowKeys] : []));
  const known = new Map(read.map((keys) => [digestOfBytes(keys), keys]));
  return {
    join: (folder, file) => local.join(folder, file),
    copyOf: (store, files) => local.copyOf(store, files),
    rowKeys: async (digest) => known.get(digest) ?? local.rowKeys(digest),
  };
}

/**
 * Row keys are made of the id, or of all columns but the target: where the head names others, its own keys would meet
 * none of the holdout's. Then every row of its files counts as seen, keyed as the holdout is.
 */
async function seenByTraining(
  proposed: ModelConfig,
  { id, target }: ModelConfig,
  datasets: ModelDatasets,
  { engine, folder }: HeadDataPorts,
): Promise<readonly Uint8Array[]> {
  if (proposed.id === id && proposed.target === target) return keysSeen(datasets);
  const { train, validation } = proposed.data;
  const files = [...train, ...validation];
  if (files.length === 0) return [];
  const { id: own, ...others } = proposed;
  void own;
  const all = { ...others, target, ...(id !== undefined && { id }) };
  const { holdout } = await engine.inspect(folder.root, {
    ...all,
    data: { train: [], validation: [], holdout: files },
  });
  return [holdout.rowKeys];
}

function keysSeen({ train, validation }: ModelDatasets): readonly Uint8Array[] {
  return [train, validation].flatMap((dataset) => (dataset ? [dataset.rowKeys] : []));
}

async function schemaOf(
  { data }: ModelConfig,
  root: string,
  { readSchema }: HeadDataPorts,
): Promise<Schema | undefined> {
  return data.schema === undefined ? undefined : parseSchema(await readSchema(root, data.schema), data.schema);
}

/** Whether two configurations read the same columns as the same things. */
function meansTheSame(a: ModelConfig, b: ModelConfig): boolean {
  const meaning = ({ task, target, id, time, group, features }: ModelConfig): string =>
    canonicalJson(JSON.parse(JSON.stringify({ task, target, id, time, group, features })) as Json);
  return meaning(a) === meaning(b);
}

function isError({ severity }: Anomaly): boolean {
  return severity === 'error';
}

function reported({ id, code, severity, column, message }: Anomaly): ReportedAnomaly {
  return { id, code, severity, ...(column !== undefined && { column }), message };
}

function acceptedBySchema(anomaly: Anomaly): ReportedAnomaly {
  const { message } = anomaly;
  return { ...reported(anomaly), severity: 'warning', message: `${message}. The proposed schema accepts it` };
}
