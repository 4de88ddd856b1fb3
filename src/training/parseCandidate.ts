import * as v from 'valibot';
import type { Candidate } from './candidate.ts';
import { canonicalJson, isDigest, type Digest, type Json } from '../identity/digest.ts';
import { parseModelName, type ModelName } from '../identity/names.ts';
import { UserMistake, type Problem } from '../failure.ts';
import { gpuUse } from './gpuUse.ts';
import { isPortable } from './outputs.ts';

const digest = v.custom<Digest>(
  (value) => typeof value === 'string' && isDigest(value),
  'expected 64 lower-case hex digits',
);
const modelName = v.custom<ModelName>((value) => {
  try {
    return typeof value === 'string' && parseModelName(value) === value;
  } catch {
    return false;
  }
}, 'expected the name of a model');

// What has no canonical form cannot be digested: half a surrogate pair, a number beyond all numbers.
const text = v.pipe(
  v.string(),
  v.check((written) => !/\p{Surrogate}/u.test(written), 'expected text without halves of characters'),
);
const number = v.pipe(v.number(), v.finite('expected a finite number'));
const insidePath = v.pipe(text, v.check(staysInside, 'expected a relative path that stays inside its folder'));
/** Beside the candidate: copied to machines where a backslash or a colon means something. */
const filePath = v.pipe(insidePath, v.check(isPortable, 'expected a relative path that stays inside its folder'));

const count = v.pipe(number, v.safeInteger(), v.minValue(0));
const objectId = v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'expected a git object id'));
const file = v.object({ path: filePath, digest, bytes: count });
const scalar = v.union([text, number, v.boolean()]);
const json = v.custom<Json>((value) => value !== undefined);

/** Fields that it does not know are left out. */
export const candidateDocument: v.GenericSchema<unknown, Candidate> = v.object({
  schema: v.literal('touchstone/candidate/v1'),
  model: modelName,
  output: file,
  files: v.array(file),
  inputs: v.object({
    code: v.array(v.object({ path: insidePath, object: objectId })),
    data: v.array(
      v.object({
        role: v.picklist(['train', 'validation']),
        digest,
        rows: count,
        schemaDigest: v.exactOptional(digest),
        rowKeys: v.exactOptional(digest),
      }),
    ),
    command: v.pipe(v.array(text), v.minLength(1)),
    params: v.record(text, scalar),
    seed: number,
    lockfile: v.exactOptional(digest),
  }),
  environment: v.object({
    commit: v.exactOptional(objectId),
    tree: v.exactOptional(objectId),
    dirty: v.array(text),
    repository: v.exactOptional(text),
    python: v.exactOptional(text),
    packages: v.record(text, text),
    platform: text,
    cpus: count,
    gpus: v.array(v.object({ name: text, driver: text, memoryMiB: v.pipe(number, v.minValue(0)) })),
    gpuUse: v.exactOptional(gpuUse),
  }),
  claimed: v.object({ metrics: v.exactOptional(json), params: v.exactOptional(json) }),
  startedAt: v.pipe(v.string(), v.isoTimestamp('expected an ISO 8601 instant in UTC')),
  seconds: v.pipe(number, v.minValue(0)),
});

/** The text of a `candidate.json`: canonical, so that equal candidates are equal bytes. */
export function formatCandidate(written: Candidate): string {
  return canonicalJson(JSON.parse(JSON.stringify(written)) as Json);
}

/**
 * Narrows the text of a `candidate.json`. Fields that it does not know are left out, so that a later version can add some.
 * @param where the file's path, for the message.
 * @throws UserMistake that lists every invalid field.
 */
export function parseCandidate(written: string, where: string): Candidate {
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch {
    throw invalid([{ where, found: 'it is not JSON', expected: 'a candidate that "touchstone train" wrote' }]);
  }
  const parsed = v.safeParse(candidateDocument, value);
  if (parsed.success) return parsed.output;
  throw invalid(
    parsed.issues.map((issue): Problem => {
      const path = v.getDotPath(issue);
      const found = issue.received === 'undefined' ? 'it is missing' : `it is ${issue.received.slice(0, 80)}`;
      const expected = /expected (.*)$/.exec(issue.message)?.[1] ?? issue.expected ?? 'another value';
      return { where: path === null ? where : `${where} ${path}`, found, expected };
    }),
  );
}

function staysInside(path: string): boolean {
  return path.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..');
}

function invalid(problems: readonly Problem[]): UserMistake {
  const remedied = problems.map((problem) => ({
    ...problem,
    remedy: 'Train again: the file was changed or is not whole',
  }));
  const [first, ...rest] = remedied;
  if (first === undefined) throw new TypeError('A candidate without a problem is not invalid.');
  return new UserMistake('candidate-invalid', first, ...rest);
}
