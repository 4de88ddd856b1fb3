import * as v from 'valibot';
import type { Finding, Verdict } from '../evaluation/verdict.ts';
import type { Digest, Json } from '../identity/digest.ts';
import type { RepositoryName } from '../identity/git.ts';
import type { TrainingEnvironment } from '../training/candidate.ts';
import { gpuUse } from '../training/gpuUse.ts';
import { putDocument } from './blobs.ts';
import type { ChampionVersion } from './champions.ts';
import {
  countField,
  digestField,
  jsonField,
  numberField,
  parseDocument,
  repositoryField,
  type Parsed,
} from './document.ts';
import { finding, verdict, withInfinitiesInWords } from './judgementDocument.ts';
import type { RegistryStore } from './store.ts';
import { verdictsFolder } from './verdictRecord.ts';

/** What was known when an event was written: a blob that the event names. Nothing of it is part of a version's identity. */
export interface Evidence {
  readonly schema: 'touchstone/evidence/v1';
  readonly trigger: Trigger;
  readonly cause: string;
  /** Absent where nothing was judged: a rollback needs no gate. */
  readonly verdict?: VerdictEvidence;
  /** What the verdict compared with; absent where there was nothing. */
  readonly parent?: ChampionVersion;
  /** Of a registration alone. */
  readonly training?: TrainingEvidence;
  /** Of an override alone. */
  readonly override?: OverrideEvidence;
}

/** What set the machinery going, and where it ran. */
export interface Trigger {
  readonly kind: 'command-line' | 'push' | 'dispatch' | 'comment' | 'schedule';
  readonly run?: { readonly id: string; readonly attempt: number };
  readonly runner?: string;
}

export interface VerdictEvidence extends Verdict {
  /** Of the record in `verdicts/<holdout>/`; `digest` is the sha256 of its bytes. */
  readonly holdout: Digest;
  readonly name: Digest;
  readonly digest: Digest;
  /** Findings on latency, which belong to this run and to no record. */
  readonly latency: readonly Finding[];
}

/** Where a person said that something may pass, and what they had before them. */
interface OverrideEvidence {
  readonly repository: RepositoryName;
  readonly pullRequest: number;
  /** Number of the comment. */
  readonly comment: number;
  /** What the person was in the repository when it was written. */
  readonly role: string;
  /** The run of `touchstone-pr.yml` that trained. */
  readonly trained: RunEvidence;
  /** The run that judged, and left the verdict. */
  readonly judging: RunEvidence;
}

interface RunEvidence {
  readonly id: number;
  readonly attempt: number;
}

interface TrainingEvidence {
  readonly startedAt: string;
  readonly seconds: number;
  /** Commit, tree, dirty inputs, repository, Python, packages, platform, GPUs and drivers, as measured. */
  readonly environment: TrainingEnvironment;
  /** What the training command said of itself. */
  readonly claimed: { readonly metrics?: Json; readonly params?: Json };
}

// Loose where later releases will measure more: evidence is read by people, and nothing hangs on a field unknown here.
const environment: v.GenericSchema<unknown, TrainingEnvironment> = v.looseObject({
  commit: v.exactOptional(v.string()),
  tree: v.exactOptional(v.string()),
  dirty: v.array(v.string()),
  repository: v.exactOptional(v.string()),
  python: v.exactOptional(v.string()),
  packages: v.record(v.string(), v.string()),
  platform: v.string(),
  cpus: countField,
  gpus: v.array(v.looseObject({ name: v.string(), driver: v.string(), memoryMiB: v.number() })),
  gpuUse: v.exactOptional(gpuUse),
});

const run = v.strictObject({ id: numberField, attempt: numberField });

const evidence: v.GenericSchema<unknown, Evidence> = v.strictObject({
  schema: v.literal('touchstone/evidence/v1'),
  trigger: v.strictObject({
    kind: v.picklist(['command-line', 'push', 'dispatch', 'comment', 'schedule']),
    run: v.exactOptional(v.strictObject({ id: v.string(), attempt: numberField })),
    runner: v.exactOptional(v.string()),
  }),
  cause: v.string(),
  verdict: v.exactOptional(
    v.strictObject({
      ...verdict.entries,
      holdout: digestField,
      name: digestField,
      digest: digestField,
      latency: v.array(finding),
    }),
  ),
  parent: v.exactOptional(v.strictObject({ version: numberField, manifest: digestField })),
  training: v.exactOptional(
    v.strictObject({
      startedAt: v.pipe(v.string(), v.isoTimestamp()),
      seconds: v.number(),
      environment,
      claimed: v.strictObject({ metrics: v.exactOptional(jsonField), params: v.exactOptional(jsonField) }),
    }),
  ),
  override: v.exactOptional(
    v.strictObject({
      repository: repositoryField,
      pullRequest: numberField,
      comment: numberField,
      role: v.string(),
      trained: run,
      judging: run,
    }),
  ),
});

/** Stores evidence and returns its digest. */
export async function putEvidence(store: RegistryStore, written: Evidence): Promise<Digest> {
  // Another process may have reached the verdict that is named here, and not be through with it.
  if (written.verdict !== undefined) await store.settle(verdictsFolder(written.verdict.holdout));
  return putDocument(store, withInfinitiesInWords(written) as object);
}

export function parseEvidence(bytes: Uint8Array): Parsed<Evidence> {
  return parseDocument(evidence, bytes);
}
