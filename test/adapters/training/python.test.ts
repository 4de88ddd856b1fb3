import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { installedFor } from '../../../src/adapters/training/python.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';

const python = await execa('python3', ['-c', 'import site; print(site.ENABLE_USER_SITE)'], { reject: false });

async function install(place: string, name: string, version: string): Promise<void> {
  const folder = path.join(place, `${name}-${version}.dist-info`);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'METADATA'), `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`);
}

// A Python of a virtual environment has no folder of the person's own.
describe.skipIf(python.stdout.trim() !== 'True')('what is installed for a Python', () => {
  it('is all that training could import: the packages of the person too, none of the folder that it is asked in', async () => {
    const home = await temporaryFolder();
    const folder = await temporaryFolder();
    const environment = { PATH: process.env['PATH'] ?? '', HOME: home };
    const { stdout } = await execa('python3', ['-c', 'import site; print(site.getusersitepackages())'], {
      env: environment,
      extendEnv: false,
    });
    await install(stdout.trim(), 'own_package', '1.0');
    await install(folder, 'stray', '1.0');
    await writeFile(path.join(folder, 'json.py'), 'raise SystemExit("not that one")');
    const before = await installedFor('python3', folder, environment);
    expect(before?.packages).toMatchObject({ 'own-package': '1.0' });
    expect(before?.packages).not.toHaveProperty('stray');
    expect(before?.prefix).not.toBe('');
  });

  it('is not known where it does not answer', async () => {
    expect(await installedFor('python-of-nobody', '/', { PATH: process.env['PATH'] ?? '' })).toBeUndefined();
  });
});
