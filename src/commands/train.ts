import type { Config, ModelConfig, TrainConfig } from '../config/config.ts';
import { digestOfJson, type Digest, type Json } from '../identity/digest.ts';
import { UserMistake } from '../failure.ts';
import type { Candidate, TrainingEnvironment, TrainingInputs } from '../training/candidate.ts';
import { commandFailure } from '../training/commandFailures.ts';
import type { CommandOutcome, EnvironmentVariables, OutputLine } from '../training/commandRun.ts';
import { contractVariables, handedOn, withVirtualEnvironment } from '../training/commandEnvironment.ts';
import { refuseHoldoutAmongInputs, type InputFile } from '../training/declaredInputs.ts';
import { visibleGpus } from '../training/gpus.ts';
import type { GpuUse } from '../training/gpuUse.ts';
import { chooseOutputs } from '../training/outputs.ts';
import { isPython, type VirtualEnvironment, type VirtualEnvironmentPlan } from '../training/pythonEnvironment.ts';
import { uncommittedInputs } from '../training/repository.ts';
import { lockfileDigest } from '../training/requirements.ts';
import { trainingInputs, type TrainingRows } from '../training/trainingInputs.ts';
import type { TrainingPorts } from '../training/trainingPorts.ts';
import { failedLog, type TrainingFolder } from '../training/trainingFolder.ts';

export interface TrainRequest {
  readonly config: Config;
  readonly model: ModelConfig;
  /** What is known of the rows; their files are made only when training starts. */
  readonly data: TrainingRows;
}

/** The rows to train on, as files that the command may read a copy of; absolute paths. */
export interface TrainingFiles {
  readonly train: string;
  readonly validation?: string;
  /** The holdout without its target; only where the candidate is a predictions file. */
  readonly holdoutFeatures?: string;
  /** Asked once the copies are made. @throws UserMistake where they are of other rows than those that were counted. */
  readonly refuseChanged?: () => Promise<void>;
}

export interface TrainPorts extends TrainingPorts {
  readonly now: () => Date;
}

/** What a training will run, on what, where: all that `--dry-run` shows. */
export interface TrainPlan {
  readonly request: TrainRequest;
  readonly train: TrainConfig;
  /** `touchstone.yml: models.digits.train`, for messages. */
  readonly where: string;
  readonly inputs: TrainingInputs;
  readonly files: readonly InputFile[];
  readonly setup: SetupPlan;
  readonly history: Pick<TrainingEnvironment, 'commit' | 'tree' | 'dirty' | 'repository'>;
}

type SetupPlan =
  | { readonly kind: 'none' }
  | { readonly kind: 'command'; readonly command: readonly [string, ...string[]] }
  | { readonly kind: 'virtual-environment'; readonly file: string; readonly environment: VirtualEnvironmentPlan };

/** How the person follows a training, and ends it. */
export interface TrainWatch {
  readonly onPhase?: (phase: 'setup' | 'train') => void;
  readonly onLine: (line: OutputLine) => void;
  readonly signal?: AbortSignal;
}

export interface TrainOutcome {
  readonly candidate: Candidate;
  /** Absolute path of the folder that holds `candidate.json` and the files. */
  readonly folder: string;
  /** Sentences about what was odd but no reason to stop. */
  readonly warnings: readonly string[];
}

/**
 * Reads all that a training depends on, and writes nothing.
 * @throws UserMistake where the model has no `train`, an input is missing, a variable is not set or Python is missing.
 */
export async function planTraining(request: TrainRequest, ports: TrainPorts): Promise<TrainPlan> {
  const { config, model, data } = request;
  const where = `${config.file.replace(/^.*[\\/]/, '')}: models.${model.name}.train`;
  const { train } = model;
  if (train === undefined) throw nothingToRun(model, config.file);
  handedOn(ports.host, train.env, where, 'train');
  const repository = await ports.repositories.open(config.root);
  const files = await ports.inputFiles.list(config.root, train.inputs, repository.known);
  refuseHoldoutAmongInputs(files, model, where);
  const objects = await repository.objectIds(files.map((file) => file.source));
  const identified = files.map((file, index) => ({ ...file, object: objects[index] ?? '' }));
  const setup = await planSetup(train, config.root, where, ports);
  const { commit, tree, url } = repository;
  return {
    request,
    train,
    where,
    files,
    setup,
    inputs: trainingInputs(
      train,
      data,
      identified,
      setup.kind === 'virtual-environment' ? lockfileDigest(setup.environment.requirements) : undefined,
    ),
    history: {
      ...(commit !== undefined && { commit }),
      ...(tree !== undefined && { tree }),
      ...(url !== undefined && { repository: url }),
      dirty: uncommittedInputs(identified, train.inputs, repository),
    },
  };
}

