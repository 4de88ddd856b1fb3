import path from 'node:path';
import { readPublishedCandidate } from '../adapters/training/candidateFiles.ts';
import { localTraining } from '../adapters/training/localTraining.ts';
import { fileSource, type Workspace } from '../adapters/workspace.ts';
import {
  fileContender,
  identifyCandidate,
  versionContender,
  type IdentifiedCandidate,
} from '../commands/contenders.ts';
import {
  evaluateModel,
  type Contender,
  type EvaluatePorts,
  type Illustrations,
  type ModelEvaluation,
  type Verdicts,
} from '../commands/evaluate.ts';
import { precedentOf } from '../commands/precedent.ts';
import { nothingToRun, planTraining, type TrainOutcome, type TrainPlan, type TrainPorts } from '../commands/train.ts';
import type { Validation } from '../commands/validate.ts';
import type { JudgedAgainst } from '../commands/verdictAgainst.ts';
import type { Assurance, ModelConfig, TrainConfig } from '../config/config.ts';
import type { ModelDatasets } from '../dataset/dataset.ts';
import { UserMistake } from '../failure.ts';
import type { ModelFiles } from '../evaluation/modelFiles.ts';
import type { Digest } from '../identity/digest.ts';
import type { EnvironmentName, ModelName } from '../identity/names.ts';
import { readChampion, type Champion } from '../registry/champions.ts';
import { formatIllustration, parseIllustration } from '../registry/illustrationDocument.ts';
import { openRegistry } from '../registry/layout.ts';
import { blobsOfManifest } from '../registry/manifest.ts';
import type { ByteSource, RegistryStore } from '../registry/store.ts';
import { countLooks, findVerdict, recordVerdict } from '../registry/verdictRecord.ts';
import { candidateFolder } from '../training/trainingFolder.ts';
import { rowsToTrainOn } from '../training/trainingInputs.ts';
import type { StageSummary } from '../report/runReport.ts';
import { modelFilesOf } from './modelFilesOf.ts';
import { during } from './progress.ts';
import { readData, type ReadData } from './readData.ts';
import type { Process, Terminal } from './terminal.ts';
import { trainModel, type TrainedModel } from './trainModel.ts';
import { productionOf, type Workbench } from './workbench.ts';

/** Whoever trains on this machine could also edit its files: no verdict reached here is more. */
const LOCAL_ASSURANCE: Assurance = 'advisory';

/** A holdout in the repository: whoever reads the report can read its rows. */
const HOLDOUT_ACCESS = 'open';

export interface BenchOptions {
  /** Run each stage, whatever earlier runs came to. */
  readonly force?: boolean;
  /** Absolute path of the folder that keeps the checkpoints of trainings; that of the project unless given. */
  readonly checkpoints?: string;
}

/** One model of the configuration with its data read, ready to be trained and judged on this machine. */
export class ModelBench {
  readonly model: ModelConfig;
  readonly validation: Validation;
  readonly datasets: ModelDatasets;
  /** How its data were come by. */
  readonly dataStage: StageSummary;
  readonly #workbench: Workbench;
  readonly #read: ReadData;
  readonly #models: ModelFiles;
  readonly #process: Process;
  readonly #terminal: Terminal;
  readonly #force: boolean;
  readonly #checkpoints: string | undefined;

  private constructor(
    workbench: Workbench,
    model: ModelConfig,
    read: ReadData,
    process: Process,
    terminal: Terminal,
    { force = false, checkpoints }: BenchOptions,
  ) {
    this.model = model;
    this.validation = read.validation;
    this.datasets = read.validation.datasets;
    this.dataStage = read.stage;
    this.#workbench = workbench;
    this.#read = read;
    this.#process = process;
    this.#terminal = terminal;
    this.#force = force;
    this.#checkpoints = checkpoints;
    this.#models = modelFilesOf(model, this.datasets, process);
  }

