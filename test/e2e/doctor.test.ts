import { execFileSync } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Check } from '../../src/diagnosis/check.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { CONFIG, project, touchstone, type Ended } from './touchstone.ts';

interface Told extends Ended {
  readonly checks: ReadonlyMap<string, Check>;
}

async function doctor(cwd: string, ...args: readonly string[]): Promise<Told> {
  const ended = await touchstone(cwd, 'doctor', '--json', ...args);
  const document = JSON.parse(ended.stdout) as { schema: string; checks: readonly Check[] };
  expect(document.schema).toBe('touchstone/doctor/v1');
  expect(Object.keys(document)[0]).toBe('schema');
  expect(ended.stderr).not.toContain('    at ');
  return { ...ended, checks: new Map(document.checks.map((check) => [check.id, check])) };
}

const git = (cwd: string, ...args: readonly string[]): void => {
  execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], { cwd, stdio: 'ignore' });
};

describe('touchstone doctor', () => {
  it('finds nothing that stops a sound project, leaves no trace, and is quick', async () => {
    const folder = await project({ '.gitignore': '.touchstone/\n' });
    git(folder, 'init', '-q');
    git(folder, 'add', '.');
    git(folder, 'commit', '-qm', 'Begin');
    const before = await readdir(folder);
    const started = performance.now();
    const { exitCode, checks } = await doctor(folder);
    // The aim is 3 s; a machine that runs other tests meanwhile is given more.
    expect(performance.now() - started).toBeLessThan(10_000);
    expect([...checks.values()].filter(({ status }) => status === 'problem')).toEqual([]);
    expect(exitCode).toBe(0);
    for (const id of ['node', 'native.onnxruntime', 'native.duckdb', 'git', 'registry.creation', 'churn.python']) {
      expect(checks.get(id)?.status, id).toMatch(/^(ok|warning)$/);
    }
    expect(checks.get('registry.creation')?.found).toMatch(/4 processes raced .* one won every time/);
    expect(await readdir(folder)).toEqual(before);
  });

  it('works where there is no configuration and no repository', async () => {
    const folder = await temporaryFolder();
    const { exitCode, checks } = await doctor(folder);
    expect(exitCode).toBe(0);
    expect(checks.get('config')).toMatchObject({
      status: 'warning',
      found: expect.stringContaining('no touchstone.yml') as string,
    });
    expect(checks.get('registry.layout')?.status).toBe('not-applicable');
    expect(await readdir(folder)).toEqual([]);
  });

  it('lists the problems of a mistaken configuration as findings', async () => {
    const { exitCode, stdout } = await touchstone(
      await project({ 'touchstone.yml': CONFIG.replace('metrics:', 'metric:').replace('task: binary', 'task: bin') }),
      'doctor',
      '--json',
    );
    const { checks } = JSON.parse(stdout) as { checks: readonly Check[] };
    const told = checks.filter(({ id }) => id === 'config');
    expect(told.map(({ found }) => found)).toEqual([
      expect.stringMatching(/^touchstone\.yml:4:11 models\.churn\.task: "bin"/),
      expect.stringMatching(/unknown key "metric"/),
    ]);
    expect(exitCode).toBe(1);
  });

  it('says that a file which was named is missing', async () => {
    const { exitCode, checks } = await doctor(await project(), '--config', 'other.yml');
    expect(checks.get('config')).toMatchObject({ status: 'problem' });
    expect(exitCode).toBe(1);
  });

  it('finds what will stop a run: a pointer instead of data, a variable that is not set, no such Python', async () => {
    const folder = await project({
      'data.csv': 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n',
      'touchstone.yml': CONFIG.replace('[python3, train.py]', '[python9, train.py]').replace(
        'timeout: 60s',
        'env: [HUB_TOKEN_OF_NOBODY]',
      ),
    });
    const { exitCode, checks } = await doctor(folder);
    expect(exitCode).toBe(1);
    expect(checks.get('churn.data')).toMatchObject({
      status: 'problem',
      remedy: expect.stringContaining('git lfs pull') as string,
    });
    expect(checks.get('churn.train.env')?.found).toContain('HUB_TOKEN_OF_NOBODY is not set');
    expect(checks.get('churn.python')?.found).toContain('there is no python9 on PATH');
  });

  it('warns of what makes verdicts worthless: no margin, loose requirements, a judge that is not there', async () => {
    const folder = await project({
      'requirements.txt': 'numpy>=1\n',
      'touchstone.yml': CONFIG.replace('maxRegression: 0.05', 'maxRegression: 0')
        .replace('command:', 'setup: { requirements: requirements.txt }\n      command:')
        .replace('advisory', 'judged'),
    });
    const { exitCode, checks } = await doctor(folder);
    expect(exitCode).toBe(0);
    expect(checks.get('churn.gates.accuracy@overall')?.found).toContain('maxRegression is 0');
    expect(checks.get('churn.promote')?.status).toBe('warning');
    const { stdout } = await touchstone(folder, 'doctor');
    expect(stdout).toContain('warning churn.requirements: requirements.txt leaves the version open of numpy.');
  });

  it('tells a registry that git would commit from one that it ignores', async () => {
    const folder = await project({ 'touchstone.yml': CONFIG.replace('models:', 'registry: file:registry\nmodels:') });
    git(folder, 'init', '-q');
    expect((await doctor(folder)).checks.get('registry.place')).toMatchObject({
      status: 'warning',
      remedy: expect.stringContaining('Add the line "registry/" to .gitignore') as string,
    });
    await writeFile(path.join(folder, '.gitignore'), 'registry/\n');
    expect((await doctor(folder)).checks.get('registry.place')?.status).toBe('ok');
  });

  it('refuses a place for the registry where something else lies', async () => {
    const folder = await project({
      'touchstone.yml': CONFIG.replace('models:', 'registry: file:.\nmodels:'),
    });
    const { exitCode, checks } = await doctor(folder);
    expect(checks.get('registry.layout')).toMatchObject({
      status: 'problem',
      remedy: expect.stringContaining('another place') as string,
    });
    expect(exitCode).toBe(1);
  });
});
