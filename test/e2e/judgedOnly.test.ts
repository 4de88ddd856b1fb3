import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { touchstone } from './touchstone.ts';

const documented = path.resolve(import.meta.dirname, '../../docs/configuration.md');

/** The first configuration that the documentation shows: the smallest. */
async function smallest(): Promise<string> {
  const [, yaml = ''] = /```yaml\n([^]*?)```/.exec(await readFile(documented, 'utf8')) ?? [];
  return yaml;
}

const ROWS = Array.from({ length: 200 }, (_, at) => `${at},${at % 10},${at % 3 === 0 ? 'yes' : 'no'}`);
const HOLDOUT = `id,x,churned\n${ROWS.join('\n')}\n`;
const PREDICTIONS = `id,prediction\n${ROWS.map((row) => row.replace(/,\d+,/, ',')).join('\n')}\n`;

async function project(): Promise<string> {
  return temporaryFolder({ 'touchstone.yml': await smallest(), 'data/holdout.csv': HOLDOUT });
}

describe('a model that is judged and not trained here', () => {
  it('is validated with the smallest configuration of the documentation', async () => {
    const { exitCode, stdout } = await touchstone(await project(), 'validate', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'touchstone/validation/v1',
      blocks: false,
      datasets: [{ role: 'holdout', rows: 200 }],
    });
    expect(exitCode).toBe(0);
  });

  it('is evaluated as a file that somebody hands over', async () => {
    const folder = await project();
    const yaml = (await smallest()).replace('    target: churned\n', '    target: churned\n    id: id\n');
    await writeFile(
      path.join(folder, 'touchstone.yml'),
      yaml.replace(/\n$/, '\n    metrics: [accuracy]\n    gates: [{ metric: accuracy, min: 0.9 }]\n'),
    );
    await writeFile(path.join(folder, 'predictions.csv'), PREDICTIONS);
    const { exitCode, stdout, stderr } = await touchstone(
      folder,
      'evaluate',
      '--candidate',
      'predictions.csv',
      '--json',
    );
    expect(stderr).not.toContain('bug');
    expect(JSON.parse(stdout)).toMatchObject({ findings: [{ id: 'accuracy@overall', kind: 'met', candidate: 1 }] });
    expect(exitCode).toBe(0);
  });

  it.each([['run'], ['train']])('cannot be asked to %s: there is nothing to run', async (command) => {
    const { exitCode, stderr } = await touchstone(await project(), command);
    expect(stderr).toContain('the model has no train section');
    expect(stderr).toContain('evaluate --candidate');
    expect(exitCode).toBe(2);
  });

  it('is refused with neither training data nor a holdout, with what to add', async () => {
    const yaml = (await smallest()).replace('{ holdout: data/holdout.csv }', '{}');
    const folder = await temporaryFolder({ 'touchstone.yml': yaml });
    const { exitCode, stderr } = await touchstone(folder, 'validate');
    expect(stderr).toContain('Name the files that judge it in data.holdout, or all files in data.train');
    expect(exitCode).toBe(2);
  });
});
