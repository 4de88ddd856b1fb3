import * as v from 'valibot';
import type { Digest } from '../identity/digest.ts';
import type { CommitSha } from '../identity/git.ts';
import type { EnvironmentName } from '../identity/names.ts';
import {
  commitField,
  digestField,
  instantField,
  numberField,
  parseDocument,
  segmentField,
  type Parsed,
} from './document.ts';

/** Who asked: only a person may do what a rule leaves to judgement. */
export interface Actor {
  readonly kind: 'person' | 'automation';
  readonly name: string;
}

/** One line of a log. It is the commit point: what no event names has not happened. */
export type RegistryEvent = ModelEvent | EnvironmentEvent;

/** In `models/<name>/log/`. */
export type ModelEvent = RegisterEvent | StatusEvent | OverrideEvent;

interface EventBase {
  readonly schema: 'touchstone/event/v1';
  /** From 1, without gaps. */
  readonly seq: number;
  /** sha256 of the previous event's file; only the first has none. */
  readonly prev?: Digest;
  /** Digest of what was asked for and why it was asked now (`operation.ts`): a retry finds its event by it. */
  readonly id: Digest;
  /** The writer's clock. The order of events is that of `seq`. */
  readonly at: string;
  readonly actor: Actor;
  /** Blob that says what was known. */
  readonly evidence: Digest;
  /** Empty where none was given. */
  readonly reason: string;
  /** Blob of the state folded from all events before this one; in every 256th. */
  readonly state?: Digest;
}

/** One that names a version. */
export type VersionEvent = Exclude<RegistryEvent, OverrideEvent>;

interface RegisterEvent extends EventBase {
  readonly type: 'register';
  /** Counted from 1 in the order of the log. */
  readonly version: number;
  readonly manifest: Digest;
}

/** About a version that is registered. */
interface StatusEvent extends EventBase {
  readonly type: 'deprecate' | 'yank' | 'annotate';
  readonly version: number;
  readonly manifest: Digest;
}

/** A person's word that what stands in the way of a model may pass, on one commit and no other. */
export type OverrideEvent = FindingOverrideEvent | RemovalOverrideEvent;

interface OverrideEventBase extends EventBase {
  readonly type: 'override';
  /** The commit that a pull request asks to merge. A push makes another one, of which nothing was said. */
  readonly head: CommitSha;
}

/** Of one candidate against one baseline, neither of which need be registered: void where either is another. */
interface FindingOverrideEvent extends OverrideEventBase {
  readonly overrides: 'finding';
  /** `recall@overall` */
  readonly finding: string;
  /** The candidate's. */
  readonly manifest: Digest;
  /** The baseline; left out where there was none. */
  readonly expect?: Digest;
}

/** That the configuration may lose the model. */
interface RemovalOverrideEvent extends OverrideEventBase {
  readonly overrides: 'model';
}

/** In `environments/<env>/<name>/log/`. Each carries the champion that results. */
export interface EnvironmentEvent extends EventBase {
  readonly type: 'promote' | 'rollback';
  readonly version: number;
  readonly manifest: Digest;
  readonly environment: EnvironmentName;
  readonly champion: Digest;
  /** The champion that the decision was based on; left out where there was none. */
  readonly expect?: Digest;
}

/** Every so many events one names the folded state, so that no reader folds a whole log. */
export const STATE_INTERVAL = 256;

const base = {
  schema: v.literal('touchstone/event/v1'),
  seq: numberField,
  prev: v.exactOptional(digestField),
  id: digestField,
  at: instantField,
  actor: v.strictObject({ kind: v.picklist(['person', 'automation']), name: v.string() }),
  evidence: digestField,
  reason: v.string(),
  state: v.exactOptional(digestField),
};
const version = { version: numberField, manifest: digestField };
const environment = {
  ...version,
  environment: v.pipe(
    segmentField,
    v.transform((name) => name as EnvironmentName),
  ),
  champion: digestField,
  expect: v.exactOptional(digestField),
};

const modelEvent: v.GenericSchema<unknown, ModelEvent> = v.variant('type', [
  v.strictObject({ ...base, ...version, type: v.literal('register') }),
  v.strictObject({ ...base, ...version, type: v.literal('deprecate') }),
  v.strictObject({ ...base, ...version, type: v.literal('yank') }),
  v.strictObject({ ...base, ...version, type: v.literal('annotate') }),
  v.variant('overrides', [
    v.strictObject({
      ...base,
      type: v.literal('override'),
      head: commitField,
      overrides: v.literal('finding'),
      finding: v.string(),
      manifest: digestField,
      expect: v.exactOptional(digestField),
    }),
    v.strictObject({ ...base, type: v.literal('override'), head: commitField, overrides: v.literal('model') }),
  ]),
]);

const environmentEvent: v.GenericSchema<unknown, EnvironmentEvent> = v.variant('type', [
  v.strictObject({ ...base, ...environment, type: v.literal('promote') }),
  v.strictObject({ ...base, ...environment, type: v.literal('rollback') }),
]);

export function parseModelEvent(bytes: Uint8Array): Parsed<ModelEvent> {
  return parseDocument(modelEvent, bytes);
}

export function parseEnvironmentEvent(bytes: Uint8Array): Parsed<EnvironmentEvent> {
  return parseDocument(environmentEvent, bytes);
}
