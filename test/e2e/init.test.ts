import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder, writeFiles } from '../fakes/temporaryFolder.ts';
import { touchstone, type Ended } from './touchstone.ts';

/** Numbers with gaps, a category, a boolean; columns named as a graph names its own things, and worse. */
const COLUMNS = ['id', 'label', 'hours per week', 'hours_per_week', 'naïve "quoted" \u{1f600}', 'member', 'churned'];

function table(rows: number, delimiter: string): string {
  const quoted = (text: string): string => (/[",;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = Array.from({ length: rows }, (_, at) => {
    const x = (at * 37) % 101;
    const y = (at * 53) % 89;
    const region = ['north', 'south', 'east; or west', ''][at % 4] ?? '';
    const label = x + y / 2 > 70 !== (at % 6 === 0) ? 'yes' : 'no';
    return [at + 1, at % 9 === 0 ? '' : x, y, (at * 7) % 13, quoted(region), at % 5 < 2 ? 'True' : 'False', label].join(
      delimiter,
    );
  });
  return `\ufeff${COLUMNS.map(quoted).join(delimiter)}\n${lines.join('\n')}\n`;
}

function documentOf<T>({ stdout }: Ended): T {
  return JSON.parse(stdout) as T;
}

interface Initialised {
  readonly outcome: string;
  readonly margin: { readonly kind: string; readonly margin?: number; readonly rows?: number };
}

interface Run {
  readonly verdict: { readonly kind: string };
  readonly findings: readonly { readonly id: string; readonly candidate?: number }[];
}

describe('from a data file to a judged model', () => {
  it('measures a margin, trains nothing twice, and is accepted by its own gate', async () => {
    const elsewhere = await temporaryFolder({ 'churn.csv': table(1500, ';') });
    const cwd = await temporaryFolder();
    const init = await touchstone(
      cwd,
      'init',
      '--yes',
      '--data',
      path.join(elsewhere, 'churn.csv'),
      '--target',
      'churned',
      '--json',
    );
    expect(init.exitCode, init.stderr).toBe(0);
    const { outcome, margin } = documentOf<Initialised>(init);
    expect([outcome, margin.kind]).toEqual(['written', 'measured']);
    const written = await readFile(path.join(cwd, 'touchstone.yml'), 'utf8');
    expect(written).toContain(`maxRegression: ${margin.margin}`);
    expect(written).toContain('The margin is measured');

    const run = await touchstone(cwd, 'run', '--json');
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stderr).toContain('Training churn is spared');
    const judged = documentOf<Run>(run);
    expect(judged.verdict.kind).toBe('accepted');
    expect(judged.findings[0]?.candidate).toBeGreaterThan(0.6);
    // The look of the measuring left no trace, and the other seed no candidate.
    expect(run.stdout).toContain('"looks": 1');
    expect(await readdir(path.join(cwd, '.touchstone/candidates'))).toEqual(['churn']);

    // The model of another seed is as good as this one: with the measured margin it is not turned away.
    for (const command of [['register'], ['promote', 'churn@v1']]) {
      const { exitCode, stderr } = await touchstone(cwd, ...command);
      expect(exitCode, stderr).toBe(0);
    }
    await writeFile(path.join(cwd, 'touchstone.yml'), written.replace('seed: 1', 'seed: 7'));
    const other = await touchstone(cwd, 'run', '--json');
    expect(documentOf<Run>(other).verdict.kind, other.stderr).not.toBe('rejected');

    await writeFile(path.join(cwd, 'touchstone.yml'), written);
    const before = await everyFile(cwd);
    const again = await touchstone(cwd, 'init', '--yes', '--target', 'churned', '--json');
    expect([again.exitCode, documentOf<Initialised>(again).outcome]).toEqual([0, 'stands']);
    expect(await everyFile(cwd)).toEqual(before);
  });

  it('says which rows and columns cannot be used, and writes nothing', async () => {
    const broken: { readonly [name: string]: string } = {
      'empty.csv': '',
      'ragged.csv': 'a,b,y\n1,2,3\n1,2\n',
      'pointer.csv': 'version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 3\n',
      'noise.parquet': 'PAR1 noise',
      'twice.csv': 'a,a,y\n1,2,3\n',
      'constant.csv': `a,y\n${'1,1\n2,1\n'.repeat(50)}`,
    };
    const elsewhere = await temporaryFolder(broken);
    const cwd = await temporaryFolder();
    for (const name of Object.keys(broken)) {
      const { exitCode, stderr } = await touchstone(cwd, 'init', '--yes', '--data', path.join(elsewhere, name));
      expect([name, exitCode]).toEqual([name, 2]);
      expect(stderr).not.toMatch(/\n\s+at /);
      expect(await readdir(cwd)).toEqual([]);
    }
  });

  it('leaves a requirements file of another purpose alone, and takes 1.0 for the label 1', async () => {
    const numbered = table(900, ',').replaceAll(/,yes$/gm, ',1.0').replaceAll(/,no$/gm, ',0.0');
    const cwd = await temporaryFolder({ 'churn.csv': numbered });
    await writeFiles(cwd, { 'requirements.txt': 'no such requirement !\n' });
    const first = await touchstone(cwd, 'init', '--yes', '--target', 'churned', '--json');
    expect([first.exitCode, documentOf<Initialised>(first).margin.kind], first.stderr).toEqual([0, 'measured']);
    // A file of that name stood there: it stays, and the model has its own.
    expect(await readFile(path.join(cwd, 'requirements.txt'), 'utf8')).toBe('no such requirement !\n');
    expect(await readdir(cwd)).toContain('requirements-churn.txt');
  });
});

async function everyFile(folder: string): Promise<{ readonly [name: string]: string }> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Object.fromEntries(
    await Promise.all(files.map(async ({ name }) => [name, await readFile(path.join(folder, name), 'utf8')] as const)),
  );
}