  static async open(
    workbench: Workbench,
    model: ModelConfig,
    process: Process,
    terminal: Terminal,
    options: BenchOptions = {},
  ): Promise<ModelBench> {
    const read = await readData(workbench, model, process, terminal, { force: options.force ?? false });
    return new ModelBench(workbench, model, read, process, terminal, options);
  }

  /** The same rows for a model that is trained otherwise, under a name of its own: nothing is read again. */
  trainedOtherwise(name: ModelName, train: TrainConfig): ModelBench {
    const model = { ...this.model, name, train };
    return new ModelBench(this.#workbench, model, this.#read, this.#process, this.#terminal, {
      force: this.#force,
      ...(this.#checkpoints !== undefined && { checkpoints: this.#checkpoints }),
    });
  }

  /** @throws UserMistake with every error among the anomalies: a verdict on broken data is none. */
  assertSoundData(): void {
    const errors = this.validation.report.anomalies.filter(({ severity }) => severity === 'error');
    const [first, ...rest] = errors;
    if (first !== undefined) throw new UserMistake('data-anomalies', first, ...rest);
  }

  async planTraining(): Promise<TrainPlan> {
    const data = rowsToTrainOn(this.datasets, this.validation.schemaDigest);
    // A model with a training command and no rows for it is refused when the configuration is read.
    if (data === undefined) throw nothingToRun(this.model, this.#workbench.config.file);
    return planTraining({ config: this.#workbench.config, model: this.model, data }, this.#trainPorts());
  }

  /** Trains, or finds the candidate of an earlier training of the same inputs; either is the last candidate then. */
  train(plan: TrainPlan): Promise<TrainedModel> {
    const force = this.#force;
    return trainModel(plan, this.#read, this.#workbench, this.#trainPorts(), this.#process, this.#terminal, { force });
  }

  /** The candidate of the last training. @throws UserMistake where there is none, or it was changed. */
  async lastCandidate(): Promise<IdentifiedCandidate> {
    const folder = this.candidateFolder();
    return this.identify({ candidate: await readPublishedCandidate(folder), folder });
  }

  identify({ candidate, folder }: Pick<TrainOutcome, 'candidate' | 'folder'>): Promise<IdentifiedCandidate> {
    return identifyCandidate(candidate, folder, this.#models, this.#workbench.workspace);
  }

  candidateFolder(): string {
    return path.join(this.#workbench.config.root, ...candidateFolder(this.model.name).split('/'));
  }

  /** A model file that a person named; it is held to be trained on what the configuration says. */
  async file(named: string): Promise<Contender> {
    const { train, validation } = this.datasets;
    const trainedOn = [train, validation].flatMap((dataset) => (dataset ? [dataset.rowKeys] : []));
    const source = { file: path.resolve(this.#process.cwd, named), where: named };
    return fileContender(source, trainedOn, this.#models);
  }

  version(champion: { readonly version: number; readonly manifest: Digest }): Promise<Contender> {
    const { store, workspace } = this.#workbench;
    return versionContender(this.model.name, champion, store, this.#models, workspace);
  }

  /** Who serves there now; nobody where there is no registry yet. */
  async champion(environment: EnvironmentName): Promise<Contender | undefined> {
    await openRegistry(this.#workbench.store, 'read');
    const { champion } = await readChampion(this.#workbench.store, environment, this.model.name);
    return champion.kind === 'none' ? undefined : this.version(champion);
  }

  /** @param record whether this look at the holdout is put on record. */
  async evaluate(
    candidate: Contender,
    baseline: Contender | undefined,
    { record }: { readonly record: boolean },
  ): Promise<ModelEvaluation & { readonly stage: StageSummary }> {
    const { name } = this.model;
    this.#process.signal.throwIfAborted();
    const startedMs = performance.now();
    const evaluation = await during(this.#terminal, `Judging ${name}`, (progress) => {
      const ports: EvaluatePorts = {
        openHoldout: (trainedOn) => this.#read.engine.openHoldout(this.datasets.holdout, trainedOn),
        refuseChanged: this.#read.refuseChanged,
        verdicts: verdictsIn(this.#workbench.store, { record, find: !this.#force }),
        illustrations: illustrationsIn(this.#workbench.workspace, record),
        precedent: (holdout) => precedentOf(this.#workbench.store, productionOf(this.model), name, holdout),
        onPower: ({ equalModelAccepted = 0 }) =>
          this.#terminal.progress(
            `A model equal to the champion would have every gate met at least ${Math.floor(equalModelAccepted * 100)} % of the time`,
          ),
        onRows: (done, all) => progress.at({ kind: 'count', done, all, unit: 'rows' }),
      };
      return evaluateModel(
        {
          model: this.model,
          candidate,
          ...(baseline && { baseline }),
          assurance: LOCAL_ASSURANCE,
          access: HOLDOUT_ACCESS,
        },
        ports,
      );
    });
    const { recalled: reused } = evaluation;
    if (reused) this.#terminal.progress(`Judging ${name} is spared: the verdict on this comparison is on record`);
    const seconds = (performance.now() - startedMs) / 1000;
    return { ...evaluation, stage: { stage: 'evaluation', seconds, reused } };
  }

  /** For the commands that need a verdict on a manifest against a champion of their own choice. */
  verdictAgainst(
    candidateOf: (manifest: Digest) => Promise<Contender>,
  ): (manifest: Digest, champion: Champion) => Promise<JudgedAgainst> {
    return async (manifest, champion) => {
      const baseline = champion.kind === 'none' ? undefined : await this.version(champion);
      const candidate = await candidateOf(manifest);
      const { comparison, record, judgement } = await this.evaluate(candidate, baseline, { record: true });
      if (record === undefined) throw new TypeError('A verdict was to be recorded and was not.');
      return { record: { holdout: comparison.holdout, ...record }, judgement };
    };
  }

  /** The bytes of every blob that a candidate's manifest names. */
  async sourcesOf({ candidate, manifest }: IdentifiedCandidate): Promise<readonly ByteSource[]> {
    const folder = this.candidateFolder();
    const files = await Promise.all(
      [candidate.output, ...candidate.files].map((file) => fileSource(path.join(folder, file.path), file.digest)),
    );
    const held = new Set(files.map(({ digest }) => digest));
    const others = blobsOfManifest(manifest).filter(({ digest }) => !held.has(digest));
    const keys = await Promise.all(others.map(({ digest }) => this.#workbench.workspace.rowKeysSource(digest)));
    return [...files, ...keys.filter((source) => source !== undefined)];
  }

  #trainPorts(): TrainPorts {
    return { ...localTraining(this.#process.env, this.#checkpoints), now: this.#process.now };
  }
}

/** @param keep false where this look is to leave no trace. */
function illustrationsIn(workspace: Workspace, keep: boolean): Illustrations {
  return {
    async find(verdict) {
      const bytes = await workspace.illustration(verdict);
      return bytes && parseIllustration(bytes);
    },
    async keep(verdict, illustration) {
      if (keep) await workspace.keepIllustration(verdict, formatIllustration(illustration));
    },
  };
}

/** @param find false where the models are to be judged anew. @param record false where this look is to leave no trace. */
function verdictsIn(
  store: RegistryStore,
  { find, record }: { readonly find: boolean; readonly record: boolean },
): Verdicts {
  return {
    async find(comparison) {
      if (!find) return undefined;
      await openRegistry(store, 'read');
      const stored = await findVerdict(store, comparison);
      return stored && { name: stored.name, digest: stored.digest, judgement: stored.record.judgement };
    },
    async record(comparison, judgement) {
      if (!record) return undefined;
      await openRegistry(store, 'write');
      const stored = await recordVerdict(store, comparison, judgement);
      return { name: stored.name, digest: stored.digest, judgement: stored.record.judgement };
    },
    countLooks: (holdout) => countLooks(store, holdout),
  };
}
