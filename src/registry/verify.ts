import { isDigest, type Digest } from '../identity/digest.ts';
import { isEnvironmentName, isModelName, type EnvironmentName, type ModelName } from '../identity/names.ts';
import { BlobProofs } from './blobProofs.ts';
import { environmentLog } from './champions.ts';
import { hintKey, seqOfKey } from './log.ts';
import { doTogether } from './readTogether.ts';
import type { RegistryStore } from './store.ts';
import { BLOBS, INTENTS, REGISTRY_KEY, WHOLE_STORE, type StoreKey } from './storeKey.ts';
import { Problems, type Verification } from './verification.ts';
import { parseVerdictRecord, verdictKey } from './verdictRecord.ts';
import { verifyEnvironmentEvent, verifyModelEvent } from './verifyEvents.ts';
import { verifyLog, type VerificationPorts } from './verifyLog.ts';
import { modelLog, type ModelVersions } from './versions.ts';

/** Short logs are gone through beside each other. */
const LOGS_AT_ONCE = 8;

/** Recomputes every digest and chain of a registry, or of one model's part in it, and tells all that is wrong. */
export async function verifyRegistry(store: RegistryStore, only?: ModelName): Promise<Verification> {
  const inventory = await takeInventory(store, only);
  const problems = new Problems();
  const ports: VerificationPorts = { store, problems, blobs: new BlobProofs(store, problems) };
  const ids = new Set<Digest>();
  const versionsOf = new Map<ModelName, ModelVersions>();
  let events = 0;
  const verifyModel = async ([model, numbers]: readonly [ModelName, readonly number[]]): Promise<void> => {
    const log = modelLog(model);
    const verified = await verifyLog({ log, model, numbers }, ports, (event, before, key) =>
      verifyModelEvent(event, before, key, ports),
    );
    versionsOf.set(model, verified.state);
    for (const id of verified.ids) ids.add(id);
    events += numbers.length;
  };
  const verifyEnvironment = async ({ environment, model, numbers }: EnvironmentNumbers): Promise<void> => {
    const versions = versionsOf.get(model) ?? modelLog(model).empty;
    const log = environmentLog(environment, model);
    const verified = await verifyLog({ log, model, environment, numbers }, ports, (event, before, key) =>
      verifyEnvironmentEvent(event, before, key, { environment, model, versions }, ports),
    );
    for (const id of verified.ids) ids.add(id);
    events += numbers.length;
  };
  await doTogether([...inventory.models], verifyModel, LOGS_AT_ONCE);
  await doTogether(inventory.environments, verifyEnvironment, LOGS_AT_ONCE);
  await doTogether(inventory.verdicts, (verdict) => verifyVerdict(verdict, ports));
  await doTogether(inventory.blobs, (blob) => ports.blobs.prove(blob));
  return {
    problems: problems.all,
    checked: {
      logs: inventory.models.size + inventory.environments.length,
      events,
      versions: [...versionsOf.values()].reduce((sum, { versions }) => sum + versions.length, 0),
      verdicts: inventory.verdicts.length,
      blobs: ports.blobs.count,
    },
    unused: {
      blobs: inventory.blobs.filter((blob) => !ports.blobs.isNamed(blob)).length,
      intents: inventory.intents.filter((id) => !ids.has(id)).length,
      foreign: inventory.foreign,
    },
  };
}

interface EnvironmentNumbers {
  readonly environment: EnvironmentName;
  readonly model: ModelName;
  readonly numbers: number[];
}

interface Inventory {
  /** Numbers of the events, ascending. */
  readonly models: Map<ModelName, number[]>;
  readonly environments: EnvironmentNumbers[];
  readonly verdicts: { readonly key: StoreKey; readonly name: Digest }[];
  readonly blobs: Digest[];
  readonly intents: Digest[];
  foreign: number;
}

const HEX = '([0-9a-f]{64})';
const VERDICT = new RegExp(`^verdicts/${HEX}/${HEX}\\.json$`);
const LOOK = new RegExp(`^verdicts/${HEX}/looks/${HEX}\\.json$`);

/** One list of everything. What a writer adds meanwhile may or may not be in it. */
async function takeInventory(store: RegistryStore, only: ModelName | undefined): Promise<Inventory> {
  const inventory: Inventory = {
    models: new Map(),
    environments: [],
    verdicts: [],
    blobs: [],
    intents: [],
    foreign: 0,
  };
  for await (const name of store.list(WHOLE_STORE)) {
    const place = placeOf(name);
    if (only !== undefined && place?.model !== only) continue;
    if (!(place === undefined ? addElsewhere(inventory, name) : addToLog(inventory, place, name)))
      inventory.foreign += 1;
  }
  return inventory;
}

interface Place {
  readonly model: ModelName;
  readonly environment?: EnvironmentName;
}

/** Whose folder a file lies in. */
function placeOf(name: string): Place | undefined {
  const [area, first = '', second = ''] = name.split('/');
  if (area === 'models' && isModelName(first)) return { model: first };
  if (area !== 'environments' || !isEnvironmentName(first) || !isModelName(second)) return undefined;
  return { environment: first, model: second };
}

/** Answers whether the file belongs there. */
function addToLog(inventory: Inventory, { model, environment }: Place, name: string): boolean {
  const log = environment === undefined ? modelLog(model) : environmentLog(environment, model);
  const seq = seqOfKey(log, name);
  if (seq === undefined) return name === hintKey(log);
  if (environment === undefined) {
    const numbers = inventory.models.get(model) ?? [];
    inventory.models.set(model, numbers);
    numbers.push(seq);
    return true;
  }
  let last = inventory.environments.at(-1);
  if (last?.environment !== environment || last.model !== model) {
    last = { environment, model, numbers: [] };
    inventory.environments.push(last);
  }
  last.numbers.push(seq);
  return true;
}

function addElsewhere(inventory: Inventory, name: string): boolean {
  const blob = name.startsWith(BLOBS) ? name.slice(BLOBS.length) : '';
  const intent = name.startsWith(INTENTS) ? name.slice(INTENTS.length).replace(/\.json$/, '') : '';
  const verdict = VERDICT.exec(name)?.[2] ?? '';
  if (isDigest(blob)) inventory.blobs.push(blob);
  else if (isDigest(intent)) inventory.intents.push(intent);
  else if (isDigest(verdict)) inventory.verdicts.push({ key: name as StoreKey, name: verdict });
  else return name === REGISTRY_KEY || LOOK.test(name);
  return true;
}

async function verifyVerdict({ key, name }: Inventory['verdicts'][number], ports: VerificationPorts): Promise<void> {
  const bytes = await ports.store.get(key);
  const parsed = bytes === undefined ? undefined : parseVerdictRecord(bytes, name);
  if (parsed?.kind !== 'parsed') {
    ports.problems.add('unreadable', key, parsed?.problems.join('; ') ?? 'it was listed, and is not there');
  } else if (verdictKey(parsed.value.holdout, name) !== key) {
    ports.problems.add('contradiction', key, `it is a verdict on the holdout ${parsed.value.holdout}`);
  }
}
