import type { Assurance, ModelConfig } from '../config/config.ts';
import { policyOf } from '../config/policy.ts';
import type { OpenHoldout } from '../dataset/dataEngine.ts';
import type { BaselineKind } from '../evaluation/boundFinding.ts';
import { evaluate, type EvaluationRequest } from '../evaluation/evaluate.ts';
import { powerOfGates } from '../evaluation/gatePower.ts';
import type { Illustration } from '../evaluation/illustration/illustration.ts';
import { judge, judgeRun } from '../evaluation/judge.ts';
import { measureLatency } from '../evaluation/measureLatency.ts';
import type { Contenders } from '../evaluation/pairBatches.ts';
import type { Isolation, Predictor } from '../evaluation/predictor.ts';
import type { Judgement, Power } from '../evaluation/verdict.ts';
import { UserMistake } from '../failure.ts';
import { digestOfJson, type Digest } from '../identity/digest.ts';
import { nameOfComparison, type Comparison } from '../registry/verdictRecord.ts';

/** Name and version of what judges. A new number where the same rows and models could come to another judgement. */
const EVALUATOR = 'touchstone-evaluator/1';

/** Pairs of single-row runs that latency is measured over, and those run before to warm up. */
const LATENCY_TURNS = { turns: 200, warmUp: 20 } as const;

/** A model to be judged, wherever its bytes lie. */
export interface Contender {
  /** As a person calls it: `churn@v3`, `model.onnx`. */
  readonly label: string;
  /** What verdicts on it are filed under: the digest of its manifest, or of its file where it has none. */
  readonly identity: Digest;
  /** sha256 of the file that predicts. Two contenders with one are the same model. */
  readonly bytes: Digest;
  /** Row keys of its declared training data, in their binary form. */
  readonly trainedOn: readonly Uint8Array[];
  readonly open: (ids: HoldoutIds) => Promise<Predictor>;
}

/** The ids of all evaluation rows; only predictions on file ask for them. */
type HoldoutIds = () => AsyncIterable<readonly string[]>;

export interface EvaluateRequest {
  readonly model: ModelConfig;
  readonly candidate: Contender;
  readonly baseline?: Contender;
  readonly assurance: Assurance;
  /** Rows of an `open` holdout may be shown; of a `sealed` one nothing but aggregates leaves the judge. */
  readonly access: 'open' | 'sealed';
}

export interface EvaluatePorts {
  /** The evaluation rows, less those whose key stands in one of these. */
  readonly openHoldout: (trainedOn: readonly Uint8Array[]) => Promise<OpenHoldout>;
  /** Asked before anything of these rows is kept. @throws UserMistake where their files are others by now. */
  readonly refuseChanged?: () => Promise<void>;
  readonly verdicts: Verdicts;
  /** What was found when the champion was promoted, if that was on this holdout: how wide intervals are on it. */
  readonly precedent?: (holdout: Digest) => Promise<Judgement | undefined>;
  /** What verdicts were explained with; without it, one that is recalled is not explained. */
  readonly illustrations?: Illustrations;
  /** Told before anything is judged, where it is known by then. */
  readonly onPower?: (power: Power) => void;
  /** Told how many rows both models have answered, of how many. */
  readonly onRows?: (done: number, rows: number) => void;
}

/** Verdicts that were reached before, looked for before anything is computed. */
export interface Verdicts {
  find(comparison: Comparison): Promise<RecordedVerdict | undefined>;
  /** Puts a judgement on record; `undefined` where this look is to leave no trace. */
  record(comparison: Comparison, judgement: Judgement): Promise<RecordedVerdict | undefined>;
  /** How many different candidates have been judged on a holdout. */
  countLooks(holdout: Digest): Promise<number>;
}

