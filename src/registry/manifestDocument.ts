import * as v from 'valibot';
import type { ModelSignature } from '../evaluation/predictor.ts';
import { canonicalJson, type Json } from '../identity/digest.ts';
import { countField, digestField, parseDocument, relativePathField, type Parsed } from './document.ts';
import type { Manifest } from './manifest.ts';

const tensorType = v.picklist(['float32', 'float64', 'int64', 'int32', 'bool', 'string']);

const signature: v.GenericSchema<unknown, ModelSignature> = v.strictObject({
  inputs: v.array(
    v.variant('kind', [
      v.strictObject({
        kind: v.literal('matrix'),
        name: v.string(),
        type: tensorType,
        features: v.array(v.string()),
      }),
      v.strictObject({ kind: v.literal('column'), name: v.string(), type: tensorType, feature: v.string() }),
    ]),
  ),
  output: v.variant('kind', [
    v.strictObject({ kind: v.literal('classes'), classes: v.array(v.string()), probabilities: v.boolean() }),
    v.strictObject({ kind: v.literal('values') }),
  ]),
});

const file = v.strictObject({
  role: v.picklist(['model', 'beside']),
  path: relativePathField,
  digest: digestField,
  bytes: countField,
});

const manifest: v.GenericSchema<unknown, Manifest> = v.strictObject({
  schema: v.literal('touchstone/manifest/v1'),
  files: v.pipe(
    v.array(file),
    v.check((files) => files.filter(({ role }) => role === 'model').length === 1, 'expected exactly one model'),
    v.check((files) => new Set(files.map(({ path }) => path)).size === files.length, 'expected each path once'),
  ),
  signature,
  code: v.array(
    v.strictObject({ path: v.string(), object: v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/)) }),
  ),
  data: v.array(
    v.strictObject({
      role: v.picklist(['train', 'validation']),
      digest: digestField,
      rows: countField,
      schemaDigest: v.exactOptional(digestField),
      rowKeys: v.exactOptional(digestField),
    }),
  ),
  command: v.array(v.string()),
  params: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
  seed: v.number(),
  lockfile: v.exactOptional(digestField),
});

/** Narrows a manifest's bytes; they must be in canonical form, or one version would have two names. */
export function parseManifest(bytes: Uint8Array): Parsed<Manifest> {
  const parsed = parseDocument(manifest, bytes);
  if (parsed.kind === 'invalid') return parsed;
  const text = new TextDecoder().decode(bytes);
  if (canonicalJson(JSON.parse(text) as Json) !== text) return { kind: 'invalid', problems: ['not in canonical form'] };
  return parsed;
}
