import type { Assurance, Config, ModelConfig } from '../config/config.ts';
import { checksOfFailure, notApplicable, ok, type Check } from '../diagnosis/check.ts';
import { checkDataFiles, checkHoldout, holdoutRows, type DataFile } from '../diagnosis/data.ts';
import { checkGitHub } from '../diagnosis/gitHub.ts';
import type { GitHubFacts } from '../diagnosis/gitHubFacts.ts';
import { checkGates, checkRequires, type Precedent } from '../diagnosis/gates.ts';
import {
  checkDisks,
  checkGpu,
  checkMemory,
  checkNativePart,
  checkNode,
  checkPlatform,
  type MachineFacts,
  type NativePart,
} from '../diagnosis/machine.ts';
import { checkEnvironmentVariables, checkPython, type PythonFacts } from '../diagnosis/python.ts';
import {
  checkRegistryPlace,
  checkRepository,
  checkTrackedData,
  type RepositoryFacts,
} from '../diagnosis/repository.ts';
import { checkStoreTrial, type StoreTrials } from '../diagnosis/storeTrial.ts';
import type { Released } from '../diagnosis/workflowFiles.ts';
import { checkWorkspace, type WorkspaceFacts } from '../diagnosis/workspace.ts';
import { openRegistry } from '../registry/layout.ts';
import type { RegistryStore } from '../registry/store.ts';
import { REGISTRY_KEY } from '../registry/storeKey.ts';
import type { HostEnvironment } from '../training/commandEnvironment.ts';

/** Who looks: each port reads, and leaves the machine as it was. */
export interface DoctorPorts {
  readonly now: () => Date;
  readonly host: HostEnvironment;
  readonly machine: () => Promise<MachineFacts>;
  /** Each is loaded in a process of its own: a crash is a finding. */
  readonly nativeParts: () => Promise<readonly NativePart[]>;
  readonly workspace: () => Promise<WorkspaceFacts>;
  readonly repository: () => Promise<RepositoryFacts>;
  /** What GitHub says of the repository; asked for nothing without a token. @throws UserMistake, ServiceFailure */
  readonly gitHub: () => Promise<GitHubFacts>;
  /** What `init` would write now. */
  readonly released: () => Promise<Released>;
  /** `undefined` where the model is not trained here. @throws UserMistake */
  readonly python: (model: ModelConfig) => Promise<PythonFacts | undefined>;
  /** The files that the model's data name, by their heads. @throws UserMistake with every one that is missing. */
  readonly dataFiles: (model: ModelConfig) => Promise<readonly DataFile[]>;
  readonly precedent: (model: ModelConfig) => Promise<Precedent | undefined>;
}

/** What is looked at. */
export interface Patient {
  readonly configuration:
    | { readonly kind: 'none'; readonly check: Check }
    | { readonly kind: 'invalid'; readonly error: unknown }
    | { readonly kind: 'read'; readonly config: Config };
  readonly store?: RegistryStore;
  /** For a store that can be tried without a trace. */
  readonly trials?: StoreTrials;
  /** The most that a verdict reached here can be. */
  readonly reachable: Assurance;
}

export interface Diagnosis {
  readonly schema: 'touchstone/doctor/v1';
  readonly checks: readonly Check[];
}

type LookAt = (patient: Patient, ports: DoctorPorts) => Promise<readonly Check[]>;

/** In the order in which a person would ask. A look that fails is a finding under its name. */
const LOOKS: readonly (readonly [id: string, look: LookAt])[] = [
  ['machine', machine],
  ['native', async (_, ports) => (await ports.nativeParts()).map(checkNativePart)],
  ['config', (patient) => Promise.resolve(configuration(patient))],
  ['git', repository],
  ['workspace', async (_, ports) => checkWorkspace(await ports.workspace())],
  ['registry', registry],
  ['github', gitHub],
  ['models', models],
];

