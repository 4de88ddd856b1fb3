import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ModelRole } from '../../src/adapters/onnx/inputSignature.ts';
import type { OnnxPredictor, OnnxSource, ModelLimits } from '../../src/adapters/onnx/openOnnxPredictor.ts';
import { openOnnxPredictor } from '../../src/adapters/onnx/openOnnxPredictor.ts';
import type { FeatureBatch } from '../../src/evaluation/predictor.ts';
import { UserMistake } from '../../src/failure.ts';
import * as onnx from './onnxGraph.ts';

const child = fileURLToPath(new URL('../../src/adapters/onnx/child.ts', import.meta.url));
const regression: ModelRole = { task: { kind: 'regression' }, target: 'y' };
const binary: ModelRole = { task: { kind: 'binary' }, target: 'y' };
const multiclass: ModelRole = { task: { kind: 'multiclass' }, target: 'y' };
const COLUMNS = ['a', 'b', 'y'];

let folder: string;
const open: OnnxPredictor[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchstone-onnx-'));
});

afterAll(async () => {
  await Promise.all(open.map((predictor) => predictor.close()));
  await rm(folder, { recursive: true, force: true });
});

let files = 0;
async function saved(bytes: Uint8Array | string, name = `model${files++}.onnx`): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, bytes);
  return file;
}

async function load(
  bytes: Uint8Array,
  role: ModelRole,
  more: { source?: Partial<OnnxSource>; limits?: Partial<ModelLimits>; signal?: AbortSignal; columns?: string[] } = {},
): Promise<OnnxPredictor> {
  const predictor = await openOnnxPredictor(
    { file: await saved(bytes), where: 'model.onnx', ...more.source },
    role,
    more.columns ?? COLUMNS,
    {
      node: process.execPath,
      child,
      ...(more.limits === undefined ? {} : { limits: more.limits }),
      ...(more.signal === undefined ? {} : { signal: more.signal }),
    },
  );
  open.push(predictor);
  return predictor;
}

function floats(columns: Readonly<Record<string, readonly number[]>>): FeatureBatch {
  const entries = Object.entries(columns);
  return {
    rows: entries[0]?.[1].length ?? 0,
    columns: new Map(entries.map(([name, values]) => [name, { kind: 'float', values: Float64Array.from(values) }])),
  };
}

async function mistakeOf(promise: Promise<unknown>): Promise<UserMistake> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserMistake)) throw new Error(`expected a mistake, got ${String(error)}`);
  return error;
}