/** Illustrations beside the verdicts, by the name of the verdict's record. They can be lost without harm. */
export interface Illustrations {
  /** `undefined` where none is kept, or it cannot be read. */
  find(verdict: Digest): Promise<Illustration | undefined>;
  keep(verdict: Digest, illustration: Illustration): Promise<void>;
}

interface RecordedVerdict {
  readonly name: Digest;
  readonly digest: Digest;
  readonly judgement: Judgement;
}

export interface ModelEvaluation {
  /** Latency of this run included: its verdict is the one that counts. */
  readonly judgement: Judgement;
  readonly comparison: Comparison;
  /** Where the verdict is on record; absent where it was to leave no trace. */
  readonly record?: { readonly name: Digest; readonly digest: Digest };
  /** Whether the verdict was on record already, so that no row was looked at again. */
  readonly recalled: boolean;
  /** Absent where the verdict was recalled and nothing was kept of what explained it. */
  readonly illustration?: Illustration;
  readonly holdout: {
    readonly digest: Digest;
    readonly rows: number;
    readonly dropped: number;
    readonly looks: number;
    readonly open: boolean;
  };
  /** What held while the models ran; absent where none ran, or answered from a file. */
  readonly isolation?: Isolation;
  /** What had to be assumed about the model files. */
  readonly notes: readonly string[];
}

/**
 * Candidate and baseline side by side on the same rows, and the verdict.
 *
 * @throws UserMistake where models, data and configuration do not fit each other, or a model fails.
 */
export async function evaluateModel(request: EvaluateRequest, ports: EvaluatePorts): Promise<ModelEvaluation> {
  const { model, candidate, baseline, assurance } = request;
  const trainedOn = [...candidate.trainedOn, ...(baseline?.trainedOn ?? [])];
  const holdout = await ports.openHoldout(trainedOn);
  try {
    const comparison: Comparison = {
      candidate: candidate.identity,
      ...(baseline && { baseline: baseline.identity }),
      holdout: holdout.digest,
      policy: digestOfJson(policyOf(model)),
      evaluator: EVALUATOR,
      assurance,
    };
    const power = await powerBeforehand(model, holdout.digest, ports);
    const recorded = await ports.verdicts.find(comparison);
    const ids = idsOf(model, holdout);
    const needed = recorded === undefined || measuresLatency(model);
    const judging = withContenders(request, needed ? ids : undefined, (contenders) =>
      judgeContenders(request, holdout, contenders, recorded?.judgement, ports),
    );
    // Whether it came to a judgement or failed: of other rows neither says anything.
    if (needed) await judging.catch(() => undefined).then(() => ports.refuseChanged?.());
    const found = await judging;
    const name = nameOfComparison(comparison);
    // Kept before the verdict is on record: once it is, no row is looked at again.
    if (recorded === undefined && found.illustration) await ports.illustrations?.keep(name, found.illustration);
    const illustration = found.illustration ?? (await keptIllustration(name, request.access, ports));
    const record = recorded ?? (await ports.verdicts.record(comparison, found.stored));
    return {
      judgement: { ...found.judgement, ...(power && { power }) },
      comparison,
      ...(record && { record: { name: record.name, digest: record.digest } }),
      recalled: recorded !== undefined,
      ...(illustration && { illustration }),
      holdout: {
        digest: holdout.digest,
        rows: holdout.rows,
        dropped: holdout.dropped,
        looks: await ports.verdicts.countLooks(holdout.digest),
        open: request.access === 'open',
      },
      ...(found.isolation && { isolation: found.isolation }),
      notes: found.notes,
    };
  } finally {
    holdout.close();
  }
}

/** What was kept of a verdict's explanation, unless it shows rows that are not to be shown. */
async function keptIllustration(
  verdict: Digest,
  access: EvaluateRequest['access'],
  { illustrations }: EvaluatePorts,
): Promise<Illustration | undefined> {
  const kept = await illustrations?.find(verdict);
  return access === 'sealed' && kept?.flips !== undefined ? undefined : kept;
}

