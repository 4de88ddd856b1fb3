import type { TrainConfig } from '../config/config.ts';
import type { Dataset, ModelDatasets } from '../dataset/dataset.ts';
import { canonicalJson, digestOfBytes, type Digest, type Json } from '../identity/digest.ts';
import type { TrainingData, TrainingInputs } from './candidate.ts';

/** What of the rows enters a training's inputs. */
export interface TrainingRows {
  readonly train: TrainingData;
  readonly validation?: TrainingData;
}

/** @returns `undefined` where there are no rows to train on. */
export function rowsToTrainOn(
  { train, validation }: Pick<ModelDatasets, 'train' | 'validation'>,
  schemaDigest: Digest | undefined,
): TrainingRows | undefined {
  if (train === undefined) return undefined;
  const facts = (dataset: Dataset, role: TrainingData['role']): TrainingData => ({
    role,
    digest: dataset.digest,
    rows: dataset.rows,
    ...(schemaDigest !== undefined && { schemaDigest }),
    rowKeys: digestOfBytes(dataset.rowKeys),
  });
  return { train: facts(train, 'train'), ...(validation && { validation: facts(validation, 'validation') }) };
}

/**
 * All that decides the bytes that come out of a training, as a manifest will hold it: one value for equal inputs, whether
 * they are read from a checkout or from git's objects.
 *
 * @param code each file of `train.inputs` with its git object id, sorted by path.
 * @param lockfile of the requirements that `train.setup` names.
 */
export function trainingInputs(
  { command, params, seed }: Pick<TrainConfig, 'command' | 'params' | 'seed'>,
  { train, validation }: TrainingRows,
  code: TrainingInputs['code'],
  lockfile: Digest | undefined,
): TrainingInputs {
  return {
    code: code.map(({ path, object }) => ({ path, object })),
    data: validation === undefined ? [train] : [train, validation],
    command,
    params,
    seed,
    ...(lockfile !== undefined && { lockfile }),
  };
}

/** One input that is not what it should be, as clauses: `code train.py`, `object 1f2e...`, `object 3a4b...`. */
export interface InputDifference {
  readonly what: string;
  readonly claimed: string;
  readonly expected: string;
}

const NOTHING = 'nothing';

/** Where a candidate's inputs differ from those that it should be made of; empty where they are the same. */
export function differencesOfInputs(claimed: TrainingInputs, expected: TrainingInputs): readonly InputDifference[] {
  const [a, b] = [entriesOf(claimed), entriesOf(expected)];
  const names = [...new Set([...b.keys(), ...a.keys()])];
  return names.flatMap((what) => {
    const [found, right] = [a.get(what) ?? NOTHING, b.get(what) ?? NOTHING];
    return found === right ? [] : [{ what, claimed: found, expected: right }];
  });
}

function entriesOf({ code, data, command, params, seed, lockfile }: TrainingInputs): ReadonlyMap<string, string> {
  const entries: (readonly [string, string])[] = [
    ...numbered(code.map(({ path, object }) => [`code ${path}`, `object ${object}`] as const)),
    ...numbered(data.map(({ role, ...facts }) => [`${role} data`, textOf(facts)] as const)),
    ['command', textOf(command)],
    ...Object.entries(params).map(([name, value]) => [`parameter ${name}`, textOf(value)] as const),
    ['seed', textOf(seed)],
    ...(lockfile === undefined ? [] : [['requirements', `digest ${lockfile}`] as const]),
  ];
  return new Map(entries);
}

/** A second entry of one name would hide the first. */
function numbered(entries: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  const seen = new Map<string, number>();
  return entries.map(([name, text]) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return [count === 1 ? name : `${name} (${count})`, text];
  });
}

function textOf(value: Json | object): string {
  return canonicalJson(JSON.parse(JSON.stringify(value)) as Json);
}
