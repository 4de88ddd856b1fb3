import type { Assurance, ModelConfig, TrainConfig } from '../config/config.ts';
import type { Dataset, ModelDatasets } from '../dataset/dataset.ts';
import { UserMistake, type Problem } from '../failure.ts';
import type { ModelFiles } from '../evaluation/modelFiles.ts';
import type { CommitSha } from '../identity/git.ts';
import { chooseCandidateArtifact, type ArtifactFacts } from '../pullRequest/candidateArtifact.ts';
import type { GitObjects } from '../pullRequest/gitTree.ts';
import type {
  ModelSection,
  NewSection,
  NotJudged,
  NotJudgedSection,
  ProposedOutlook,
  RunReference,
} from '../pullRequest/headJudgement.ts';
import type { RunConclusion } from '../pullRequest/identifyRun.ts';
import { failedJobOf, failureOfRun, type JobFacts } from '../pullRequest/runJobs.ts';
import type { TreeView } from '../pullRequest/treeLinks.ts';
import { readChampion } from '../registry/champions.ts';
import type { LocalFiles } from '../registry/localFiles.ts';
import type { RegistryStore } from '../registry/store.ts';
import { countLooks } from '../registry/verdictRecord.ts';
import type { ReportedAnomaly, RunReport } from '../report/runReport.ts';
import type { Candidate, TrainingInputs } from '../training/candidate.ts';
import { contentKey } from '../training/contentKey.ts';
import { isPredictionsFile } from '../training/outputs.ts';
import { identifyCandidate, versionContender } from './contenders.ts';
import { describeRun } from './describeRun.ts';
import { evaluateModel, type EvaluatePorts, type ModelEvaluation, type Verdicts } from './evaluate.ts';
import { expectedInputs, refuseOtherCandidate } from './expectedInputs.ts';
import { readHeadData, readRulingHoldout, withRowKeys, type HeadData, type HeadDataPorts } from './headData.ts';
import { VerdictToRecord } from './verdictToRecord.ts';
import { precedentOf } from './precedent.ts';

/** The head that is judged, and the run that trained it. */
export interface JudgedHead {
  readonly head: CommitSha;
  readonly trained: RunReference;
  readonly conclusion: RunConclusion;
  readonly runUrl: string;
  /** Below the folder of the configuration. */
  readonly tree: TreeView;
  /** Git object id of the head's `touchstone-pr.yml`. */
  readonly workflow: string | undefined;
}

export interface JudgeModelPorts extends HeadDataPorts {
  readonly git: GitObjects;
  /** Read, never written. */
  readonly store: RegistryStore;
  readonly local: LocalFiles;
  readonly modelFiles: (model: ModelConfig, datasets: Pick<ModelDatasets, 'train' | 'holdout'>) => ModelFiles;
  /** Of the attempt that is judged. */
  readonly jobs: () => Promise<readonly JobFacts[]>;
  /** Of all attempts of the run. */
  readonly artifacts: () => Promise<readonly ArtifactFacts[]>;
  /** @throws UserMistake where the artifact is not to be taken. */
  readonly takeCandidate: (artifact: ArtifactFacts) => Promise<TakenCandidate>;
  /** Sentences for every report. */
  readonly notes: readonly string[];
}

export interface TakenCandidate {
  readonly candidate: Candidate;
  /** Absolute path of the folder that holds `candidate.json` and the files. */
  readonly folder: string;
}

/** A model that the default branch rules. */
export async function judgeTouchedModel(
  head: JudgedHead,
  ruling: ModelConfig,
  proposed: ModelConfig,
  ports: JudgeModelPorts,
): Promise<ModelSection> {
  const { name: model } = ruling;
  const read = await orProblems(async () => {
    const data = await readHeadData(proposed, ruling, head.tree, ports);
    return { data, holdout: await readRulingHoldout(ruling, ports) };
  });
  if (read.kind === 'refused') return notJudged(model, 'data-broken', read.problems);
  const { data, holdout } = read.value;
  if (data.anomalies.some(({ severity }) => severity === 'error')) {
    return notJudged(model, 'data-broken', [], data.anomalies);
  }
  const found = await findCandidate(head, proposed, ruling, data, ports);
  if (found.kind !== 'found') return notJudged(model, found.because, found.problems, data.anomalies);
  const { candidate } = found;

  const judged = await orProblems(async (): Promise<ModelSection> => {
    const verdicts = new VerdictToRecord(ports.store);
    const { run } = await evaluateHead(
      { model: ruling, candidate, holdout, data, anomalies: data.anomalies, seen: data.seen },
      { assurance: assuranceOf(candidate.train), verdicts, ports },
    );
    const { inputs } = candidate;
    const { workflow } = head;
    return {
      kind: 'judged',
      model,
      run,
      verdict: verdicts.reached(),
      contentKey: contentKey({ model: proposed, inputs, ...(workflow !== undefined && { workflow }) }),
      acceptedAnomalies: data.accepted,
      ...(data.editsPolicy && { proposed: await outlook(proposed, candidate, data, ports) }),
    };
  });
  return judged.kind === 'done' ? judged.value : notJudged(model, 'candidate-refused', judged.problems, data.anomalies);
}

