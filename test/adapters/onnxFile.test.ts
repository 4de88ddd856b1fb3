import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { InferenceSession } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ModelRole } from '../../src/adapters/onnx/inputSignature.ts';
import { NEWEST_IR_VERSION, NEWEST_OPSETS } from '../../src/adapters/onnx/modelFile.ts';
import { outlineOnnx } from '../../src/adapters/onnx/modelOutline.ts';
import type { OnnxSource } from '../../src/adapters/onnx/openOnnxPredictor.ts';
import { readOnnxModel } from '../../src/adapters/onnx/openOnnxPredictor.ts';
import { fieldsOf, integersOf, MalformedProtobuf } from '../../src/adapters/onnx/protobufFields.ts';
import { UserMistake } from '../../src/failure.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import * as onnx from './onnxGraph.ts';

const regression: ModelRole = { task: { kind: 'regression' }, target: 'y' };
const COLUMNS = ['a', 'b', 'y'];
const sound = onnx.model(onnx.linear([[1], [2]], [3]));

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchstone-onnx-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(bytes: Uint8Array | string, source: Partial<OnnxSource> = {}, maxBytes?: number): Promise<unknown> {
  const file = join(folder, 'model.onnx');
  await writeFile(file, bytes);
  return readOnnxModel({ file, where: 'model.onnx', ...source }, regression, COLUMNS, maxBytes);
}

async function mistakeOf(promise: Promise<unknown>): Promise<UserMistake> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserMistake)) throw new Error(`expected a mistake, got ${String(error)}`);
  return error;
}

describe('a file that is no model is told by what it is', () => {
  const zip = Buffer.from('504b0304140000000800', 'hex');
  test.each<[string, Uint8Array | string, string]>([
    ['empty', '', 'the file is empty'],
    ['pickle', Buffer.from('8004951f000000000000008c', 'hex'), 'a Python pickle'],
    ['joblib, compressed', Buffer.from('789c6bf6', 'hex'), 'zlib'],
    ['HTML', '<!DOCTYPE html><html><body>Sign in</body></html>', 'an HTML page'],
    ['LFS', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n', 'a Git LFS pointer'],
    ['torch or Keras', zip, 'a zip archive'],
    ['gzip', gzipSync(sound), 'a gzip file'],
    ['HDF5', Buffer.from('894844460d0a1a0a0000', 'hex'), 'an HDF5 file'],
    ['TensorFlow Lite', Buffer.from('1c00000054464c33140020', 'hex'), 'a TensorFlow Lite model'],
    ['ORT', Buffer.from('180000004f52544d0000', 'hex'), 'ORT format'],
    ['XGBoost JSON', '{"learner":{"attributes":{}}}', 'JSON text'],
    ['LightGBM text', 'tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\n', 'a text file'],
    ['predictions', 'id,prediction\n1,no\n2,yes\n', 'a text file'],
    ['noise', Buffer.from('ffd8ffe000104a46494600', 'hex'), 'not an ONNX model'],
    ['another protobuf', Buffer.from('0a0568656c6c6f', 'hex'), 'not an ONNX model'],
  ])('%s', async (_, bytes, found) => {
    const mistake = await mistakeOf(read(bytes));
    expect(mistake.code).toBe('model-not-onnx');
    expect(mistake.message).toContain(found);
    expect(mistake.problems[0]?.remedy).toBeDefined();
  });

  test('a model that breaks off anywhere', async () => {
    for (const share of [0.2, 0.5, 0.9, 0.99]) {
      const mistake = await mistakeOf(read(sound.subarray(0, Math.floor(sound.length * share))));
      expect(mistake.code).toBe('model-not-onnx');
      expect(mistake.message).toContain('breaks off');
    }
  });

  test('any bytes are read or refused, never more', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(sound.length - 1), (noise, at) => {
        const damaged = Uint8Array.from(sound);
        damaged.set(noise.subarray(0, damaged.length - at), at);
        for (const bytes of [noise, damaged]) {
          try {
            outlineOnnx(bytes);
          } catch (error) {
            if (!(error instanceof MalformedProtobuf)) throw error;
          }
        }
      }),
    );
  });

  test('missing', async () => {
    const file = join(folder, 'nothing.onnx');
    const mistake = await mistakeOf(readOnnxModel({ file }, regression, COLUMNS));
    expect(mistake).toMatchObject({ code: 'model-missing' });
    expect(mistake.message).toContain(file);
  });

  test('too large', async () => {
    expect(await mistakeOf(read(sound, {}, 100))).toMatchObject({ code: 'model-too-large' });
  });

  test('other bytes than those that were digested', async () => {
    const digest = digestOfBytes(sound);
    await expect(read(sound, { digest })).resolves.toMatchObject({ digest });
    expect(await mistakeOf(read(onnx.model(onnx.linear([[1], [2]], [4])), { digest }))).toMatchObject({
      code: 'model-digest',
    });
  });
});

