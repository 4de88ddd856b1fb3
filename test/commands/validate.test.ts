import { describe, expect, it } from 'vitest';
import { validate } from '../../src/commands/validate.ts';
import type { ModelConfig } from '../../src/config/config.ts';
import { parseSchema, schemaDigest } from '../../src/dataset/schema.ts';
import { UserMistake } from '../../src/failure.ts';
import { parseEnvironmentName, parseModelName } from '../../src/identity/names.ts';
import { engine, folderOf } from '../adapters/duckdb/dataFolder.ts';

const model = (schema?: string): ModelConfig => ({
  name: parseModelName('churn'),
  task: { kind: 'binary' },
  target: 'y',
  data: {
    train: ['data.csv'],
    validation: [],
    holdout: [],
    split: { by: 'row', holdout: 0.5, validation: 0, salt: 'churn' },
    ...(schema === undefined ? {} : { schema }),
  },
  slices: [],
  metrics: [],
  gates: [],
  promote: { requires: 'advisory' },
  deploy: { environments: [parseEnvironmentName('production')] },
});
const rows = Array.from({ length: 40 }, (_, x) => `${x},${x % 2 === 0 ? 'a' : 'b'}\n`).join('');
const SCHEMA = 'version: 1\ncolumns: {x: integer, y: string}\n';

describe('validate', () => {
  it('reports what each dataset is, and nothing where nothing is wrong', async () => {
    const root = await folderOf({ 'data.csv': `x,y\n${rows}` });
    const validation = await validate(
      { root, model: model('schema.yml') },
      { inspect: (at, given) => engine.inspect(at, given), readSchema: () => Promise.resolve(SCHEMA) },
    );
    expect(validation.report).toMatchObject({
      schema: 'touchstone/validation/v1',
      model: 'churn',
      anomalies: [],
      blocks: false,
    });
    expect(validation.report.datasets.map(({ role, files }) => [role, files])).toEqual([
      ['train', ['data.csv']],
      ['holdout', ['data.csv']],
    ]);
    expect(validation.report.datasets.reduce((sum, dataset) => sum + dataset.rows, 0)).toBe(40);
    expect(validation.report.datasets[0]?.columns).toEqual([
      { name: 'x', type: 'integer', missing: 0 },
      { name: 'y', type: 'string', missing: 0 },
    ]);
    expect(validation.report.datasets[1]?.digest).toBe(validation.datasets.holdout.digest);
    expect(validation.schemaDigest).toBe(schemaDigest(parseSchema(SCHEMA, 'schema.yml')));
  });

  it('refuses data without a column that the configuration names, and says which is meant', async () => {
    const root = await folderOf({ 'data.csv': `x,yy\n${rows}` });
    const validating = validate(
      { root, model: { ...model(), features: ['x'] } },
      { inspect: (at, given) => engine.inspect(at, given), readSchema: () => Promise.resolve(SCHEMA) },
    );
    await expect(validating).rejects.toMatchObject({ code: 'column-missing', name: 'UserMistake' });
    await expect(validating).rejects.toThrow(/no column "y", the target\. Expected one of x, yy/);
  });

  it('blocks where an anomaly is an error, and not for warnings alone', async () => {
    const run = async (csv: string): Promise<readonly [boolean, readonly string[]]> => {
      const root = await folderOf({ 'data.csv': csv });
      const { report } = await validate(
        { root, model: model() },
        { inspect: (at, given) => engine.inspect(at, given), readSchema: () => Promise.reject(new Error()) },
      );
      return [report.blocks, report.anomalies.map(({ code }) => code)];
    };
    expect(await run(`x,y\n${rows}100,\n`)).toEqual([true, ['FEATURE_TYPE_LOW_FRACTION_PRESENT']]);
    expect(await run(`x,z,y\n${rows.replaceAll(',', ',,')}`)).toEqual([false, ['FEATURE_TYPE_NOT_PRESENT']]);
  });

  it('refuses a schema that is none before it reads any data', async () => {
    const ports = { inspect: () => Promise.reject(new Error('read')), readSchema: () => Promise.resolve('version: 1') };
    await expect(validate({ root: '/', model: model('schema.yml') }, ports)).rejects.toThrow(UserMistake);
  });
});