/** A model that only the head has: what its own configuration says of it. */
export async function judgeNewModel(
  head: JudgedHead,
  proposed: ModelConfig,
  ports: JudgeModelPorts,
): Promise<NewSection> {
  const section = (found: ProposedOutlook): NewSection => ({ kind: 'new', model: proposed.name, outlook: found });
  const read = await orProblems(() => readHeadData(proposed, undefined, head.tree, ports));
  if (read.kind === 'refused') return section({ kind: 'not-judged', problems: read.problems });
  const found = await findCandidate(head, proposed, undefined, read.value, ports);
  if (found.kind !== 'found') return section({ kind: 'not-judged', problems: found.problems });
  return section(await outlook(proposed, found.candidate, read.value, ports));
}

/** What the head's own policy, schema and holdout would say: it decides nothing and leaves no trace. */
async function outlook(
  proposed: ModelConfig,
  candidate: HeadCandidate,
  data: HeadData,
  ports: JudgeModelPorts,
): Promise<ProposedOutlook> {
  const { holdout } = data.datasets;
  const judged = await orProblems(() =>
    evaluateHead(
      { model: proposed, candidate, holdout, data, anomalies: data.ownAnomalies },
      { assurance: 'advisory', verdicts: withoutTrace(ports.store), ports },
    ),
  );
  return judged.kind === 'done'
    ? { kind: 'judged', run: judged.value.run }
    : { kind: 'not-judged', problems: judged.problems };
}

/** A candidate whose inputs are those of the head. */
interface HeadCandidate extends TakenCandidate {
  readonly train: TrainConfig;
  /** As the judge knows them. */
  readonly inputs: TrainingInputs;
  readonly notes: readonly string[];
}

type FoundCandidate =
  | { readonly kind: 'found'; readonly candidate: HeadCandidate }
  | { readonly kind: 'none'; readonly because: NotJudged; readonly problems: readonly Problem[] };

async function findCandidate(
  head: JudgedHead,
  proposed: ModelConfig,
  ruling: ModelConfig | undefined,
  data: HeadData,
  ports: JudgeModelPorts,
): Promise<FoundCandidate> {
  const none = (because: NotJudged, ...problems: readonly Problem[]): FoundCandidate => ({
    kind: 'none',
    because,
    problems,
  });
  const { name, train } = proposed;
  if (train === undefined) {
    const found = 'the model has no train section, so no run can leave a candidate of it';
    return none('not-trained', {
      where: `models.${name}`,
      found,
      expected: 'train.command, train.inputs, train.output',
    });
  }
  const chosen = chooseCandidateArtifact(name, head.trained, await ports.artifacts());
  const isOfThisAttempt = chosen.kind === 'found' && chosen.attempt === head.trained.attempt;
  if (!isOfThisAttempt && head.conclusion !== 'succeeded') {
    const jobs = await ports.jobs();
    // What an earlier attempt left stands where this one did not train the model again.
    const failed = chosen.kind === 'found' ? failedJobOf(name, jobs) : failureOfModel(head, proposed, jobs);
    if (failed !== undefined) return none(failed.because, failed.problem);
  }
  if (chosen.kind === 'none') {
    return none('not-trained', {
      where: head.runUrl,
      found: `the run left no candidate of ${name}`,
      expected: `an artifact touchstone-candidate-${name}-${head.trained.attempt}`,
      remedy: 'See that touchstone-pr.yml trains every model that is touched; "touchstone init" writes one that does',
    });
  }
  const taken = await orProblems(async (): Promise<HeadCandidate> => {
    const expected = { proposed, train, ...(ruling && { ruling }) };
    const inputs = await expectedInputs(expected, data, head.tree, ports.git);
    const { candidate, folder } = await ports.takeCandidate(chosen.artifact);
    refuseOtherCandidate(candidate, expected, inputs);
    return { candidate: asTrained(candidate, inputs, head.head), folder, train, inputs, notes: notesOn(chosen, head) };
  });
  return taken.kind === 'done'
    ? { kind: 'found', candidate: taken.value }
    : none('candidate-refused', ...taken.problems);
}

