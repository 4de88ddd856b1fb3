import { describe, expect, it } from 'vitest';
import { completedGitignore } from '../../src/scaffold/ignoredFiles.ts';

describe('what git is to ignore', () => {
  it('is added at the end of what stands there, and only what is missing', () => {
    expect(completedGitignore('')).toEqual({
      text: '.touchstone/\n__pycache__/\n',
      added: ['.touchstone/', '__pycache__/'],
    });
    expect(completedGitignore('*.log\n__pycache__/')).toEqual({
      text: '*.log\n__pycache__/\n.touchstone/\n',
      added: ['.touchstone/'],
    });
    expect(completedGitignore('*.log\r\n')?.text).toBe('*.log\r\n.touchstone/\r\n__pycache__/\r\n');
  });

  it.each(['.touchstone/\n__pycache__/\n', '/.touchstone\n**/__pycache__\n', '.touchstone/*\n__pycache__\n'])(
    'is left as it is where %j covers it',
    (text) => {
      expect(completedGitignore(text)).toBeUndefined();
    },
  );
});
