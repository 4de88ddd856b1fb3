import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, readFile, realpath, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { commandRunner } from '../../src/adapters/training/commandRunner.ts';
import { pythonEnvironments } from '../../src/adapters/training/pythonEnvironments.ts';
import type { SetupRun, VirtualEnvironment } from '../../src/training/pythonEnvironment.ts';
import { mistakeIn } from '../fakes/mistakeOf.ts';
import { temporaryFolder, writeFiles } from '../fakes/temporaryFolder.ts';

const PATH = process.env['PATH'] ?? '';
const HOME = process.env['HOME'] ?? '';

interface Made {
  readonly environment: VirtualEnvironment;
  readonly lines: readonly string[];
}

// A requirements file without requirements: a whole virtual environment, and no network.
async function project(requirements = '# nothing\n'): Promise<{ readonly root: string; readonly cache: string }> {
  return { root: await temporaryFolder({ 'requirements.txt': requirements }), cache: await temporaryFolder() };
}

async function make(
  { root, cache }: { root: string; cache: string },
  more: { readonly host?: Record<string, string>; readonly signal?: AbortSignal } = {},
): Promise<Made> {
  const host = { PATH, HOME, TOUCHSTONE_CACHE_DIR: cache, ...more.host };
  const environments = pythonEnvironments(host, commandRunner({ interruptMs: 300, terminateMs: 300 }));
  const lines: string[] = [];
  const run: SetupRun = {
    where: 'train.setup',
    environment: { PATH: host.PATH, HOME },
    log: path.join(cache, 'log'),
    keptLog: 'logs/m.log',
    onLine: (line) => lines.push(line.text),
    ...(more.signal && { signal: more.signal }),
  };
  const plan = await environments.plan(root, 'requirements.txt', 'train.setup.requirements');
  return { environment: await environments.make(plan, run), lines };
}

const folders = (cache: string): string[] => {
  const keys = readdirSync(path.join(cache, 'venvs'));
  return keys.flatMap((key) => readdirSync(path.join(cache, 'venvs', key)));
};