function failureOfModel(
  { conclusion, runUrl }: JudgedHead,
  { name }: ModelConfig,
  jobs: readonly JobFacts[],
): ReturnType<typeof failureOfRun> {
  return failedJobOf(name, jobs) ?? failureOfRun(jobs, conclusion, runUrl);
}

/** The candidate with what is known in the place of what it says: its inputs, and the commit that they are of. */
function asTrained(candidate: Candidate, inputs: TrainingInputs, commit: CommitSha): Candidate {
  const { tree, repository, ...environment } = candidate.environment;
  void [tree, repository];
  return { ...candidate, inputs, environment: { ...environment, commit, dirty: [] } };
}

function notesOn({ attempt }: { readonly attempt: number }, { trained }: JudgedHead): readonly string[] {
  const said =
    'What is said of the training, its machine and its time, and the numbers that it claims, was not measured here';
  if (attempt === trained.attempt) return [said];
  return [
    said,
    `The candidate is that of attempt ${attempt} of the run: later attempts did not train this model again`,
  ];
}

interface HeadEvaluation {
  readonly model: ModelConfig;
  readonly candidate: HeadCandidate;
  readonly holdout: Dataset;
  readonly data: HeadData;
  readonly anomalies: readonly ReportedAnomaly[];
  /** Row keys of what it was trained on; those of its inputs unless given. */
  readonly seen?: readonly Uint8Array[];
}

interface HowToEvaluate {
  readonly assurance: Assurance;
  readonly verdicts: Verdicts;
  readonly ports: JudgeModelPorts;
}

async function evaluateHead(
  { model, candidate, holdout, data, anomalies, seen }: HeadEvaluation,
  { assurance, verdicts, ports }: HowToEvaluate,
): Promise<{ readonly run: RunReport; readonly evaluation: ModelEvaluation }> {
  const { store, engine } = ports;
  const datasets = { ...data.datasets, holdout };
  const models = ports.modelFiles(model, datasets);
  const local = withRowKeys(ports.local, data.datasets);
  const identified = await identifyCandidate(candidate.candidate, candidate.folder, models, local);
  const contender = { ...identified.contender, ...(seen && { trainedOn: seen }) };
  const production = model.deploy.environments.at(-1) ?? model.deploy.environments[0];
  const { champion } = await readChampion(store, production, model.name);
  const baseline =
    champion.kind === 'none' ? undefined : await versionContender(model.name, champion, store, models, local);
  const evaluating: EvaluatePorts = {
    openHoldout: (trainedOn) => engine.openHoldout(holdout, trainedOn),
    verdicts,
    precedent: (digest) => precedentOf(store, production, model.name, digest),
  };
  const evaluation = await evaluateModel(
    { model, candidate: contender, ...(baseline && { baseline }), assurance, access: 'open' },
    evaluating,
  );
  const run = describeRun({
    model,
    datasets,
    anomalies,
    candidate: contender,
    ...(baseline && { baseline }),
    evaluation,
    training: candidate.candidate,
  });
  return { evaluation, run: { ...run, notes: [...run.notes, ...candidate.notes, ...ports.notes] } };
}

/** Predictions for an open holdout were made where its labels can be read: they advise, whoever compares them. */
function assuranceOf({ output }: TrainConfig): Assurance {
  return isPredictionsFile(output) ? 'advisory' : 'judged';
}

function withoutTrace(store: RegistryStore): Verdicts {
  return {
    find: () => Promise.resolve(undefined),
    record: () => Promise.resolve(undefined),
    countLooks: (holdout) => countLooks(store, holdout),
  };
}

function notJudged(
  model: ModelConfig['name'],
  because: NotJudged,
  problems: readonly Problem[],
  anomalies: readonly ReportedAnomaly[] = [],
): NotJudgedSection {
  return { kind: 'not-judged', model, because, problems, anomalies };
}

type Attempted<T> =
  { readonly kind: 'done'; readonly value: T } | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/** A mistake in what the head brings is told in its section; what else fails is not the head's. */
async function orProblems<T>(step: () => Promise<T>): Promise<Attempted<T>> {
  try {
    return { kind: 'done', value: await step() };
  } catch (error) {
    if (error instanceof UserMistake) return { kind: 'refused', problems: error.problems };
    throw error;
  }
}
