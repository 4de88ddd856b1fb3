import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { pythonWith } from '../../examples/digits/pythonWith.ts';
import { openOnnxPredictor } from '../../src/adapters/onnx/openOnnxPredictor.ts';
import type { TaskConfig } from '../../src/config/config.ts';
import { featuresOf } from '../../src/evaluation/pairBatches.ts';
import type { FeatureBatch, FeatureColumn, FeatureKind, Predictions } from '../../src/evaluation/predictor.ts';

/*
 * Real models: test/fixtures/models.py trains them with scikit-learn and LightGBM, converts them with skl2onnx and
 * onnxmltools, and writes what the libraries themselves predict.
 */

const root = fileURLToPath(new URL('../../', import.meta.url));
const fixture = path.join(root, 'test/fixtures/models.py');
const child = path.join(root, 'src/adapters/onnx/child.ts');

interface Case {
  readonly task: TaskConfig['kind'];
  readonly columns: readonly {
    readonly name: string;
    readonly values: readonly (number | string | boolean | null)[];
  }[];
  readonly classes: readonly string[] | null;
  readonly labels: readonly string[] | null;
  readonly probabilities: readonly (readonly number[])[] | null;
  readonly values: readonly number[] | null;
}

/** Made once for each state of the script and its requirements; a half-made folder is never taken for a whole one. */
async function made(): Promise<string> {
  const inputs = ['test/fixtures/models.py', 'test/requirements.txt'].map((file) =>
    readFileSync(path.join(root, file)),
  );
  const key = createHash('sha256').update(Buffer.concat(inputs)).digest('hex').slice(0, 16);
  const cache = path.join(root, '.cache');
  const folder = path.join(cache, `models-${key}`);
  if (existsSync(folder)) return folder;
  const python = await pythonWith(root, 'test/requirements.txt');
  await mkdir(cache, { recursive: true });
  const making = await mkdtemp(path.join(cache, 'models-'));
  try {
    await execa(python, ['-W', 'ignore', fixture, making]);
    // Another run may have been faster: its folder holds the same.
    await rename(making, folder).catch(() => undefined);
    return folder;
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

const hasPython = await execa('python3', ['--version'], { reject: false }).then(({ failed }) => !failed);

describe.runIf(hasPython)('models as the converters write them answer as the libraries themselves do', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await made();
  });

  const named = (part: string): string[] => readdirSync(folder).filter((name) => name.includes(part));

  async function answerOf(name: string): Promise<{ expected: Case; answer: Predictions; classes: readonly string[] }> {
    const expected = JSON.parse(readFileSync(path.join(folder, name, 'case.json'), 'utf8')) as Case;
    const columns = [...expected.columns.map((column) => column.name), 'target'];
    const file = path.join(folder, name, 'model.onnx');
    const predictor = await openOnnxPredictor(
      { file, where: name },
      { task: { kind: expected.task }, target: 'target' },
      columns,
      {
        node: process.execPath,
        child,
      },
    );
    try {
      const { output } = predictor.signature;
      const answer = await predictor.predict(batchOf(expected, featuresOf(predictor.signature)));
      return { expected, answer, classes: output.kind === 'classes' ? output.classes : [] };
    } finally {
      await predictor.close();
    }
  }

  test('there are enough of them', () => {
    expect(readdirSync(folder).length).toBeGreaterThanOrEqual(20);
    expect(named('pipeline').length).toBe(3);
  });

  test('classifiers: labels, classes and probabilities', async () => {
    for (const name of readdirSync(folder)) {
      const { expected, answer, classes } = await answerOf(name);
      if (expected.task === 'regression' || answer.kind !== 'classes') continue;
      const scikit = expected.classes?.map(asConverted);
      expect(classes, name).toEqual(scikit);
      const width = classes.length;
      let unlike = 0;
      expected.labels?.forEach((label, row) => {
        if (classes[answer.predicted[row] ?? 0] !== asConverted(label) && !isClose(expected, row)) unlike++;
      });
      expect(unlike, name).toBe(0);
      expected.probabilities?.forEach((row, at) => {
        row.forEach((value, k) => {
          expect(answer.probabilities?.[at * width + k], `${name}, row ${at}`).toBeCloseTo(value, 4);
        });
      });
    }
  });

  test('regressions: values', async () => {
    for (const name of named('regression')) {
      const { expected, answer } = await answerOf(name);
      expect(answer.kind).toBe('values');
      const values = answer.kind === 'values' ? answer.values : [];
      expect(values.length).toBe(expected.values?.length);
      expected.values?.forEach((value, row) => {
        expect(Math.abs((values[row] ?? NaN) - value), `${name}, row ${row}`).toBeLessThan(
          1e-4 * (1 + Math.abs(value)),
        );
      });
    }
  });
});

/** Converters make 0 and 1 of booleans. */
function asConverted(label: string): string {
  return label === 'True' ? '1' : label === 'False' ? '0' : label;
}

/** Two classes so near that float32 may turn them round. */
function isClose(expected: Case, row: number): boolean {
  const [first = 1, second = 0] = [...(expected.probabilities?.[row] ?? [])].toSorted((a, b) => b - a);
  return first - second < 1e-4;
}

function batchOf(expected: Case, kinds: ReadonlyMap<string, FeatureKind>): FeatureBatch {
  const columns = expected.columns.flatMap(({ name, values }): [string, FeatureColumn][] => {
    switch (kinds.get(name)) {
      case undefined:
        return [];
      case 'float':
        return [
          [
            name,
            { kind: 'float', values: Float64Array.from(values, (value) => (value === null ? NaN : Number(value))) },
          ],
        ];
      case 'integer':
        return [[name, { kind: 'integer', values: BigInt64Array.from(values, (value) => BigInt(Number(value))) }]];
      case 'string':
        return [[name, { kind: 'string', values: values.map((value) => String(value ?? '')) }]];
    }
  });
  return { rows: expected.columns[0]?.values.length ?? 0, columns: new Map(columns) };
}
