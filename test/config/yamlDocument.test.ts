import { describe, expect, it } from 'vitest';
import { configOf, modelOf, placedProblemsIn, textOf } from './written.ts';

const HEAD = 'version: 1\nmodels:\n  churn:\n    target: churned\n    data: {holdout: holdout.csv}\n';
const task = (lines: string): unknown => [...configOf(`${HEAD}    ${lines}\n`).models.values()][0]?.task;

describe('labels', () => {
  it.each(['no', 'on', 'yes', 'off', 'y', 'N', 'No', '2024-01-01', '1_000', '0b1', '12:30:45', '~x'])(
    '%s is text in YAML 1.2',
    (label) => {
      expect(task(`task: binary\n    positive: ${label}`)).toEqual({ kind: 'binary', positive: label });
    },
  );

  it.each([
    ['1', '1'],
    ['0', '0'],
    ['-1', '-1'],
    ['true', 'true'],
    ['"007"', '007'],
    ["'1.0'", '1.0'],
  ])('%s becomes the text %s', (written, label) => {
    expect(task(`task: binary\n    positive: ${written}`)).toEqual({ kind: 'binary', positive: label });
  });

  it('of a list keep their order', () => {
    expect(task('task: multiclass\n    classes: [2, no, 10, false]')).toEqual({
      kind: 'multiclass',
      classes: ['2', 'no', '10', 'false'],
    });
  });

  it.each(['007', '1.0', '0x1F', '0o17', '1e3', '+1', 'True', 'TRUE', '12345678901234567890'])(
    '%s could be another label in the data, so it has to be quoted',
    (label) => {
      expect(placedProblemsIn(`${HEAD}    task: binary\n    positive: ${label}\n`)).toEqual([
        expect.stringMatching(
          /^touchstone\.yml:7:15 models\.churn\.positive: the label .* Put it in quotes as it stands in the data: ".*"\.$/,
        ),
      ]);
    },
  );

  it('stay labels whatever version of YAML the file names', () => {
    const text = `%YAML 1.1\n---\n${HEAD}    task: binary\n    positive: no\n`;
    expect([...configOf(text).models.values()][0]?.task).toEqual({ kind: 'binary', positive: 'no' });
  });
});

describe('a text that is not YAML', () => {
  it.each([
    ['a tab', 'version: 1\n\tmodels: {}', 'touchstone.yml:2:1'],
    ['an open bracket', 'version: 1\nmodels: {a: [1', 'touchstone.yml:2:15'],
    ['two documents', 'version: 1\n---\nversion: 1\n', 'touchstone.yml:2:1'],
    ['an unknown tag', 'version: !!binary aGVsbG8=\n', 'touchstone.yml:1:10'],
    ['an alias of nothing', 'version: *none\n', 'touchstone.yml:1:10'],
    ['a mapping as a key', '? {a: 1}\n: 2\n', 'touchstone.yml:1:3'],
  ])('for %s says where', (_, text, where) => {
    const problems = placedProblemsIn(text);
    expect(problems[0]).toContain(`${where}: the YAML cannot be read: `);
  });

  it('tells every error of the text', () => {
    expect(placedProblemsIn('a: "b\\q"\nc: "d\\z"\n')).toHaveLength(2);
  });
});

describe('aliases', () => {
  it('repeat what they name', () => {
    const text = `version: 1
models:
  a: &model {task: regression, target: y, data: {holdout: h.csv}}
  b: *model
`;
    expect([...configOf(text).models.values()].map(({ name, target }) => [name, target])).toEqual([
      ['a', 'y'],
      ['b', 'y'],
    ]);
  });

  it('of aliases do not blow up', () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const below = level === 0 ? '"x"' : `*l${level - 1}`;
      return `l${level}: &l${level} [${Array(10).fill(below).join(', ')}]`;
    });
    expect(placedProblemsIn(levels.join('\n'))[0]).toMatch(/more than 50000 values, aliases counted each time/);
  });

  it('of themselves end', () => {
    expect(placedProblemsIn('a: &a [*a]\n')[0]).toMatch(/an alias inside of what it names/);
  });

  it('are followed into keys no more than any other: << is unknown', () => {
    expect(placedProblemsIn('version: 1\nmodels: {}\n<<: {}\n')).toContainEqual(
      expect.stringContaining('touchstone.yml:3:1 ["<<"]: unknown key "<<"'),
    );
  });
});

describe('keys', () => {
  it('given twice are told with both places', () => {
    expect(placedProblemsIn(`${HEAD}    task: binary\n    id: a\n    id: b\n`)).toEqual([
      'touchstone.yml:8:5 models.churn.id: the key "id" is given twice, first in line 7. Keep one of the two.',
    ]);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('named %s are refused, not dropped unseen', (key) => {
    const problems = placedProblemsIn(`version: 1\nmodels:\n  ${key}: {task: binary}\n`);
    expect(problems).toContainEqual(`touchstone.yml:3:3 models.${key}: "${key}" cannot be a key.`);
  });

  it('may be quoted, and numbers are names', () => {
    const text = textOf({
      data: { train: 't.csv', holdout: 'h.csv' },
      train: { command: 'x', inputs: '.', output: 'm.onnx', params: { 1: 2 } },
    });
    expect(text).toContain('"1": 2');
    expect([...configOf(text.replace('"1": 2', '1: 2')).models.values()][0]?.train?.params).toEqual({ 1: 2 });
  });
});

describe('a deep or wide text', () => {
  it('is refused instead of overflowing the stack', () => {
    expect(placedProblemsIn('['.repeat(20_000))[0]).toMatch(/the YAML cannot be read/);
    expect(placedProblemsIn(`${'['.repeat(2_000)}${']'.repeat(2_000)}`)[0]).toMatch(/the YAML cannot be read/);
  });

  it('of many keys is read in a moment', () => {
    const started = performance.now();
    placedProblemsIn(Array.from({ length: 40_000 }, (_, index) => `k${index}: 1`).join('\n'));
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('of many features is right', () => {
    const features = Array.from({ length: 5_000 }, (_, index) => `f${index}`);
    expect(modelOf({ features }).features).toEqual(features);
  });
});