/**
 * The power of the gates by the last judgement on this holdout. A candidate that is far from its baseline says little
 * about what would become of an equal one; without a precedent its own judgement has to do.
 */
async function powerBeforehand(
  { gates }: ModelConfig,
  holdout: Digest,
  ports: EvaluatePorts,
): Promise<Power | undefined> {
  const precedent = await ports.precedent?.(holdout);
  if (precedent === undefined) return undefined;
  const power = powerOfGates(gates, precedent.findings);
  if (power.equalModelAccepted === undefined) return undefined;
  ports.onPower?.(power);
  return power;
}

interface Judged {
  /** Without latency, as it is put on record. */
  readonly stored: Judgement;
  readonly judgement: Judgement;
  /** Absent where no row was looked at. */
  readonly illustration?: Illustration;
  readonly isolation?: Isolation;
  readonly notes: readonly string[];
}

async function judgeContenders(
  request: EvaluateRequest,
  holdout: OpenHoldout,
  contenders: Contenders | undefined,
  recorded: Judgement | undefined,
  ports: EvaluatePorts,
): Promise<Judged> {
  const { model, assurance, access } = request;
  const baseline = baselineKind(request);
  if (contenders === undefined) {
    if (recorded === undefined) throw new TypeError('Neither models nor a verdict on record.');
    return { stored: recorded, judgement: recorded, notes: [] };
  }
  const slices = recorded === undefined ? await holdout.slices(model.slices) : [];
  const asked: EvaluationRequest = { ...model, slices, access };
  let stored = recorded;
  let illustration: Illustration | undefined;
  if (stored === undefined) {
    const found = await evaluate(holdout, contenders, asked, (done) => ports.onRows?.(done, holdout.rows));
    stored = judge({ measurements: found.measurements, gates: model.gates, baseline, assurance });
    illustration = found.illustration;
  }
  const latency = measuresLatency(model)
    ? [await measureLatency(holdout, contenders, { ...asked, ...LATENCY_TURNS })]
    : [];
  const { candidate } = contenders;
  return {
    stored,
    judgement: judgeRun(stored, { latency, gates: model.gates, baseline }),
    ...(illustration && { illustration }),
    ...(candidate.isolation && { isolation: candidate.isolation }),
    notes: [...new Set([...(candidate.notes ?? []), ...(contenders.baseline?.notes ?? [])])],
  };
}

/** Opens the models, if they are needed at all, and closes them whatever happens. */
async function withContenders<T>(
  request: EvaluateRequest,
  ids: HoldoutIds | undefined,
  use: (contenders: Contenders | undefined) => Promise<T>,
): Promise<T> {
  if (ids === undefined) return use(undefined);
  const candidate = await request.candidate.open(ids);
  try {
    // The same bytes answer the same: measuring them twice would tell nothing.
    if (request.baseline === undefined || baselineKind(request) === 'identical') return await use({ candidate });
    const baseline = await request.baseline.open(ids);
    try {
      return await use({ candidate, baseline });
    } finally {
      await baseline.close();
    }
  } finally {
    await candidate.close();
  }
}

function idsOf({ id, name }: ModelConfig, holdout: OpenHoldout): HoldoutIds {
  return () => {
    if (id !== undefined) return holdout.ids(id);
    throw new UserMistake('id-missing', {
      where: `models.${name}`,
      found: 'predictions on file are joined to their rows by id, and no id column is named',
      remedy: 'Add "id: COLUMN" to the model',
    });
  };
}

function baselineKind({ candidate, baseline }: EvaluateRequest): BaselineKind {
  if (baseline === undefined) return 'none';
  return baseline.bytes === candidate.bytes ? 'identical' : 'other';
}

function measuresLatency({ metrics, gates }: ModelConfig): boolean {
  return [...metrics, ...gates.map(({ metric }) => metric)].some(({ family }) => family === 'latencyMs');
}