describe('versions', () => {
  const graph = onnx.linear([[1], [2]], [3]);
  const loads = (bytes: Uint8Array): Promise<boolean> =>
    InferenceSession.create(bytes, { logSeverityLevel: 4 }).then(
      () => true,
      () => false,
    );

  test('the newest that are let through are the newest that the runtime loads', async () => {
    const ml = { op: 'Normalizer', domain: 'ai.onnx.ml', inputs: ['x'], outputs: ['z'] };
    const parts = (ir: number, ai: number, ofMl: number): onnx.ModelParts => ({
      irVersion: ir,
      opsets: { '': ai, 'ai.onnx.ml': ofMl },
    });
    const [ai = 0, ofMl = 0] = [NEWEST_OPSETS.get(''), NEWEST_OPSETS.get('ai.onnx.ml')];
    const both = { ...graph, nodes: [...graph.nodes, ml] };
    expect(await loads(onnx.model(both, parts(NEWEST_IR_VERSION, ai, ofMl)))).toBe(true);
    expect(await loads(onnx.model(both, parts(NEWEST_IR_VERSION + 1, ai, ofMl)))).toBe(false);
    expect(await loads(onnx.model(both, parts(NEWEST_IR_VERSION, ai + 1, ofMl)))).toBe(false);
    expect(await loads(onnx.model(both, parts(NEWEST_IR_VERSION, ai, ofMl + 1)))).toBe(false);
  });

  test.each<[onnx.ModelParts, string]>([
    [{ irVersion: 99 }, 'IR version 99'],
    [{ opsets: { '': 99 } }, 'opset 99 of ai.onnx'],
    [{ opsets: { 'ai.onnx': 99 } }, 'opset 99 of ai.onnx'],
    [{ opsets: { '': 17, 'ai.onnx.ml': 99 } }, 'opset 99 of ai.onnx.ml'],
  ])('newer ones are told before anything runs: %o', async (parts, found) => {
    const mistake = await mistakeOf(read(onnx.model(graph, parts)));
    expect(mistake.code).toBe('model-version');
    expect(mistake.message).toContain(found);
  });
});

