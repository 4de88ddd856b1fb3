import * as v from 'valibot';
import { digestOfJson, type Digest, type Json } from '../identity/digest.ts';
import type { EnvironmentName, ModelName } from '../identity/names.ts';
import { countField, digestField, jsonField, parseDocument, segmentField, type Parsed } from './document.ts';
import type { Actor, RegistryEvent } from './event.ts';
import type { Trigger } from './evidence.ts';

/** Who asks for something, and on what occasion; every command that appends an event is told. */
export interface Occasion {
  readonly actor: Actor;
  /** What makes this request this one and no other: a comment's id, a merge commit. The same again does nothing twice. */
  readonly cause: string;
  /** In the actor's words; empty where none was given. */
  readonly reason: string;
  readonly trigger: Trigger;
}

/** One thing asked for once. Its digest is the id of the event that it becomes. */
export interface Operation {
  readonly type: RegistryEvent['type'];
  readonly model: ModelName;
  readonly environment?: EnvironmentName;
  /** What was asked for, as it was asked: what the command found or decided later is no part of it. */
  readonly asked: { readonly [name: string]: Json };
  readonly cause: string;
}

export function idOfOperation({ type, model, environment, asked, cause }: Operation): Digest {
  return digestOfJson({ type, model, environment, asked, cause });
}

/** Created before anything else is written, so that a retry finds its own event. */
export interface Intent extends Operation {
  readonly schema: 'touchstone/intent/v1';
  readonly id: Digest;
  /** Where the log ended then: the operation's event, if there is one, comes after. */
  readonly after: number;
}

const intent: v.GenericSchema<unknown, Intent> = v.strictObject({
  schema: v.literal('touchstone/intent/v1'),
  id: digestField,
  type: v.picklist(['register', 'deprecate', 'yank', 'annotate', 'override', 'promote', 'rollback']),
  model: v.pipe(
    segmentField,
    v.transform((name) => name as ModelName),
  ),
  environment: v.exactOptional(
    v.pipe(
      segmentField,
      v.transform((name) => name as EnvironmentName),
    ),
  ),
  asked: v.record(v.string(), jsonField),
  cause: v.string(),
  after: countField,
});

export function parseIntent(bytes: Uint8Array): Parsed<Intent> {
  const parsed = parseDocument(intent, bytes);
  if (parsed.kind === 'parsed' && parsed.value.id !== idOfOperation(parsed.value)) {
    return { kind: 'invalid', problems: ['id: not the digest of what was asked for'] };
  }
  return parsed;
}
