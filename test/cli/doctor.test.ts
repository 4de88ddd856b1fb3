import { describe, expect, it } from 'vitest';
import { tellCheck } from '../../src/cli/doctor.ts';
import { problem } from '../../src/diagnosis/check.ts';

describe('what doctor says of a thing', () => {
  it('holds a command in full: it is copied into a shell', () => {
    const command = `Run: echo '${'x'.repeat(1000)}' | gh api --input -`;
    expect(tellCheck(problem('github.check', 'it is not required', { remedy: command }))).toContain(`${command}.`);
  });

  it('stays on its lines, whatever a repository is called', () => {
    expect(tellCheck(problem('github.check', 'a\u001b[2J\nb', { remedy: 'See c\nd' })).split('\n')).toHaveLength(2);
  });
});
