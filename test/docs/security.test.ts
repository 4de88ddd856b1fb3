import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const text = readFileSync(path.join(ROOT, 'docs/security.md'), 'utf8');

describe('the page on security', () => {
  it('names tests that there are, and one at least for each attack', () => {
    const named = [...text.matchAll(/`(test\/[^`]+)`/g)].map(([, file]) => file ?? '');
    expect(named.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
    const attacks = text.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| attack '));
    expect(attacks.length).toBeGreaterThan(20);
    expect(attacks.filter((line) => !/`test\/[^`]+\.test\.ts` \|$/.test(line))).toEqual([]);
  });

  it('is named by the one that GitHub shows', () => {
    expect(readFileSync(path.join(ROOT, 'SECURITY.md'), 'utf8')).toContain('](docs/security.md)');
  });
});