describe('a model in a process of its own', () => {
  test('answers a regression as y = a + 2 b + 3', async () => {
    const predictor = await load(onnx.model(onnx.linear([[1], [2]], [3])), regression);
    const answer = await predictor.predict(floats({ a: [1, 2, 3], b: [10, 20, 30] }));
    expect(answer).toEqual({ kind: 'values', values: Float32Array.from([24, 45, 66]) });
    expect(predictor.signature).toEqual({
      inputs: [{ kind: 'matrix', name: 'x', type: 'float32', features: ['a', 'b'] }],
      output: { kind: 'values' },
    });
    expect(predictor.busyMs).toBeGreaterThan(0);
    expect(await predictor.latencyMs(floats({ a: [1], b: [1] }))).toBeGreaterThan(0);
  });

  test('is fed the columns of features in their order', async () => {
    const predictor = await load(onnx.model(onnx.linear([[1], [2]], [0])), { ...regression, features: ['b', 'a'] });
    expect(await predictor.predict(floats({ a: [1], b: [10] }))).toMatchObject({ values: Float32Array.from([12]) });
  });

  test.each([['zipmap'], ['tensors']] as const)('answers classes with their labels (%s)', async (end) => {
    const predictor = await load(onnx.model(onnx.classifier(['no', 'yes'], end)), binary);
    expect(predictor.signature.output).toEqual({ kind: 'classes', classes: ['no', 'yes'], probabilities: true });
    const answer = await predictor.predict(floats({ a: [2, -2], b: [-1, 1] }));
    // Scores are (k - 1) a + (1 - k) b for class k: -3, 0 in the first row and 3, 0 in the second; softmax(-3, 0).
    expect(answer).toMatchObject({ kind: 'classes', predicted: Uint16Array.from([1, 0]) });
    const first = 1 / (1 + Math.exp(3));
    const probabilities = answer.kind === 'classes' ? [...(answer.probabilities ?? [])] : [];
    [first, 1 - first, 1 - first, first].forEach((value, k) => expect(probabilities[k]).toBeCloseTo(value, 6));
  });

  test('maps integer labels that do not count from 0', async () => {
    const predictor = await load(onnx.model(onnx.classifier([3, 7, -9])), multiclass);
    expect(predictor.signature.output).toMatchObject({ classes: ['3', '7', '-9'] });
    const answer = await predictor.predict(floats({ a: [9, -9], b: [0, 0] }));
    expect(answer).toMatchObject({ predicted: Uint16Array.from([2, 0]) });
  });

  test('says which bounds held', async () => {
    const { isolation } = await load(onnx.model(onnx.linear([[1], [2]], [3])), regression);
    expect(isolation.threads).toBe(1);
    expect(isolation.runtime).toMatch(/^onnxruntime 1\./);
    expect(['none', 'not-isolated']).toContain(isolation.network);
    if (process.platform === 'linux') expect(isolation.memory.keptBy).toBe('kernel');
  });

  test('answers batches asked for at once in their order', async () => {
    const predictor = await load(onnx.model(onnx.linear([[1], [0]], [0])), regression);
    const answers = await Promise.all([1, 2, 3, 4].map((a) => predictor.predict(floats({ a: [a], b: [0] }))));
    expect(answers.map((answer) => (answer.kind === 'values' ? answer.values[0] : undefined))).toEqual([1, 2, 3, 4]);
  });

  test('answers nothing for no rows', async () => {
    const predictor = await load(onnx.model(onnx.linear([[1], [0]], [0])), regression);
    expect(await predictor.predict(floats({ a: [], b: [] }))).toMatchObject({ kind: 'values' });
  });

  test.each([[1], [2], [4]])('is run in calls of %i rows where its file fixes that', async (rows) => {
    const predictor = await load(onnx.model(onnx.linear([[1], [2]], [3], 'logits', rows)), regression);
    const answer = await predictor.predict(floats({ a: [1, 2, 3], b: [10, 20, 30] }));
    expect(answer).toEqual({ kind: 'values', values: Float32Array.from([24, 45, 66]) });
  });
});