/**
 * Trains, and leaves a candidate or nothing.
 * @throws UserMistake where the command fails or leaves no output, with the last lines that it wrote; an AbortError
 *   where the person ended it. In both cases nothing that it started is left running.
 */
export async function applyTraining(
  plan: TrainPlan,
  data: TrainingFiles,
  ports: TrainPorts,
  watch: TrainWatch,
): Promise<TrainOutcome> {
  const folder = await ports.folders.open(plan.request.config.root);
  try {
    return await trainIn(folder, plan, data, ports, watch);
  } finally {
    await folder.close();
  }
}

async function trainIn(
  folder: TrainingFolder,
  plan: TrainPlan,
  data: TrainingFiles,
  ports: TrainPorts,
  watch: TrainWatch,
): Promise<TrainOutcome> {
  const { train, where, request } = plan;
  const { root } = request.config;
  const startedAt = ports.now();
  const machine = await ports.describeMachine();
  await folder.copyInputs(root, plan.files);
  const contract = contractVariables(
    train,
    {
      trainData: await folder.placeData('training', data.train),
      ...(data.validation !== undefined && {
        validationData: await folder.placeData('validation', data.validation),
      }),
      ...(data.holdoutFeatures !== undefined && {
        holdoutFeatures: await folder.placeData('holdout', data.holdoutFeatures),
      }),
      output: folder.output,
      checkpoints: await folder.claimCheckpoints(digestOfInputs(plan.inputs)),
    },
    { cpus: machine.cpus, gpus: visibleGpus(machine.gpus, ports.host) },
  );
  await data.refuseChanged?.();
  const virtual = await setUp(folder, plan, contract, ports, watch);
  const environment = activated({ ...handedOn(ports.host, train.env, where, 'train'), ...contract }, virtual, ports);
  const program = isPython(train.command[0]) ? train.command[0] : 'python3';
  const python = await ports.python.installed(virtual?.python ?? program, folder.inputs, environment);

  watch.onPhase?.('train');
  const command = { command: train.command, environment, timeoutSeconds: train.timeoutSeconds };
  const gpus = machine.gpus.length > 0 ? ports.watchGpus() : undefined;
  let gpuUse: GpuUse | undefined;
  const outcome = await runInInputs(folder, command, plan, ports, watch).finally(async () => {
    gpuUse = await gpus?.stop();
  });
  const [output, ...files] = await failingWithLog(folder, plan, async () =>
    chooseOutputs(train, await folder.written(), await folder.wroteIntoInputs(train.output), where),
  );
  const claims = await readClaims(folder);
  const candidate: Candidate = {
    schema: 'touchstone/candidate/v1',
    model: request.model.name,
    output: await folder.digest(output),
    files: await Promise.all(files.map((file) => folder.digest(file))),
    inputs: plan.inputs,
    environment: {
      ...plan.history,
      ...(python && { python: python.version }),
      packages: python?.packages ?? {},
      ...machine,
      ...(gpuUse && { gpuUse }),
    },
    claimed: claims.claimed,
    startedAt: startedAt.toISOString(),
    seconds: Math.round(outcome.seconds * 1000) / 1000,
  };
  return { candidate, folder: await folder.publish(candidate), warnings: claims.warnings };
}

async function planSetup(train: TrainConfig, root: string, where: string, ports: TrainPorts): Promise<SetupPlan> {
  if (train.setup === undefined) return { kind: 'none' };
  if (train.setup.kind === 'command') return { kind: 'command', command: train.setup.command };
  const { file } = train.setup;
  const environment = await ports.python.plan(root, file, `${where}.setup.requirements`);
  return { kind: 'virtual-environment', file, environment };
}

