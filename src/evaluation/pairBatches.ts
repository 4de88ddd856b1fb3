import type { Holdout, HoldoutBatch, HoldoutRequest } from './holdout.ts';
import type { FeatureBatch, FeatureKind, InputSignature, ModelSignature, Predictor } from './predictor.ts';

/** One or two models on the same rows. */
export interface Contenders {
  readonly candidate: Predictor;
  readonly baseline?: Predictor;
}

export interface PairedBatch {
  readonly batch: HoldoutBatch;
  /** The same rows as each model asks for them. */
  readonly candidate: FeatureBatch;
  readonly baseline: FeatureBatch;
}

/**
 * Reads the holdout for both models; the next batch is read while this one is in use.
 *
 * Where the two models ask one column in two kinds (an age as integer and as float), the baseline's features are read
 * beside the candidate's: a holdout gives its rows in the same order every time.
 */
export async function* pairBatches(
  holdout: Holdout,
  contenders: Contenders,
  request: Omit<HoldoutRequest, 'features'>,
): AsyncGenerator<PairedBatch> {
  const { candidate, baseline } = contenders;
  const ofCandidate = featuresOf(candidate.signature);
  const ofBaseline = baseline === undefined ? new Map<string, FeatureKind>() : featuresOf(baseline.signature);
  const agree = [...ofBaseline].every(([name, kind]) => (ofCandidate.get(name) ?? kind) === kind);
  const shared = agree ? new Map([...ofCandidate, ...ofBaseline]) : ofCandidate;
  const batches = readAhead(holdout.batches({ ...request, features: shared }));
  const others = agree
    ? undefined
    : readAhead(holdout.batches({ truth: request.truth, slices: [], features: ofBaseline }));
  try {
    for (;;) {
      const [batch, other] = await Promise.all([batches.next(), others?.next()]);
      if (batch === undefined) return;
      const { features } = batch;
      yield { batch, candidate: features, baseline: others === undefined ? features : sameRows(batch, other) };
    }
  } finally {
    await Promise.all([batches.close(), others?.close()]);
  }
}

/** The features that a model reads, in the kinds in which it wants them. */
export function featuresOf(signature: ModelSignature): Map<string, FeatureKind> {
  const features = new Map<string, FeatureKind>();
  for (const input of signature.inputs) {
    const names = input.kind === 'matrix' ? input.features : [input.feature];
    for (const name of names) features.set(name, featureKindOf(input));
  }
  return features;
}

function featureKindOf(input: InputSignature): FeatureKind {
  switch (input.type) {
    case 'float32':
    case 'float64':
      return 'float';
    case 'int64':
    case 'int32':
    case 'bool':
      return 'integer';
    case 'string':
      return 'string';
  }
}

function sameRows(batch: HoldoutBatch, other: HoldoutBatch | undefined): FeatureBatch {
  if (other?.rows !== batch.rows) throw new Error('A holdout read twice at once gave different batches.');
  return other.features;
}

interface ReadAhead {
  next(): Promise<HoldoutBatch | undefined>;
  close(): Promise<void>;
}

function readAhead(batches: AsyncIterable<HoldoutBatch>): ReadAhead {
  const iterator = batches[Symbol.asyncIterator]();
  const advance = (): Promise<IteratorResult<HoldoutBatch, unknown>> => {
    const reading = iterator.next();
    // It is awaited a batch later; until then a failure must not count as unhandled.
    reading.catch(() => undefined);
    return reading;
  };
  let pending: Promise<IteratorResult<HoldoutBatch, unknown>> | undefined;
  return {
    async next() {
      const result = await (pending ?? advance());
      if (result.done === true) return undefined;
      pending = advance();
      return result.value;
    },
    async close() {
      await pending?.catch(() => undefined);
      await iterator.return?.();
    },
  };
}
