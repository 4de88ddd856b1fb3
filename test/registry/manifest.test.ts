import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOfBytes, digestOfJson, type Json } from '../../src/identity/digest.ts';
import { formatDocument } from '../../src/registry/document.ts';
import { buildManifest, digestOfManifest, modelFile } from '../../src/registry/manifest.ts';
import { parseManifest } from '../../src/registry/manifestDocument.ts';
import type { Candidate } from '../../src/training/candidate.ts';
import { candidateOf, registration } from '../fakes/registryWorld.ts';

const { signature } = registration(1);
const candidate = candidateOf(1);
const digestOf = (one: Candidate): string => digestOfManifest(buildManifest(one, signature));

describe('a manifest', () => {
  it.each<[string, Candidate]>([
    ['commit', withEnvironment({ commit: '9'.repeat(40), tree: '8'.repeat(40) })],
    ['repository', withEnvironment({ repository: 'github.com/other/fork' })],
    ['uncommitted change', withEnvironment({ dirty: ['train.py'] })],
    ['machine', withEnvironment({ platform: 'darwin arm64', cpus: 64, gpus: [], python: '3.12.1', packages: {} })],
    ['clock', { ...candidate, startedAt: '2030-01-01T00:00:00.000Z', seconds: 99 }],
    ['claim', { ...candidate, claimed: { metrics: { accuracy: 1 } } }],
  ])('is the same whatever the %s', (_, other) => {
    expect(digestOf(other)).toBe(digestOf(candidate));
  });

  it.each<[string, Candidate]>([
    ['seed', withInputs({ seed: 2 })],
    ['parameter', withInputs({ params: { depth: 4 } })],
    ['parameter as text', withInputs({ params: { depth: '3' } })],
    ['command', withInputs({ command: ['python', 'other.py'] })],
    ['file of code', withInputs({ code: [{ path: 'train.py', object: '2'.repeat(40) }] })],
    ['name of a file of code', withInputs({ code: [{ path: 'fit.py', object: '1'.repeat(40) }] })],
    [
      'further file of code',
      withInputs({ code: [...candidate.inputs.code, { path: 'b.py', object: '1'.repeat(40) }] }),
    ],
    ['row', withInputs({ data: [{ role: 'train', digest: digestOfBytes('one row more'), rows: 1001 }] })],
    ['role of the data', withInputs({ data: candidate.inputs.data.map((data) => ({ ...data, role: 'validation' })) })],
    [
      'schema',
      withInputs({ data: candidate.inputs.data.map((data) => ({ ...data, schemaDigest: digestOfBytes('s') })) }),
    ],
    ['lockfile', withInputs({ lockfile: digestOfBytes('scikit-learn==1.9.1') })],
    ['byte of the model', { ...candidate, output: { ...candidate.output, digest: digestOfBytes('another') } }],
    ['file beside it', { ...candidate, files: [] }],
  ])('is another with another %s', (_, other) => {
    expect(digestOf(other)).not.toBe(digestOf(candidate));
  });

  it('is another with another signature', () => {
    const output = { kind: 'classes', classes: ['yes', 'no'], probabilities: true } as const;
    expect(digestOfManifest(buildManifest(candidate, { ...signature, output }))).not.toBe(digestOf(candidate));
  });

  it('has one digest in whatever order files and data are told', () => {
    const file = fc.record({ path: fc.stringMatching(/^[a-z]{1,3}$/), object: fc.constant('1'.repeat(40)) });
    const data = fc.record({
      role: fc.constantFrom('train' as const, 'validation' as const),
      digest: fc.constantFrom('a', 'b', 'c').map(digestOfBytes),
      rows: fc.constant(5),
    });
    const unique = <T>(one: fc.Arbitrary<T>, key: (value: T) => string) => fc.uniqueArray(one, { selector: key });
    fc.assert(
      fc.property(
        unique(file, ({ path }) => path),
        unique(data, ({ role, digest }) => role + digest),
        (code, rows) => {
          const told = digestOf(withInputs({ code, data: rows }));
          expect(digestOf(withInputs({ code: [...code].reverse(), data: [...rows].reverse() }))).toBe(told);
        },
      ),
    );
  });

  it('is read as it was written, and only in its canonical form', () => {
    const manifest = buildManifest(candidate, signature);
    const bytes = formatDocument(manifest);
    expect(digestOfBytes(bytes)).toBe(digestOfJson(JSON.parse(new TextDecoder().decode(bytes)) as Json));
    expect(parseManifest(bytes)).toEqual({ kind: 'parsed', value: manifest });
    expect(modelFile(manifest).path).toBe('model.onnx');
    const pretty = new TextEncoder().encode(JSON.stringify(manifest, null, 2));
    expect(parseManifest(pretty)).toEqual({ kind: 'invalid', problems: ['not in canonical form'] });
  });

  it('tells all its invalid fields together', () => {
    const { files, ...rest } = buildManifest(candidate, signature);
    const loose = {
      ...rest,
      files: [{ ...files[0], path: '../../etc/passwd', bytes: -1 }],
      commit: '2'.repeat(40),
      seed: 'one',
      signature: { inputs: [{ kind: 'matrix', name: 'X', type: 'float16', features: [] }], output: { kind: 'values' } },
    };
    const parsed = parseManifest(formatDocument(loose));
    expect(parsed.kind === 'invalid' ? parsed.problems : []).toEqual([
      'files.0.path: "../../etc/passwd", expected a relative path inside its folder',
      'files.0.bytes: -1, expected >=0',
      expect.stringMatching(/^signature\.inputs\.0\.type: "float16", expected \(.*"float32".*\)$/),
      'seed: "one", expected number',
      'commit: unknown; a newer Touchstone may have written it',
    ]);
  });

  it.each(['/etc/passwd', 'a/../../b', './a', 'a//b', '..', '', 'C:\\a', 'a\\b', 'C:a', 'a\u0000b'])(
    'holds no file that could land elsewhere: %j',
    (path) => {
      const manifest = buildManifest({ ...candidate, output: { ...candidate.output, path } }, signature);
      expect(parseManifest(formatDocument(manifest)).kind).toBe('invalid');
    },
  );

  it.each([
    ['no model', candidate.files],
    ['one path twice', [candidate.output, candidate.output]],
  ])('has one model, and each path once: not %s', (_, files) => {
    const manifest = buildManifest(candidate, signature);
    const changed = {
      ...manifest,
      files: files.map((file, index) => ({ role: index === 0 && _ !== 'no model' ? 'model' : 'beside', ...file })),
    };
    expect(parseManifest(formatDocument(changed)).kind).toBe('invalid');
  });
});

function withInputs(change: Partial<Candidate['inputs']>): Candidate {
  return { ...candidate, inputs: { ...candidate.inputs, ...change } };
}

function withEnvironment(change: Partial<Candidate['environment']>): Candidate {
  return { ...candidate, environment: { ...candidate.environment, ...change } };
}