describe('a managed virtual environment', () => {
  it('is made once, and found again by the same requirements', async () => {
    const place = await project();
    const { environment } = await make(place);
    const { stdout } = await execa(environment.python, ['-c', 'import sys; print(sys.prefix)']);
    expect(await realpath(stdout)).toBe(environment.folder);
    expect(await make(place)).toEqual({ environment, lines: [] });
    expect(folders(place.cache)).toHaveLength(2);

    // A copy of the project elsewhere needs no other.
    const copy = { ...(await project()), cache: place.cache };
    expect((await make(copy)).environment).toEqual(environment);
  });

  it('is another one for other requirements, those that are included among them', async () => {
    const { root, cache } = await project();
    const environments = pythonEnvironments({ PATH, HOME, TOUCHSTONE_CACHE_DIR: cache }, commandRunner());
    const key = async (files: { readonly [name: string]: string }): Promise<string> => {
      await writeFiles(root, files);
      return (await environments.plan(root, 'requirements.txt', 'train.setup')).key;
    };
    const keys = [
      await key({ 'requirements.txt': 'numpy\n' }),
      await key({ 'requirements.txt': '-r base.txt\n', 'base.txt': 'numpy\n' }),
      await key({ 'base.txt': 'numpy==2.4.6\n' }),
      await key({ 'base.txt': '-c pins.txt\n', 'pins.txt': 'numpy==2.4.6\n' }),
      await key({ 'pins.txt': 'numpy==2.4.5\n' }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(await key({})).toBe(keys.at(-1));
  });

  it('is made once where two processes want it at once', async () => {
    const place = await project();
    const [one, two] = await Promise.all([make(place), make(place)]);
    expect(one.environment).toEqual(two.environment);
    expect([...one.lines, ...two.lines].filter((line) => line.startsWith('Waiting for another run'))).toHaveLength(1);
    expect(folders(place.cache)).toHaveLength(2);
  });

  it('is made again where the Python that it was made of is gone', async () => {
    const place = await project();
    const { environment } = await make(place);
    await rm(environment.python);
    await symlink('/nonexistent/python', environment.python);
    const again = (await make(place)).environment;
    expect(again).not.toEqual(environment);
    expect((await execa(again.python, ['-c', 'print(1)'])).stdout).toBe('1');
  });

  it('is never taken for whole when its making was killed', async () => {
    const place = await project();
    const script = `
      import { commandRunner } from ${JSON.stringify(path.resolve('src/adapters/training/commandRunner.ts'))};
      import { pythonEnvironments } from ${JSON.stringify(path.resolve('src/adapters/training/pythonEnvironments.ts'))};
      const environments = pythonEnvironments(process.env, commandRunner());
      const plan = await environments.plan(${JSON.stringify(place.root)}, 'requirements.txt', 'x');
      await environments.make(plan, { where: 'x', environment: { PATH: process.env.PATH }, keptLog: '',
        log: ${JSON.stringify(path.join(place.cache, 'log'))}, onLine: () => {} });`;
    const env = { PATH, HOME, TOUCHSTONE_CACHE_DIR: place.cache };
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env, stdio: 'ignore' });
    const begun = (): string | undefined => {
      if (!existsSync(path.join(place.cache, 'venvs'))) return undefined;
      return folders(place.cache).find((name) => /^\d+-/.test(name));
    };
    while (begun() === undefined && child.exitCode === null) await sleep(10);
    await sleep(300);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const half = begun();
    expect(folders(place.cache)).toContain('building');
    const { environment } = await make(place);
    expect(path.basename(environment.folder)).not.toBe(half);
    expect((await execa(environment.python, ['-m', 'pip', '--version'])).exitCode).toBe(0);
    expect(folders(place.cache).toSorted()).toEqual([path.basename(environment.folder), 'ready'].toSorted());
  });

  it('leaves nothing where the person ends its making', async () => {
    const place = await project();
    await expect(make(place, { signal: AbortSignal.timeout(500) })).rejects.toThrow('interrupted');
    expect(folders(place.cache)).toEqual([]);
  });

  it('is not made of a requirement that does not exist', async () => {
    // An index of its own: an empty folder, so that no network is asked.
    const place = await project(`--no-index\n--find-links ${await temporaryFolder()}\nno-such-package==1.0\n`);
    const told = await mistakeIn(make(place));
    expect(told.code).toBe('requirement-not-found');
    expect(told.message).toContain('  | ERROR: No matching distribution found for no-such-package==1.0');
    expect(folders(place.cache)).toEqual([]);
    expect(await readFile(path.join(place.cache, 'log'), 'utf8')).toContain('no-such-package');
  });

  it('fails as a service where the index cannot be reached', async () => {
    // Port 9 of this machine: nobody listens.
    const place = await project('--index-url http://127.0.0.1:9/simple\nno-such-package\n');
    await expect(make(place)).rejects.toMatchObject({ name: 'ServiceFailure', code: 'package-index-unreachable' });
  });

  it('says that the venv module is missing', async () => {
    // What Debian's python3 prints without python3-venv.
    const python = await temporaryFolder({
      python3: `#!/bin/sh
case "$*" in *"-m venv"*) echo "The virtual environment was not created successfully because ensurepip is not available."; exit 1;; esac
echo '{"version": "3.11.2", "implementation": "cpython", "platform": "linux-x86_64", "prefix": "/usr", "major": 3}'
`,
    });
    await chmod(path.join(python, 'python3'), 0o755);
    const told = await mistakeIn(make(await project(), { host: { PATH: `${python}:${PATH}` } }));
    expect(told.code).toBe('venv-missing');
    expect(told.message).toContain('apt install python3.11-venv');
  });
});

describe('what is installed', () => {
  it('is what the environment itself says, under normalised names', async () => {
    const place = await project();
    const { environment } = await make(place);
    const site = (await execa(environment.python, ['-c', 'import site; print(site.getsitepackages()[0])'])).stdout;
    await writeFiles(site, {
      'My_Odd.Name-1.5.dist-info/METADATA': 'Metadata-Version: 2.1\nName: My_Odd.Name\nVersion: 1.5\n',
    });
    const environments = pythonEnvironments({ PATH }, commandRunner());
    const told = await environments.installed(environment.python, place.root, { PATH });
    expect(told?.version).toMatch(/^3\.\d+\.\d+/);
    expect(told?.packages).toMatchObject({ 'my-odd-name': '1.5', pip: expect.any(String) as string });
    expect(await environments.installed('no-such-python', place.root, { PATH })).toBeUndefined();
  });
});
