import path from 'node:path';
import { readConfig } from '../adapters/configFile.ts';
import { dataHeads } from '../adapters/diagnosis/dataHeads.ts';
import { gitHubFacts } from '../adapters/diagnosis/gitHubFacts.ts';
import { machineFacts } from '../adapters/diagnosis/machineFacts.ts';
import { nativeParts } from '../adapters/diagnosis/nativeParts.ts';
import { pythonFacts } from '../adapters/diagnosis/pythonFacts.ts';
import { repositoryFacts } from '../adapters/diagnosis/repositoryFacts.ts';
import { folderStoreTrials } from '../adapters/diagnosis/storeTrials.ts';
import { workspaceFacts } from '../adapters/diagnosis/workspaceFacts.ts';
import { TOUCHSTONE_RELEASE, workflowTemplates } from '../adapters/touchstoneRelease.ts';
import { localTraining } from '../adapters/training/localTraining.ts';
import { Workspace } from '../adapters/workspace.ts';
import { diagnose, type Diagnosis, type DoctorPorts, type Patient } from '../commands/doctor.ts';
import { lastFindings } from '../commands/lastFindings.ts';
import type { Config } from '../config/config.ts';
import { counted, warning, type Check, type CheckStatus } from '../diagnosis/check.ts';
import { UserMistake } from '../failure.ts';
import type { Json } from '../identity/digest.ts';
import type { RegistryStore } from '../registry/store.ts';
import { EXIT, type ExitCode } from './exitCode.ts';
import type { Invocation } from './invocation.ts';
import { openStore } from '../workbench/openStore.ts';
import { printable } from '../wording/printable.ts';
import type { Process } from '../workbench/terminal.ts';

/** Looks at all that the other commands lean on, and says what is missing or unsafe and what mends it. */
export async function doctor({ process, terminal, options }: Invocation): Promise<ExitCode> {
  const configuration = await configurationOf(process, options.config);
  const config = configuration.kind === 'read' ? configuration.config : undefined;
  const registry = config?.registry.kind === 'folder' ? path.resolve(config.root, config.registry.path) : undefined;
  const store = config && openStore(process, config, () => undefined);
  const patient: Patient = {
    configuration,
    reachable: 'advisory',
    ...(store && { store }),
    ...(registry !== undefined && {
      trials: folderStoreTrials(registry, process.now, {
        node: process.modelRuntime.node,
        child: process.storeTrial,
        signal: process.signal,
      }),
    }),
  };
  const diagnosis = await diagnose(patient, portsOf(process, config, store, registry));
  terminal.answer(tell(diagnosis), JSON.parse(JSON.stringify(diagnosis)) as Json);
  return diagnosis.checks.some(({ status }) => status === 'problem') ? EXIT.blocked : EXIT.done;
}

async function configurationOf(process: Process, named: string | undefined): Promise<Patient['configuration']> {
  try {
    const config = await readConfig({ cwd: process.cwd, ...(named !== undefined && { path: named }) });
    return { kind: 'read', config };
  } catch (error) {
    // Nobody has to have one yet; a file that was named has to be there.
    if (error instanceof UserMistake && error.code === 'config-missing' && named === undefined) {
      const [problem] = error.problems;
      const found = problem?.found ?? 'there is no touchstone.yml';
      const check = warning('config', found, { remedy: problem?.remedy ?? 'Write one: docs/configuration.md' });
      return { kind: 'none', check };
    }
    return { kind: 'invalid', error };
  }
}

function portsOf(
  process: Process,
  config: Config | undefined,
  store: RegistryStore | undefined,
  registry: string | undefined,
): DoctorPorts {
  const { env, cwd, now } = process;
  const root = config?.root ?? cwd;
  const training = localTraining(env);
  const workspace = new Workspace(root);
  const models = [...(config?.models.values() ?? [])];
  return {
    now,
    host: env,
    machine: () => machineFacts(env, { project: root, ...(registry !== undefined && { registry }) }),
    nativeParts: () => nativeParts(process.modelRuntime.node),
    workspace: () => workspaceFacts(root, env),
    repository: () =>
      repositoryFacts(env, {
        root,
        ...(config?.registry.kind === 'folder' && { registry: config.registry.path }),
        data: [...new Set(models.flatMap(({ data }) => [...data.train, ...data.validation, ...data.holdout]))],
        inputs: [...new Set(models.flatMap(({ train }) => train?.inputs ?? []))],
      }),
    gitHub: () =>
      gitHubFacts(env, {
        root,
        now,
        ...(config && { registry: config.registry }),
        signal: process.signal,
      }),
    released: async () => ({ release: TOUCHSTONE_RELEASE, templates: await workflowTemplates() }),
    python: (model) => pythonFacts(root, model, env, training.python),
    dataFiles: (model) => dataHeads(root, model),
    precedent: (model) => (store === undefined ? Promise.resolve(undefined) : lastFindings(model, workspace, store)),
  };
}

const SIGNS: { readonly [status in CheckStatus]: string } = {
  ok: 'ok      ',
  warning: 'warning ',
  problem: 'problem ',
  'not-applicable': '-       ',
};

function tell({ checks }: Diagnosis): string {
  const count = (status: CheckStatus): number => checks.filter((check) => check.status === status).length;
  const summary = `${counted(count('problem'), 'problem')}, ${counted(count('warning'), 'warning')}.`;
  return [...checks.map(tellCheck), '', summary].join('\n');
}

// A command is copied as it stands, so one that is cut short would be worse than none.
const LONGEST_LINE = 4000;

/** What is not well says what would be, and what mends it, each on a line of its own. */
export function tellCheck({ id, status, found, expected, remedy }: Check): string {
  const lines = [`${SIGNS[status]}${id}: ${found}.`];
  if (expected !== undefined) lines.push(`Expected ${expected}.`);
  if (remedy !== undefined) lines.push(`${remedy}.`);
  return lines.map((line, at) => `${at === 0 ? '' : '          '}${printable(line, LONGEST_LINE)}`).join('\n');
}
