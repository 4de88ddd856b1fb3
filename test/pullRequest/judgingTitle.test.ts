import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  judgingTitle,
  overrideTitle,
  parseJudgingTitle,
  parseOverrideTitle,
} from '../../src/pullRequest/judgingTitle.ts';

describe('the title of a judging run', () => {
  it('says which run it judges', () => {
    expect(judgingTitle(19_876_543_210)).toBe('touchstone-judge: run 19876543210');
    expect(parseJudgingTitle(judgingTitle(19_876_543_210))).toBe(19_876_543_210);
  });

  it('is that of the template', async () => {
    const template = await readFile('workflows-templates/touchstone-judge.yml', 'utf8');
    const [, title = ''] = /^run-name: '(.*)'$/m.exec(template) ?? [];
    expect(parseJudgingTitle(title.replace(/\$\{\{.*\}\}/, '7'))).toBe(7);
  });

  it.each([
    '',
    'touchstone-judge',
    'touchstone-judge: run ',
    'touchstone-judge: run 0',
    'touchstone-judge: run 07',
    'touchstone-judge: run -7',
    'touchstone-judge: run 7.5',
    'touchstone-judge: run 1e3',
    'touchstone-judge: run 7 ',
    'touchstone-judge: run 7\n',
    'x touchstone-judge: run 7',
    'Touchstone-judge: run 7',
    'touchstone-override: run 7',
    `touchstone-judge: run ${'9'.repeat(16)}`,
  ])('is read to the letter: %j names no run', (title) => {
    expect(parseJudgingTitle(title)).toBeUndefined();
  });
});

describe('the title of a run that overrides', () => {
  it('says which run was judged, and who asked by which comment', () => {
    const request = { run: 101, comment: 2_345_678_901 };
    expect(overrideTitle(request)).toBe('touchstone-override: run 101 by comment 2345678901');
    expect(parseOverrideTitle(overrideTitle(request))).toEqual(request);
  });

  it.each([
    'touchstone-override: run 101',
    'touchstone-override: run 101 by comment ',
    'touchstone-override: run 101 by comment 0',
    'touchstone-override: run 101 by comment 5 by comment 6',
    'touchstone-override: run 101 by comment 5\n',
    'touchstone-judge: run 101 by comment 5',
    judgingTitle(101),
  ])('is read to the letter: %j asks for nothing', (title) => {
    expect(parseOverrideTitle(title)).toBeUndefined();
  });
});