async function setUp(
  folder: TrainingFolder,
  plan: TrainPlan,
  contract: EnvironmentVariables,
  ports: TrainPorts,
  watch: TrainWatch,
): Promise<VirtualEnvironment | undefined> {
  const { setup, where } = plan;
  if (setup.kind === 'none') return undefined;
  if (setup.kind === 'virtual-environment' && setup.environment.existing) return setup.environment.existing;
  watch.onPhase?.('setup');
  const environment = handedOn(ports.host, plan.train.env, where, 'setup');
  if (setup.kind === 'command') {
    const { timeoutSeconds } = plan.train;
    const command = { command: setup.command, environment: { ...environment, ...contract }, timeoutSeconds };
    await runInInputs(folder, command, { ...plan, where: `${where}.setup` }, ports, watch);
    return undefined;
  }
  return failingWithLog(folder, plan, () =>
    ports.python.make(setup.environment, {
      ...watch,
      where: `${where}.setup`,
      environment,
      log: folder.log,
      keptLog: failedLog(plan.request.model.name),
    }),
  );
}

async function runInInputs(
  folder: TrainingFolder,
  command: {
    readonly command: readonly [string, ...string[]];
    readonly environment: EnvironmentVariables;
    readonly timeoutSeconds: number;
  },
  plan: TrainPlan,
  ports: TrainPorts,
  watch: TrainWatch,
): Promise<CommandOutcome> {
  const { onLine, signal } = watch;
  const outcome = await ports.commands.run({
    ...command,
    folder: folder.inputs,
    log: folder.log,
    onLine,
    ...(signal && { signal }),
  });
  const ended = outcome.end.kind === 'exited' && outcome.end.code === 0;
  if (!ended) await folder.keepCheckpoints();
  if (ended) return outcome;
  const { name } = plan.request.model;
  await folder.keepLog(name);
  if (outcome.end.kind === 'cancelled') throw new DOMException('The training was interrupted.', 'AbortError');
  const { timeoutSeconds } = command;
  const log = failedLog(name);
  const failure = commandFailure({ where: plan.where, command: command.command, outcome, timeoutSeconds, log });
  throw failure ?? new TypeError(`A command that ended as ${outcome.end.kind} has not failed.`);
}

/** Keeps the log where something after or around the command fails. */
async function failingWithLog<T>(folder: TrainingFolder, plan: TrainPlan, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    await folder.keepLog(plan.request.model.name);
    throw error;
  }
}

async function readClaims(
  folder: TrainingFolder,
): Promise<{ claimed: Candidate['claimed']; warnings: readonly string[] }> {
  const claimed: { metrics?: Json; params?: Json } = {};
  const warnings: string[] = [];
  for (const name of ['metrics', 'params'] as const) {
    const claim = await folder.claim(`${name}.json`);
    if (claim?.kind === 'claimed') claimed[name] = claim.value;
    if (claim?.kind === 'unreadable') warnings.push(`${name}.json is left out of the report: ${claim.because}.`);
  }
  return { claimed, warnings };
}

function activated(
  variables: EnvironmentVariables,
  virtual: VirtualEnvironment | undefined,
  ports: TrainPorts,
): EnvironmentVariables {
  return virtual === undefined ? variables : withVirtualEnvironment(variables, virtual, ports.pathDelimiter);
}

/** One digest for equal inputs: what checkpoints are kept under. */
export function digestOfInputs(inputs: TrainingInputs): Digest {
  return digestOfJson(JSON.parse(JSON.stringify(inputs)) as Json);
}

/** There is no command to run: a model that is judged need not be trained here. */
export function nothingToRun(model: ModelConfig, file: string): UserMistake {
  return new UserMistake('train-missing', {
    where: `${file} models.${model.name}`,
    found: 'the model has no train section',
    expected: 'train.command, train.inputs and train.output',
    remedy: 'Add it, or judge a model that exists by "touchstone evaluate --candidate FILE"',
  });
}