/** Looks at all that a run, a registration and a promotion lean on. Writes nothing that stays. */
export async function diagnose(patient: Patient, ports: DoctorPorts): Promise<Diagnosis> {
  const found = await Promise.all(LOOKS.map(([id, look]) => guarded(id, () => look(patient, ports))));
  return { schema: 'touchstone/doctor/v1', checks: found.flat() };
}

async function guarded(id: string, look: () => Promise<readonly Check[]>): Promise<readonly Check[]> {
  try {
    return await look();
  } catch (error) {
    return checksOfFailure(id, error);
  }
}

async function machine(_: Patient, ports: DoctorPorts): Promise<readonly Check[]> {
  const facts = await ports.machine();
  return [
    checkNode(facts, ports.now()),
    checkPlatform(facts),
    checkMemory(facts),
    ...checkDisks(facts),
    checkGpu(facts),
  ];
}

function configuration({ configuration: read }: Patient): readonly Check[] {
  switch (read.kind) {
    case 'none':
      return [read.check];
    case 'invalid':
      return checksOfFailure('config', read.error);
    case 'read': {
      const names = [...read.config.models.keys()];
      return [ok('config', `${read.config.file} is as it must be: ${names.join(', ')}`)];
    }
  }
}

async function repository({ configuration: read }: Patient, ports: DoctorPorts): Promise<readonly Check[]> {
  const facts = await ports.repository();
  if (read.kind !== 'read') return checkRepository(facts).slice(0, 1);
  return [...checkRepository(facts), checkTrackedData(facts), checkRegistryPlace(facts, read.config.registry)];
}

async function registry({ store, trials }: Patient): Promise<readonly Check[]> {
  if (store === undefined) {
    return [notApplicable('registry.layout', 'without a configuration there is no registry to look at')];
  }
  const layout = await guarded('registry.layout', async () => {
    await openRegistry(store, 'read');
    const begun = (await store.get(REGISTRY_KEY)) !== undefined;
    return [
      begun
        ? ok('registry.layout', `${store.location} is a registry that this Touchstone reads`)
        : ok('registry.layout', `${store.location} is empty: the first registration begins it`),
    ];
  });
  // GitHub keeps what is tried: a trial there would stay in the history for ever.
  if (trials === undefined) {
    return [...layout, notApplicable('registry.creation', `${store.location} takes a name once: GitHub sees to it`)];
  }
  const creation = await guarded('registry.creation', async () => [checkStoreTrial(await trials.run())]);
  return [...layout, ...creation];
}

async function gitHub({ configuration: read }: Patient, ports: DoctorPorts): Promise<readonly Check[]> {
  const [facts, released] = await Promise.all([ports.gitHub(), ports.released()]);
  return checkGitHub(facts, released, read.kind === 'read' ? read.config.registry : undefined);
}

async function models({ configuration: read, reachable }: Patient, ports: DoctorPorts): Promise<readonly Check[]> {
  if (read.kind !== 'read') return [];
  const found = await Promise.all(
    [...read.config.models.values()].map((model) => modelChecks(model, reachable, ports)),
  );
  return found.flat();
}

async function modelChecks(model: ModelConfig, reachable: Assurance, ports: DoctorPorts): Promise<readonly Check[]> {
  const { name } = model;
  let files: readonly DataFile[] = [];
  const data = guarded(`${name}.data`, async () => {
    files = await ports.dataFiles(model);
    return [...checkDataFiles(model, files), checkHoldout(model)];
  });
  const python = guarded(`${name}.python`, async () => checkPython(model, await ports.python(model)));
  const dataChecks = await data;
  const gates = await guarded(`${name}.gates`, async () =>
    checkGates(model, await ports.precedent(model), holdoutRows(model, files)),
  );
  return [
    ...dataChecks,
    ...(await python),
    ...checkEnvironmentVariables(model, ports.host),
    ...gates,
    checkRequires(model, reachable),
  ];
}
