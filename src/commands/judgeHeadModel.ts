import type { Assurance, ModelConfig, TrainConfig } from '../config/config.ts';
import type { Dataset, ModelDatasets } from '../dataset/dataset.ts';
import type { Problem } from '../failure.ts';
import type { ModelFiles } from '../evaluation/modelFiles.ts';
import type {
  ModelSection,
  NewSection,
  NotJudged,
  NotJudgedSection,
  ProposedOutlook,
} from '../pullRequest/headJudgement.ts';
import { readChampion } from '../registry/champions.ts';
import type { LocalFiles } from '../registry/localFiles.ts';
import type { RegistryStore } from '../registry/store.ts';
import { countLooks } from '../registry/verdictRecord.ts';
import type { ReportedAnomaly, RunReport } from '../report/runReport.ts';
import { contentKey } from '../training/contentKey.ts';
import { isPredictionsFile } from '../training/outputs.ts';
import { identifyCandidate, versionContender } from './contenders.ts';
import { describeRun } from './describeRun.ts';
import { evaluateModel, type EvaluatePorts, type Verdicts } from './evaluate.ts';
import { findCandidate, type CandidatePorts, type HeadCandidate, type JudgedHead } from './headCandidate.ts';
import { readHeadData, readRulingHoldout, withRowKeys, type HeadData, type HeadDataPorts } from './headData.ts';
import { orProblems } from './orProblems.ts';
import { precedentOf } from './precedent.ts';
import { VerdictToRecord } from './verdictToRecord.ts';

export interface JudgeModelPorts extends HeadDataPorts, CandidatePorts {
  /** Read, never written. */
  readonly store: RegistryStore;
  readonly local: LocalFiles;
  readonly modelFiles: (model: ModelConfig, datasets: Pick<ModelDatasets, 'train' | 'holdout'>) => ModelFiles;
  /** Sentences for every report. */
  readonly notes: readonly string[];
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
    const run = await evaluateHead(
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
    ? { kind: 'judged', run: judged.value }
    : { kind: 'not-judged', problems: judged.problems };
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
): Promise<RunReport> {
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
  return { ...run, notes: [...ports.notes, ...run.notes, ...candidate.notes] };
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
