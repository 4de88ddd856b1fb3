import * as v from 'valibot';
import type { Digest } from '../identity/digest.ts';
import type { ModelName } from '../identity/names.ts';
import { digestField, instantField, numberField, parseDocument } from './document.ts';
import { parseModelEvent, type ModelEvent } from './event.ts';
import type { Log } from './log.ts';
import { parseStoreFolder } from './storeKey.ts';

/** All versions of one model, by number. */
export interface ModelVersions {
  readonly schema: 'touchstone/versions/v1';
  readonly versions: readonly ModelVersion[];
}

export interface ModelVersion {
  readonly number: number;
  readonly manifest: Digest;
  readonly status: 'registered' | 'deprecated' | 'yanked';
  readonly registeredAt: string;
  /** Of its registration. */
  readonly evidence: Digest;
}

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
});

/** The log of a model: which versions it has. */
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
    case 'override':
      return state;
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