describe('inputs', () => {
  const perColumn: onnx.Graph = {
    nodes: [
      { op: 'Cast', inputs: ['hours_per_week'], outputs: ['hours'], attributes: [onnx.integerAttribute('to', 1)] },
      { op: 'Cast', inputs: ['flag'], outputs: ['bit'], attributes: [onnx.integerAttribute('to', 1)] },
      { op: 'Cast', inputs: ['word'], outputs: ['number'], attributes: [onnx.integerAttribute('to', 1)] },
      { op: 'Sum', inputs: ['hours', 'bit', 'number', 'price'], outputs: ['y'] },
    ],
    inputs: [
      { name: 'hours_per_week', type: 'int64', dims: ['rows', 1] },
      { name: 'flag', type: 'bool', dims: ['rows', 1] },
      { name: 'word', type: 'string', dims: ['rows', 1] },
      { name: 'price', type: 'float', dims: ['rows', 1] },
    ],
    outputs: [{ name: 'y', type: 'float', dims: ['rows', 1] }],
  };
  const batch: FeatureBatch = {
    rows: 2,
    columns: new Map([
      ['hours per week', { kind: 'integer', values: BigInt64Array.from([40n, 20n]) }],
      ['flag', { kind: 'integer', values: BigInt64Array.from([1n, 0n]) }],
      ['word', { kind: 'string', values: ['100', '-200'] }],
      ['price', { kind: 'float', values: Float32Array.from([0.5, 0.25]) }],
    ]),
  };
  const columns = ['hours per week', 'flag', 'word', 'price', 'y'];

  test('one for each column, each in its type, also where the converter changed the name', async () => {
    const predictor = await load(onnx.model(perColumn), regression, { columns });
    expect(predictor.signature.inputs[0]).toEqual({
      kind: 'column',
      name: 'hours_per_week',
      type: 'int64',
      feature: 'hours per week',
    });
    expect(await predictor.predict(batch)).toMatchObject({ values: Float32Array.from([141.5, -179.75]) });
  });

  test('a boolean input takes 0 and 1 alone', async () => {
    const predictor = await load(onnx.model(perColumn), regression, { columns });
    const wrong = new Map(batch.columns).set('flag', { kind: 'integer', values: BigInt64Array.from([1n, 2n]) });
    expect((await mistakeOf(predictor.predict({ rows: 2, columns: wrong }))).message).toContain('"flag" holds 2');
  });

  test.each([
    [['hours per week', 'flag', 'words', 'price', 'y'], 'an input "word", and the data has no such column', '"words"'],
    [['hours per week', 'hours-per-week', 'flag', 'word', 'price', 'y'], 'any of the columns', '"hours-per-week"'],
  ])('that are not in the data are told with the nearest columns (%#)', async (others, found, near) => {
    const mistake = await mistakeOf(load(onnx.model(perColumn), regression, { columns: others }));
    expect(mistake.code).toBe('model-inputs');
    expect(mistake.message).toContain(found);
    expect(mistake.message).toContain(near);
  });

  test('are never the target', async () => {
    const mistake = await mistakeOf(load(onnx.model(perColumn), { ...regression, target: 'price' }, { columns }));
    expect(mistake.message).toContain('takes the target "price"');
  });

  test('a matrix of another width is told with the columns and where to set them', async () => {
    const mistake = await mistakeOf(
      load(
        onnx.model(onnx.linear([[1], [2]], [3])),
        { ...regression, id: 'id' },
        { columns: ['id', 'a', 'b', 'c', 'y'] },
      ),
    );
    expect(mistake.code).toBe('model-inputs');
    expect(mistake.message).toContain('[rows, 2]');
    expect(mistake.message).toContain('3 features: "a", "b", "c"');
    expect(mistake.message).toContain('Set features');
  });

  test('id, time and group are no features unless named', async () => {
    const role = { ...regression, id: 'id', time: 'at', group: 'user' };
    const predictor = await load(onnx.model(onnx.linear([[1], [2]], [3])), role, {
      columns: ['id', 'a', 'at', 'b', 'user', 'y'],
    });
    expect(predictor.signature.inputs[0]).toMatchObject({ features: ['a', 'b'] });
  });

  test('of a type that is not fed are refused', async () => {
    const half = {
      ...onnx.linear([[1], [2]], [3]),
      inputs: [{ name: 'x', type: 'float16', dims: ['rows', 2] } as const],
    };
    expect((await mistakeOf(load(onnx.model(half), regression))).message).toContain('takes float16');
  });
});

