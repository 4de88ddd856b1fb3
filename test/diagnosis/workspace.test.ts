import { describe, expect, it } from 'vitest';
import { checkWorkspace, type WorkspaceFacts } from '../../src/diagnosis/workspace.ts';

const GIB = 2 ** 30;
const checks = (facts: Partial<WorkspaceFacts>): Readonly<Record<string, { status: string; found: string }>> =>
  Object.fromEntries(checkWorkspace({ leftovers: [], ...facts }).map((check) => [check.id, check]));

describe('the folders that can be made again', () => {
  it('tell their sizes', () => {
    const told = checks({ workspace: { folder: '/p/.touchstone', bytes: 3 * GIB, partial: false } });
    expect(told['workspace.size']?.status).toBe('ok');
    expect(told['workspace.size']?.found).toMatch(/^the workspace holds 3.* \(\/p\/\.touchstone\)$/);
    expect(told['cache.size']?.status).toBe('not-applicable');
  });

  it('are warned of from ten GiB on, and where counting was given up say that it is more', () => {
    const cache = { folder: '/c', bytes: 10 * GIB, partial: true };
    const told = checks({ cache });
    expect(told['cache.size']).toMatchObject({ status: 'warning' });
    expect(told['cache.size']?.found).toContain('more than 10');
    expect(checks({ cache: { ...cache, bytes: 10 * GIB - 1 } })['cache.size']?.status).toBe('ok');
  });

  it('name what processes that died have left, at most three', () => {
    expect(checks({})['workspace.leftovers']?.status).toBe('ok');
    const told = checks({ leftovers: ['a', 'b', 'c', 'd'] })['workspace.leftovers'];
    expect(told).toMatchObject({ status: 'warning' });
    expect(told?.found).toMatch(/a, b, c, and more$/);
  });
});
