import { describe, expect, it } from 'vitest';
import { completeWords, type Completion } from '../../../src/cli/completion/completeWords.ts';
import { buildProgram } from '../../../src/cli/program.ts';
import { fakeProcess } from '../../fakes/process.ts';

const program = buildProgram(fakeProcess([]), () => undefined);
const at = (...words: readonly string[]): Completion => completeWords(program, words);
const wordsAt = (...words: readonly string[]): readonly string[] => {
  const completion = at(...words);
  return completion.kind === 'words' ? completion.candidates.map(({ word }) => word) : [`<${completion.of}>`];
};

describe('the words that may stand where the cursor is', () => {
  it('are commands first, those for people alone', () => {
    expect(wordsAt('')).toEqual(expect.arrayContaining(['run', 'registry', 'doctor', 'completion']));
    expect(wordsAt('')).not.toContain('complete');
    expect(wordsAt('re')).toEqual(expect.arrayContaining(['register', 'registry', 'report']));
    expect(wordsAt('registry', 'v')).toEqual(['verify']);
  });

  it('are the options that were not given yet, where a dash is typed', () => {
    expect(wordsAt('promote', '--')).toEqual(expect.arrayContaining(['--to', '--reason', '--json', '--config']));
    expect(wordsAt('promote', '--json', '--')).not.toContain('--json');
    expect(wordsAt('promote', '--to', 'staging', '--t')).toEqual([]);
  });

  it.each<readonly [...string[]]>([
    ['run', '', '<model>'],
    ['run', '--no-record', '', '<model>'],
    ['run', '--config', 'a.yml', '', '<model>'],
    ['promote', '', '<version>'],
    ['promote', 'churn@v3', '--to', '', '<environment>'],
    ['promote', 'churn@v3', '--to=st', '<environment>'],
    ['report', '', '<run>'],
    ['evaluate', '--candidate', '', '<path>'],
    ['run', '--config', '', '<file>'],
  ])('are values of a kind: %j', (...words) => {
    expect(wordsAt(...words.slice(0, -1))).toEqual(words.slice(-1));
  });

  it('are choices, after "=" as well', () => {
    expect(wordsAt('report', '--format', 'm')).toEqual(['markdown']);
    expect(wordsAt('report', '--format=m')).toEqual(['--format=markdown']);
    expect(wordsAt('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  it('know what stands before: the configuration, and the version whose environments are asked for', () => {
    expect(at('promote', '--config', 'ml/touchstone.yml', 'churn@v3', '--to', 's')).toEqual({
      kind: 'values',
      of: 'environment',
      prefix: '',
      typed: 's',
      operands: ['churn@v3'],
      config: 'ml/touchstone.yml',
    });
  });

  it('are none where nothing fits', () => {
    expect(wordsAt('nonsense', '')).toEqual(expect.arrayContaining(['run']));
    expect(wordsAt('run', '--nonsense=')).toEqual([]);
    expect(wordsAt('promote', '--expect', '')).toEqual(['<digest>']);
  });
});