describe('outputs', () => {
  test('logits are no probabilities', async () => {
    const role: ModelRole = { task: { kind: 'multiclass', classes: ['x', 'y', 'z'] }, target: 'y' };
    const predictor = await load(
      onnx.model(
        onnx.linear(
          [
            [1, 0, 2],
            [0, 1, 2],
          ],
          [0, 0, 0],
        ),
      ),
      role,
    );
    const mistake = await mistakeOf(predictor.predict(floats({ a: [1, 0.5], b: [0, 0.25] })));
    expect(mistake.code).toBe('model-not-probabilities');
    expect(mistake.message).toContain('softmax');
  });

  test('rows that do not add up to 1 are no probabilities, though each number might be one', async () => {
    const role: ModelRole = { task: { kind: 'multiclass', classes: ['x', 'y'] }, target: 'y' };
    const predictor = await load(
      onnx.model(
        onnx.linear(
          [
            [1, 0],
            [0, 1],
          ],
          [0, 0],
        ),
      ),
      role,
    );
    expect(await predictor.predict(floats({ a: [0.25], b: [0.75] }))).toMatchObject({ predicted: Uint16Array.of(1) });
    const mistake = await mistakeOf(predictor.predict(floats({ a: [0.25, 0.25], b: [0.75, 0.25] })));
    expect(mistake.code).toBe('model-not-probabilities');
    expect(mistake.message).toContain('not adding up to 1 in 1 of 2 rows; row 2 has 0.5');
  });

  test('a label that is no class is told', async () => {
    const shifted: onnx.Graph = {
      nodes: [{ op: 'Cast', inputs: ['a'], outputs: ['label'], attributes: [onnx.integerAttribute('to', 7)] }],
      inputs: [{ name: 'a', type: 'float', dims: ['rows', 1] }],
      outputs: [{ name: 'label', type: 'int64', dims: ['rows', 1] }],
    };
    const role: ModelRole = { task: { kind: 'multiclass', classes: ['-5', '0'] }, target: 'y' };
    const predictor = await load(onnx.model(shifted), role);
    expect(await predictor.predict(floats({ a: [0, -5] }))).toEqual({
      kind: 'classes',
      predicted: Uint16Array.of(1, 0),
    });
    const mistake = await mistakeOf(predictor.predict(floats({ a: [0, 2 ** 32] })));
    expect(mistake.code).toBe('model-classes');
    expect(mistake.message).toContain('"4294967296" in row 3');
  });

  test('an index stands for a class that only the config names', async () => {
    const index: onnx.Graph = {
      nodes: [{ op: 'Cast', inputs: ['a'], outputs: ['label'], attributes: [onnx.integerAttribute('to', 7)] }],
      inputs: [{ name: 'a', type: 'float', dims: ['rows', 1] }],
      outputs: [{ name: 'label', type: 'int64', dims: ['rows'] }],
    };
    const role: ModelRole = { task: { kind: 'multiclass', classes: ['cat', 'dog'] }, target: 'y' };
    const predictor = await load(onnx.model({ ...index, nodes: [...index.nodes] }), role);
    expect(await predictor.predict(floats({ a: [1, 0] }))).toMatchObject({ predicted: Uint16Array.of(1, 0) });
  });

  test('a softmax over the classes of the config is taken as probabilities, and said so', async () => {
    const role: ModelRole = { task: { kind: 'multiclass', classes: ['x', 'y', 'z'] }, target: 'y' };
    const predictor = await load(
      onnx.model(
        onnx.linear(
          [
            [1, 0, 2],
            [0, 1, 2],
          ],
          [0, 0, 0],
          'softmax',
        ),
      ),
      role,
    );
    expect(predictor.notes).toEqual(['The output "y" is taken as the probabilities of x, y, z, in this order.']);
    expect(await predictor.predict(floats({ a: [5, 0], b: [0, -5] }))).toMatchObject({
      predicted: Uint16Array.from([2, 0]),
    });
  });

  test('one column of a binary task is the probability of its second class', async () => {
    const sigmoid: onnx.Graph = {
      ...onnx.linear([[1], [0]], [0]),
      nodes: [
        { op: 'Gemm', inputs: ['x', 'w', 'b'], outputs: ['score'] },
        { op: 'Sigmoid', inputs: ['score'], outputs: ['y'] },
      ],
    };
    const role: ModelRole = { task: { kind: 'binary', classes: ['no', 'yes'] }, target: 'y' };
    const predictor = await load(onnx.model(sigmoid), role);
    const answer = await predictor.predict(floats({ a: [0.5, -1.5], b: [0, 0] }));
    expect(answer).toMatchObject({ predicted: Uint16Array.from([1, 0]) });
    const expected = [0.5, -1.5].flatMap((a) => [1 - 1 / (1 + Math.exp(-a)), 1 / (1 + Math.exp(-a))]);
    const probabilities = answer.kind === 'classes' ? [...(answer.probabilities ?? [])] : [];
    expected.forEach((value, k) => expect(probabilities[k]).toBeCloseTo(value, 6));
  });

  test('without class labels, and none in the config, are refused', async () => {
    const mistake = await mistakeOf(
      load(
        onnx.model(
          onnx.linear(
            [
              [1, 0],
              [0, 1],
            ],
            [0, 0],
            'softmax',
          ),
        ),
        binary,
      ),
    );
    expect(mistake.code).toBe('model-classes');
    expect(mistake.message).toContain('List them as classes');
  });

  test.each([
    [['no', 'maybe'], 'and touchstone.yml says no, maybe'],
    [['no', 'yes', 'maybe'], 'and touchstone.yml says'],
  ])('with other classes than the config lists are refused', async (classes, found) => {
    const role: ModelRole = { task: { kind: 'multiclass', classes }, target: 'y' };
    expect((await mistakeOf(load(onnx.model(onnx.classifier(['no', 'yes'])), role))).message).toContain(found);
  });

  test('0 and 1 are false and true where the config says so', async () => {
    const role: ModelRole = { task: { kind: 'binary', classes: ['true', 'false'] }, target: 'y' };
    const predictor = await load(onnx.model(onnx.classifier([0, 1])), role);
    expect(predictor.signature.output).toMatchObject({ classes: ['false', 'true'] });
    expect(await predictor.predict(floats({ a: [2], b: [0] }))).toMatchObject({ predicted: Uint16Array.from([1]) });
  });

  test('labels that are not the most probable class are refused, ties apart', async () => {
    const twisted: onnx.Graph = {
      nodes: [
        { op: 'Identity', inputs: ['x'], outputs: ['probabilities'] },
        {
          op: 'ArgMin',
          inputs: ['x'],
          outputs: ['place'],
          attributes: [onnx.integerAttribute('axis', 1), onnx.integerAttribute('keepdims', 0)],
        },
        { op: 'ArrayFeatureExtractor', domain: 'ai.onnx.ml', inputs: ['classes', 'place'], outputs: ['picked'] },
        { op: 'Reshape', inputs: ['picked', 'flat'], outputs: ['label'] },
      ],
      inputs: [{ name: 'x', type: 'float', dims: ['rows', 2] }],
      outputs: [
        { name: 'label', type: 'string', dims: ['rows'] },
        { name: 'probabilities', type: 'float', dims: ['rows', 2] },
      ],
      initializers: [onnx.stringTensor('classes', ['no', 'yes']), onnx.int64Tensor('flat', [1], [-1])],
    };
    const predictor = await load(onnx.model(twisted), binary);
    expect(predictor.signature.output).toMatchObject({ classes: ['no', 'yes'] });
    // 0.5000001 is a tie but for rounding.
    const tied = await predictor.predict(floats({ a: [0.5, 0.5000001], b: [0.5, 0.4999999] }));
    expect(tied).toMatchObject({ predicted: Uint16Array.from([0, 1]) });
    const mistake = await mistakeOf(predictor.predict(floats({ a: [0.5, 0.9], b: [0.5, 0.1] })));
    expect(mistake.code).toBe('model-labels-disagree');
    expect(mistake.message).toContain('1 of 2 rows: in row 3 it names yes, and no is the most probable');
  });

  test('NaN and infinities are told with their count and first row', async () => {
    const wide: onnx.Graph = {
      nodes: [{ op: 'Log', inputs: ['a'], outputs: ['y'] }],
      inputs: [{ name: 'a', type: 'float', dims: ['rows', 1] }],
      outputs: [{ name: 'y', type: 'float', dims: ['rows', 1] }],
    };
    const predictor = await load(onnx.model(wide), regression);
    await predictor.predict(floats({ a: [1, 2] }));
    const nan = await mistakeOf(predictor.predict(floats({ a: [1, -1, -2] })));
    expect(nan.code).toBe('model-not-finite');
    expect(nan.message).toContain('NaN in 2 of 3 rows, the first of them row 3');
    expect((await mistakeOf(predictor.predict(floats({ a: [0] })))).message).toContain('infinite in 1 of 1 rows');
  });

  test('of more than one value a row are refused for a regression', async () => {
    const mistake = await mistakeOf(
      load(
        onnx.model(
          onnx.linear(
            [
              [1, 2],
              [3, 4],
            ],
            [0, 0],
          ),
        ),
        regression,
      ),
    );
    expect(mistake).toMatchObject({ code: 'model-outputs' });
    expect(mistake.message).toContain('2 numbers a row');
  });

  test('that are one for all rows are refused', async () => {
    const summed: onnx.Graph = {
      ...onnx.linear([[1], [2]], [3]),
      nodes: [{ op: 'ReduceSum', inputs: ['x'], outputs: ['y'] }],
      outputs: [{ name: 'y', type: 'float', dims: ['n', 'k'] }],
    };
    const predictor = await load(onnx.model(summed), regression);
    const mistake = await mistakeOf(predictor.predict(floats({ a: [1, 2, 3], b: [1, 1, 1] })));
    expect(mistake).toMatchObject({ code: 'model-shape' });
    expect(mistake.message).toContain('came out as [1, 1] for 3 rows');
  });

  test('of a classifier are refused for a regression', async () => {
    const mistake = await mistakeOf(load(onnx.model(onnx.classifier(['a', 'b'])), regression));
    expect(mistake.message).toContain('a classifier, and the task is regression');
  });
});