describe('data in other files', () => {
  const weights = Float32Array.from([0, 0, 1, 2]);
  const keptIn = (entries: Readonly<Record<string, string>>): Uint8Array => {
    const graph = onnx.linear([[1], [2]], [3]);
    const bias = onnx.floatTensor('b', [1], [3]);
    return onnx.model({ ...graph, initializers: [onnx.externalTensor('w', [2, 1], entries), bias] });
  };
  const declared = (...names: string[]): Partial<OnnxSource> => ({
    beside: new Map(names.map((name) => [name, undefined])),
  });

  beforeAll(async () => {
    const bytes = new Uint8Array(weights.buffer);
    await writeFile(join(folder, 'weights.bin'), bytes);
    await mkdir(join(folder, 'sub'));
    await writeFile(join(folder, 'sub', 'weights.bin'), bytes);
    await symlink(join(folder, 'weights.bin'), join(folder, 'link.bin'));
    await symlink(folder, join(folder, 'linked'));
  });

  test.each(['weights.bin', 'sub/weights.bin'])(
    'beside the model and declared is put into the model (%s)',
    async (location) => {
      const bytes = keptIn({ location, offset: '8', length: '8' });
      const model = (await read(bytes, declared(location))) as Awaited<ReturnType<typeof readOnnxModel>>;
      const whole = Buffer.concat(model.bytes);
      expect(outlineOnnx(whole).externalTensors).toEqual([]);
      const session = await InferenceSession.create(whole);
      expect(session.inputNames).toEqual(['x']);
      // The digest is that of the file, which is what a manifest names.
      expect(model.digest).toBe(digestOfBytes(bytes));
    },
  );

  test('in a subgraph is found too', async () => {
    const body: onnx.Graph = {
      nodes: [{ op: 'Identity', inputs: ['w'], outputs: ['z'] }],
      inputs: [],
      outputs: [{ name: 'z', type: 'float', dims: [2] }],
      initializers: [onnx.externalTensor('w', [2], { location: '../secret' })],
    };
    const graph = onnx.linear([[1], [2]], [3]);
    const branch = { op: 'If', inputs: ['c'], outputs: ['z'], attributes: [onnx.graphAttribute('then_branch', body)] };
    const mistake = await mistakeOf(read(onnx.model({ ...graph, nodes: [...graph.nodes, branch] })));
    expect(mistake.code).toBe('model-external-data');
  });

  test.each<[string, string, string]>([
    ['../weights.bin', '../weights.bin', 'outside its folder'],
    ['/etc/passwd', '/etc/passwd', 'outside its folder'],
    ['C:\\weights.bin', 'C:\\weights.bin', 'outside its folder'],
    ['sub/../../weights.bin', 'sub/../../weights.bin', 'outside its folder'],
    ['weights.bin', 'other.bin', 'not declared'],
    ['sub\\weights.bin', 'sub\\weights.bin', 'not declared'],
    ['', '', 'not named'],
    ['link.bin', 'link.bin', 'is a link'],
    ['linked/weights.bin', 'linked/weights.bin', 'is a link'],
    ['nothing.bin', 'nothing.bin', 'no such file'],
  ])('%j where %j is declared is refused', async (location, name, found) => {
    const mistake = await mistakeOf(read(keptIn({ location }), declared(name)));
    expect(mistake.message).toContain(found);
  });

  test.each([
    { location: 'weights.bin', offset: '12', length: '8' },
    { location: 'weights.bin', offset: '-4', length: '8' },
    { location: 'weights.bin', offset: '100' },
    { location: 'weights.bin', offset: 'x' },
  ])('that does not fit its file is refused: %o', async (entries) => {
    const mistake = await mistakeOf(read(keptIn(entries), declared('weights.bin')));
    expect(mistake.code).toBe('model-external-data');
    expect(mistake.message).toContain('asks for');
  });

  test('of other bytes than those that were digested is refused', async () => {
    const right = digestOfBytes(new Uint8Array(weights.buffer));
    const wrong = digestOfBytes('other');
    const bytes = keptIn({ location: 'weights.bin', offset: '8', length: '8' });
    await expect(read(bytes, { beside: new Map([['weights.bin', right]]) })).resolves.toBeDefined();
    expect(await mistakeOf(read(bytes, { beside: new Map([['weights.bin', wrong]]) }))).toMatchObject({
      code: 'model-digest',
    });
  });

  test('counts into the size', async () => {
    const bytes = keptIn({ location: 'weights.bin', offset: '8', length: '8' });
    expect(await mistakeOf(read(bytes, declared('weights.bin'), bytes.length + 15))).toMatchObject({
      code: 'model-too-large',
    });
  });
});

describe('the edit of the graph', () => {
  test('takes the ZipMap out and leaves every other byte', async () => {
    const bytes = onnx.model(onnx.classifier(['no', 'yes']));
    const file = join(folder, 'zipmap.onnx');
    await writeFile(file, bytes);
    const role: ModelRole = { task: { kind: 'binary' }, target: 'y' };
    const model = await readOnnxModel({ file }, role, COLUMNS);
    const [before, after] = [outlineOnnx(bytes), outlineOnnx(Buffer.concat(model.bytes))];
    expect(after.graph.nodes.map((node) => node.op)).toEqual(['LinearClassifier']);
    expect(after.graph.outputs.map((output) => output.name)).toEqual(['label', 'probabilities']);
    expect(after.graph.inputs.map(({ name, type }) => [name, type])).toEqual(
      before.graph.inputs.map(({ name, type }) => [name, type]),
    );
    expect(after.opsets).toEqual(before.opsets);
    const node = before.graph.nodes[0];
    expect(Buffer.concat(model.bytes).includes(Buffer.from(bytes.subarray(node?.start, node?.end)))).toBe(true);
  });

  test('passes by a run of numbers as one field, however long', () => {
    const values = Array.from({ length: 1000 }, (_, k) => k);
    const fields = [...fieldsOf(onnx.floatsAttribute('nodes_values', values))].filter(({ number }) => number === 7);
    expect(fields).toHaveLength(1);
    const integers = [...fieldsOf(onnx.integersAttribute('nodes_ids', values))].find(({ number }) => number === 8);
    expect(integers === undefined ? [] : integersOf(integers).map(Number)).toEqual(values);
  });
});
