import * as v from 'valibot';
import type { Digest } from '../identity/digest.ts';
import type { CommitSha } from '../identity/git.ts';
import type { ModelName } from '../identity/names.ts';
import { commitField, digestField, instantField, numberField, parseDocument } from './document.ts';
import { parseModelEvent, type ModelEvent, type OverrideEvent } from './event.ts';
import type { Log } from './log.ts';
import { parseStoreFolder } from './storeKey.ts';

/** All versions of one model, by number, and what was ever overridden of it. */
export interface ModelVersions {
  readonly schema: 'touchstone/versions/v1';
  readonly versions: readonly ModelVersion[];
  /** In the order of the log; absent where nothing was. */
  readonly overrides?: readonly LoggedOverride[];
}

/** What an override event says, as far as others ask for it. */
export interface LoggedOverride {
  readonly of: OverriddenInLog;
  readonly head: CommitSha;
  /** Name of the person. */
  readonly by: string;
  readonly reason: string;
}

/** Absent in `expect`: there was no baseline. */
type OverriddenInLog =
  | { readonly kind: 'finding'; readonly id: string; readonly manifest: Digest; readonly expect?: Digest }
  | { readonly kind: 'model' };

export interface ModelVersion {
  readonly number: number;
  readonly manifest: Digest;
  readonly status: 'registered' | 'deprecated' | 'yanked';
  readonly registeredAt: string;
  /** Of its registration. */
  readonly evidence: Digest;
}

const loggedOverride: v.GenericSchema<unknown, LoggedOverride> = v.strictObject({
  of: v.variant('kind', [
    v.strictObject({
      kind: v.literal('finding'),
      id: v.string(),
      manifest: digestField,
      expect: v.exactOptional(digestField),
    }),
    v.strictObject({ kind: v.literal('model') }),
  ]),
  head: commitField,
  by: v.string(),
  reason: v.string(),
});

const state: v.GenericSchema<unknown, ModelVersions> = v.strictObject({
  schema: v.literal('touchstone/versions/v1'),
  versions: v.array(
    v.strictObject({
      number: numberField,
      manifest: digestField,
      status: v.picklist(['registered', 'deprecated', 'yanked']),
      registeredAt: instantField,
      evidence: digestField,
    }),
  ),
  overrides: v.exactOptional(v.array(loggedOverride)),
});

/** The log of a model: which versions it has, and what was overridden. */
export function modelLog(model: ModelName): Log<ModelEvent, ModelVersions> {
  return {
    folder: parseStoreFolder(`models/${model}/`),
    parseEvent: parseModelEvent,
    empty: { schema: 'touchstone/versions/v1', versions: [] },
    apply: applyModelEvent,
    parseState: (bytes) => parseDocument(state, bytes),
  };
}

function applyModelEvent(state: ModelVersions, event: ModelEvent): ModelVersions {
  switch (event.type) {
    case 'register': {
      const { version, manifest, at, evidence } = event;
      const registered: ModelVersion = { number: version, manifest, status: 'registered', registeredAt: at, evidence };
      return { ...state, versions: [...state.versions, registered] };
    }
    case 'deprecate':
      return withStatus(state, event.manifest, 'deprecated');
    case 'yank':
      return withStatus(state, event.manifest, 'yanked');
    case 'annotate':
      return state;
    case 'override':
      return { ...state, overrides: [...(state.overrides ?? []), loggedOverrideOf(event)] };
  }
}

function loggedOverrideOf(event: OverrideEvent): LoggedOverride {
  const { head, actor, reason } = event;
  return { of: overriddenBy(event), head, by: actor.name, reason };
}

function overriddenBy(event: OverrideEvent): OverriddenInLog {
  switch (event.overrides) {
    case 'finding': {
      const { finding: id, manifest, expect } = event;
      return { kind: 'finding', id, manifest, ...(expect !== undefined && { expect }) };
    }
    case 'model':
      return { kind: 'model' };
  }
}

function withStatus(state: ModelVersions, manifest: Digest, status: ModelVersion['status']): ModelVersions {
  return {
    ...state,
    versions: state.versions.map((version) => (version.manifest === manifest ? { ...version, status } : version)),
  };
}

export function versionOfManifest({ versions }: ModelVersions, manifest: Digest): ModelVersion | undefined {
  return versions.find((version) => version.manifest === manifest);
}