describe('a model that misbehaves', () => {
  test('never ends: its process does, and the message says so', async () => {
    const predictor = await load(onnx.model(onnx.endless()), regression, { limits: { callSeconds: 1 } });
    const mistake = await mistakeOf(predictor.predict(floats({ a: [0], b: [0] })));
    expect(mistake.code).toBe('model-timeout');
    expect(mistake.message).toContain('within 1 s');
    const again = await mistakeOf(predictor.predict(floats({ a: [0], b: [0] })));
    expect(again.code).toBe('model-timeout');
  });

  test('eats memory: told with the limit', async () => {
    const limits = { memoryBytes: 2 ** 30, callSeconds: 60 };
    const predictor = await load(onnx.model(onnx.greedy(2 ** 30)), regression, { limits });
    const mistake = await mistakeOf(predictor.predict(floats({ a: [0], b: [0] })));
    expect(mistake.code).toBe('model-memory');
    expect(mistake.message).toContain('1,024 MiB');
  });

  test('asks for an operator that nobody has', async () => {
    const odd = { ...onnx.linear([[1], [2]], [3]), nodes: [{ op: 'Frobnicate', inputs: ['x'], outputs: ['y'] }] };
    const mistake = await mistakeOf(load(onnx.model(odd), regression));
    expect(mistake.code).toBe('model-load-failed');
    expect(mistake.message).toContain('Frobnicate');
    expect(mistake.message).not.toContain('/onnxruntime_src');
  });

  test('fails on a row: told in the runtime’s words', async () => {
    const gather: onnx.Graph = {
      nodes: [
        { op: 'Cast', inputs: ['a'], outputs: ['at'], attributes: [onnx.integerAttribute('to', 7)] },
        { op: 'Gather', inputs: ['table', 'at'], outputs: ['y'] },
      ],
      inputs: [{ name: 'a', type: 'float', dims: ['rows', 1] }],
      outputs: [{ name: 'y', type: 'float', dims: ['rows', 1] }],
      initializers: [onnx.floatTensor('table', [2], [10, 20])],
    };
    const predictor = await load(onnx.model(gather), regression);
    expect(await predictor.predict(floats({ a: [1] }))).toMatchObject({ values: Float32Array.from([20]) });
    const mistake = await mistakeOf(predictor.predict(floats({ a: [7] })));
    expect(mistake.code).toBe('model-run-failed');
    // The process lives on: a row that fails harms no other.
    expect(await predictor.predict(floats({ a: [0] }))).toMatchObject({ values: Float32Array.from([10]) });
  });

  test('is ended when the work is given up', async () => {
    const stop = new AbortController();
    const predictor = await load(onnx.model(onnx.endless()), regression, { signal: stop.signal });
    const running = predictor.predict(floats({ a: [0], b: [0] }));
    setTimeout(() => {
      stop.abort(new Error('interrupted'));
    }, 100);
    await expect(running).rejects.toThrow('interrupted');
  });
});
