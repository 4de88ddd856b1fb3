import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const repository = path.resolve(import.meta.dirname, '../..');

describe('npm run demo', () => {
  it.each(['the first time', 'and again'])('tells the story of the digits, %s', async () => {
    const { stdout, exitCode } = await execa(process.execPath, ['examples/digits/demo.ts'], {
      cwd: repository,
      env: { NO_COLOR: '1' },
      reject: false,
    });
    const verdicts = [...stdout.matchAll(/^[✓✗!] digits (\w+)/gm)].map(([, kind]) => kind);
    expect(verdicts).toEqual(['accepted', 'accepted', 'rejected', 'accepted', 'rejected']);
    expect(stdout).toMatch(/nothing to compare/);
    expect(stdout).toMatch(/identical/);
    expect(stdout).toMatch(/accuracy@ink=light .*regressed/);
    // What training claims stands beside what was measured.
    expect(stdout).toMatch(/accuracy +0\.9990 +0\.\d+/);
    expect(stdout).toMatch(/every digest and chain holds/);
    expect(exitCode).toBe(0);
  });
});
