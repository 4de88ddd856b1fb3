import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { blackOut } from '../../../src/adapters/training/blackOut.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';

describe('secrets in a log', () => {
  it('are written over, wherever they stand; the rest stays', async () => {
    // The second one lies across the border of what is read at once.
    const before = `a s3cret-value b\n${'x'.repeat((1 << 20) - 20)}`;
    const file = path.join(await temporaryFolder({ log: `${before}s3cret-values3cret-value\nend, andother` }), 'log');
    await blackOut(file, ['s3cret-value', 'andother', '']);
    const after = await readFile(file, 'utf8');
    expect(after).not.toContain('s3cret');
    expect(after).toBe(`a ${'*'.repeat(12)} b\n${'x'.repeat((1 << 20) - 20)}${'*'.repeat(24)}\nend, ${'*'.repeat(8)}`);
  });

  it('are none where there is no log', async () => {
    await expect(blackOut(path.join(await temporaryFolder(), 'none'), ['secret'])).resolves.toBeUndefined();
  });
});
