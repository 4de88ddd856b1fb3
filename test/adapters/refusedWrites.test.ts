import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { tellingRefusals } from '../../src/adapters/refusedWrites.ts';
import { Workspace } from '../../src/adapters/workspace.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';

const failing = (code: string): Promise<never> =>
  tellingRefusals('/project/.touchstone', () =>
    Promise.reject(Object.assign(new Error(`${code}: copyfile`), { code, syscall: 'copyfile' })),
  );

describe('what a filesystem refuses', () => {
  it.each(['ENOSPC', 'EROFS', 'EACCES', 'EDQUOT', 'EIO'])('is a failure of the machine: %s', async (code) => {
    await expect(failing(code)).rejects.toMatchObject({
      code: 'folder-not-writable',
      message: expect.stringContaining('/project/.touchstone: cannot be written') as string,
    });
  });

  it('is told from what is wrong with us', async () => {
    await expect(failing('ENOENT')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(tellingRefusals('/', () => Promise.reject(new TypeError('ours')))).rejects.toThrow(TypeError);
  });

  it('leaves no run of which a report is missing', async () => {
    const workspace = new Workspace(await temporaryFolder());
    await mkdir(path.join(workspace.folder, 'runs', 'one', 'report.md'), { recursive: true });
    await expect(workspace.keepRun('one', { 'run.json': '{}', 'report.md': '' })).rejects.toThrow();
    expect(await readdir(path.join(workspace.folder, 'runs'))).toEqual([]);
  });
});
