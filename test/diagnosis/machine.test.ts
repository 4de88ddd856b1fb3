import { describe, expect, it } from 'vitest';
import { formatBytes } from '../../src/diagnosis/check.ts';
import { checkDisks, checkMemory, checkNativePart, checkNode, type MachineFacts } from '../../src/diagnosis/machine.ts';

const GIB = 1024 ** 3;
const MACHINE: MachineFacts = {
  node: '24.1.0',
  platform: 'linux',
  architecture: 'x64',
  memory: { total: 16 * GIB, available: 8 * GIB },
  disks: [{ what: 'project', folder: '/home/ada/churn', free: 100 * GIB }],
  gpus: [],
};
// Last days of each line: https://github.com/nodejs/Release.
const autumn2026 = new Date('2026-11-20T00:00:00Z');

describe('the machine', () => {
  it.each([
    ['18.20.4', 'problem'],
    ['20.9.0', 'problem'],
    ['20.11.1', 'problem'],
    ['20.12.0', 'warning'],
    ['20.20.0', 'warning'],
    ['22.1.0', 'ok'],
    ['24.21.0', 'ok'],
    ['26.0.0', 'ok'],
  ])('has Node %s: %s', (node, status) => {
    expect(checkNode({ ...MACHINE, node }, autumn2026).status).toBe(status);
  });

  it('has Node 20 without a warning while it gets security fixes', () => {
    expect(checkNode({ ...MACHINE, node: '20.12.0' }, new Date('2026-04-30T23:00:00Z')).status).toBe('ok');
  });

  it.each([
    [50 * 1024 ** 2, 'problem'],
    [GIB, 'warning'],
    [3 * GIB, 'ok'],
  ])('has %d bytes free: %s', (free, status) => {
    const disks = [{ what: 'registry', folder: '/srv/registry', free }];
    expect(checkDisks({ ...MACHINE, disks })).toMatchObject([{ id: 'disk.registry', status }]);
  });

  it('has little memory', () => {
    expect(checkMemory({ ...MACHINE, memory: { total: GIB, available: GIB / 2 } }).status).toBe('warning');
  });

  it('has a native part that crashes', () => {
    const crashed = { name: 'duckdb', outcome: { kind: 'failed', said: 'its process was ended by SIGSEGV' } } as const;
    expect(checkNativePart(crashed)).toMatchObject({
      id: 'native.duckdb',
      status: 'problem',
      found: expect.stringContaining('SIGSEGV') as string,
    });
  });

  it.each([
    [0, '0 bytes'],
    [1023, '1023 bytes'],
    [1536, '1.5 KiB'],
    [20 * 1024 ** 2, '20 MiB'],
    [1.25 * GIB, '1.3 GiB'],
  ])('counts %d bytes as %s', (bytes, shown) => {
    expect(formatBytes(bytes)).toBe(shown);
  });
});
