import { register, type RegisterRequest, type RegistrationOutcome } from '../../src/commands/register.ts';
import { promote, type PromoteRequest, type PromotionOutcome } from '../../src/commands/promote.ts';
import { rollback, type RollbackOutcome } from '../../src/commands/rollback.ts';
import type { VerdictAgainst } from '../../src/commands/verdictAgainst.ts';
import type { Finding, Judgement, Verdict } from '../../src/evaluation/verdict.ts';
import { digestOfBytes, type Digest } from '../../src/identity/digest.ts';
import { parseEnvironmentName, parseModelName } from '../../src/identity/names.ts';
import { readChampion, type Champion } from '../../src/registry/champions.ts';
import { buildManifest, digestOfManifest } from '../../src/registry/manifest.ts';
import type { Occasion } from '../../src/registry/operation.ts';
import type { ByteSource, RegistryStore } from '../../src/registry/store.ts';
import { findVerdict, recordVerdict } from '../../src/registry/verdictRecord.ts';
import type { Candidate } from '../../src/training/candidate.ts';

export const MODEL = parseModelName('churn');
export const PRODUCTION = parseEnvironmentName('production');
export const HOLDOUT = digestOfBytes('holdout');

const SIGNATURE = {
  inputs: [{ kind: 'matrix', name: 'X', type: 'float32', features: ['age', 'income'] }],
  output: { kind: 'classes', classes: ['no', 'yes'], probabilities: true },
} as const;

/** A registry in use: a store, a clock that moves on by a minute at each look, and a judge whose verdicts are told to it. */
export class RegistryWorld {
  readonly store: RegistryStore;
  /** What judging any candidate against any champion will find. */
  readonly verdicts: (candidate: Digest, champion: Champion) => Verdict | Promise<Verdict>;
  readonly #evaluator: string;
  #minutes = 0;
  #causes = 0;

  constructor(
    store: RegistryStore,
    verdicts: RegistryWorld['verdicts'] = (_, champion) => accepted(champion),
    evaluator = 'touchstone test',
  ) {
    this.store = store;
    this.verdicts = verdicts;
    this.#evaluator = evaluator;
  }

  readonly now = (): Date => new Date(Date.UTC(2026, 4, 1, 9, this.#minutes++));

  readonly verdictAgainst: VerdictAgainst = async (candidate, champion) => {
    const comparison = {
      candidate,
      ...(champion.kind === 'version' && { baseline: champion.manifest }),
      holdout: HOLDOUT,
      policy: digestOfBytes('policy'),
      evaluator: this.#evaluator,
      assurance: 'advisory' as const,
    };
    const found = await findVerdict(this.store, comparison);
    const { name, digest, record } =
      found ?? (await recordVerdict(this.store, comparison, judgementOf(await this.verdicts(candidate, champion))));
    return { record: { holdout: HOLDOUT, name, digest }, judgement: record.judgement };
  };

  occasion(change: Partial<Occasion> = {}): Occasion {
    return {
      actor: { kind: 'person', name: 'alice' },
      cause: `request ${(this.#causes += 1)}`,
      reason: '',
      trigger: { kind: 'command-line' },
      ...change,
    };
  }

  register(seed: number, occasion: Partial<Occasion> = {}): Promise<RegistrationOutcome> {
    return register({ ...registration(seed), occasion: this.occasion(occasion) }, this);
  }

  registerCandidate(request: Omit<RegisterRequest, 'occasion'>): Promise<RegistrationOutcome> {
    return register({ ...request, occasion: this.occasion() }, this);
  }

  promote(number: number, change: Partial<PromoteRequest> = {}): Promise<PromotionOutcome> {
    const request: PromoteRequest = {
      model: MODEL,
      version: { kind: 'number', number },
      environment: PRODUCTION,
      requires: 'advisory',
      occasion: this.occasion(),
      ...change,
    };
    return promote(request, this);
  }

  rollback(occasion: Partial<Occasion> = {}): Promise<RollbackOutcome> {
    const reason = 'wrong currency since Monday';
    return rollback({ model: MODEL, environment: PRODUCTION, occasion: this.occasion({ reason, ...occasion }) }, this);
  }

  /** The number of the version that serves, 0 for none. */
  async champion(): Promise<number> {
    const { champion } = await readChampion(this.store, PRODUCTION, MODEL);
    return champion.kind === 'none' ? 0 : champion.version;
  }
}

/** A candidate that differs from others by its seed and its model's bytes. */
export function candidateOf(seed: number): Candidate {
  const model = modelBytes(seed);
  const beside = new TextEncoder().encode('{"tokens":[]}');
  return {
    schema: 'touchstone/candidate/v1',
    model: MODEL,
    output: { path: 'model.onnx', digest: digestOfBytes(model), bytes: model.length },
    files: [{ path: 'tokens/vocabulary.json', digest: digestOfBytes(beside), bytes: beside.length }],
    inputs: {
      code: [{ path: 'train.py', object: '1'.repeat(40) }],
      data: [{ role: 'train', digest: digestOfBytes('rows'), rows: 1000, rowKeys: digestOfBytes('row keys') }],
      command: ['python', 'train.py'],
      params: { depth: 3 },
      seed,
      lockfile: digestOfBytes('scikit-learn==1.9.0'),
    },
    environment: {
      commit: '2'.repeat(40),
      tree: '3'.repeat(40),
      dirty: [],
      repository: 'github.com/acme/churn',
      python: '3.11.9',
      packages: { 'scikit-learn': '1.9.0' },
      platform: 'linux x64',
      cpus: 2,
      gpus: [{ name: 'NVIDIA H200', driver: '570.1', memoryMiB: 143771 }],
    },
    claimed: { metrics: { accuracy: 0.99 } },
    startedAt: '2026-05-01T08:00:00.000Z',
    seconds: 12.5,
  };
}

export function modelBytes(seed: number): Uint8Array {
  return new TextEncoder().encode(`model of seed ${seed}`);
}

export function registration(seed: number): Omit<RegisterRequest, 'occasion'> {
  return {
    candidate: candidateOf(seed),
    signature: SIGNATURE,
    sources: [
      source('model.onnx', modelBytes(seed)),
      source('tokens/vocabulary.json', new TextEncoder().encode('{"tokens":[]}')),
      source('row keys', new TextEncoder().encode('row keys')),
    ],
    environment: PRODUCTION,
  };
}

export function manifestDigestOf(seed: number): Digest {
  return digestOfManifest(buildManifest(candidateOf(seed), SIGNATURE));
}

export function accepted(champion: Champion): Verdict {
  return { kind: 'accepted', compared: champion.kind === 'version', assurance: 'advisory', blocks: false };
}

/** What judging finds, all but the verdict of no interest here. */
export function judgementOf(verdict: Verdict, findings: readonly Finding[] = []): Judgement {
  return { verdict, findings, observations: [], power: { gates: [] } };
}

function source(name: string, content: Uint8Array): ByteSource {
  return {
    name,
    digest: digestOfBytes(content),
    bytes: content.length,
    open: async function* () {
      yield await Promise.resolve(content);
    },
  };
}
