import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { UserMistake } from '../../src/failure.ts';
import { NAME_RULE } from '../../src/identity/names.ts';
import { configOf, LEAST, placedProblemsIn, problemsIn, problemsWith, textOf, TRAIN } from './written.ts';

describe('the problems of a file', () => {
  it('are all told at once, in its order, each with its place', () => {
    const text = `version: 2
registri: foo
models:
  Churn:
    task: binry
    taget: churned
    data:
      train: [a.csv, 5, ../x.csv]
      holdouts: x
    train:
      command: python train.py
      inputs: [train.py]
      output: model.pkl
      seed: 1.5
    slices: [{name: new, where: tenure < 12}, {name: old}]
    gates:
      - metric: acuracy
        min: 90
      - metric: accuracy
        min: 90
      - metric: recall
        slice: country=FR
        maxRegression: -0.1
        when: block
`;
    expect(placedProblemsIn(text)).toEqual([
      'touchstone.yml:1:10 version: the number 2. Expected 1.',
      'touchstone.yml:2:1 registri: unknown key "registri". Expected one of version, registry, models, commands. Perhaps "registry" is meant.',
      `touchstone.yml:4:3 models.Churn: invalid name "Churn". Expected ${NAME_RULE}. Write "churn".`,
      'touchstone.yml:5:11 models.Churn.task: "binry". Expected one of binary, multiclass, regression. Perhaps "binary" is meant.',
      'touchstone.yml:6:5 models.Churn.taget: unknown key "taget". Expected one of task, target, positive, classes, id, time, group, features, data, train, slices, metrics, gates, promote, deploy. Perhaps "target" is meant.',
      'touchstone.yml:8:22 models.Churn.data.train[1]: the number 5. Expected text. Put it in quotes: "5".',
      'touchstone.yml:8:25 models.Churn.data.train[2]: "../x.csv". Expected a path inside of the repository, relative to the file. A path may not lead out of the folder of the file.',
      'touchstone.yml:9:7 models.Churn.data.holdouts: unknown key "holdouts". Expected one of train, validation, holdout, schema, split. Perhaps "holdout" is meant.',
      'touchstone.yml:11:16 models.Churn.train.command: a command line. Expected a list of words, since no shell is involved. Write ["python", "train.py"].',
      'touchstone.yml:13:15 models.Churn.train.output: "model.pkl". Expected an ONNX model (.onnx), or predictions (.csv, .parquet). Export the model as ONNX, or let training write its predictions for the holdout.',
      'touchstone.yml:14:13 models.Churn.train.seed: the number 1.5. Expected a whole number.',
      'touchstone.yml:15:47 models.Churn.slices[1].where: the key "where" is missing.',
      expect.stringMatching(
        /^touchstone\.yml:17:17 models\.Churn\.gates\[0\]\.metric: unknown metric "acuracy"\. .* Perhaps "accuracy" is meant\.$/,
      ),
      'touchstone.yml:20:14 models.Churn.gates[1].min: the number 90. Expected a value of "accuracy", which is from 0 to 1. Write 0.9.',
      'touchstone.yml:22:16 models.Churn.gates[2].slice: no slice "country=FR" is defined. Add it to slices, or correct the name; defined: overall, new, old.',
      'touchstone.yml:23:24 models.Churn.gates[2].maxRegression: the number -0.1. Expected a number of at least 0, such as 0.01, or a share of the baseline, such as 2%. A margin is never negative: write 0.1.',
      'touchstone.yml:24:9 models.Churn.gates[2].when: unknown key "when". Expected one of metric, slice, min, max, maxRegression, minImprovement, whenInconclusive.',
    ]);
  });

  it('do not repeat what follows from another', () => {
    // A broken split is not also a missing holdout; a broken slice list does not leave gates without their slices.
    expect(problemsWith({ data: { train: 'a.csv', split: 20 } })).toHaveLength(1);
    expect(problemsWith({ slices: 5, gates: [{ metric: 'auc', slice: 'sex=Male', min: 0.5 }] })).toHaveLength(1);
    expect(problemsWith({ gates: [{ metric: 'auc', min: 'high' }] })).toHaveLength(1);
    expect(problemsWith({ data: { train: 'a.csv', split: { holdout: 'x', by: 'time' } }, time: 't' })).toHaveLength(1);
    expect(problemsWith({ data: { train: 'a.csv', split: { by: 'time' } }, time: 't' })).toHaveLength(1);
  });

  it('are bounded in number', () => {
    const text = Array.from({ length: 1000 }, (_, index) => `unknown${index}: 1`).join('\n');
    const problems = problemsIn(text);
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toMatch(/90[0-9] more problems\.$/);
  });

  it('carry a stable code', () => {
    expect(() => configOf('')).toThrow(expect.objectContaining({ code: 'config-invalid' }));
  });
});

describe('a file without content', () => {
  it.each(['', '# only a comment\n', '---\n'])('%j is empty', (text) => {
    expect(problemsIn(text)).toEqual([': the file is empty. Expected a mapping of keys to values.']);
  });

  it.each(['[]', 'hello', '5'])('%j is no mapping', (text) => {
    expect(placedProblemsIn(text)).toEqual([expect.stringMatching(/Expected a mapping of keys to values\.$/)]);
  });

  it('with no model says so', () => {
    expect(problemsIn('version: 1\nmodels: {}\n')).toEqual(['models: no model. Expected at least one.']);
  });
});

describe('a value of the wrong kind', () => {
  it.each([
    [{ target: 5 }, 'target: the number 5. Expected text. Put it in quotes: "5".'],
    [{ target: '' }, 'target: empty text. Expected some text.'],
    [{ target: null }, 'target: no value. Expected text. Give it a value, or take the key out.'],
    [{ target: ['a'] }, 'target: a list. Expected text.'],
    [{ data: ['a.csv'] }, 'data: a list. Expected a mapping of keys to values.'],
    [{ data: 'a.csv' }, 'data: "a.csv". Expected a mapping of keys to values.'],
    [{ data: { holdout: { path: 'a' } } }, 'data.holdout: a mapping. Expected text or a list.'],
    [{ features: [] }, 'features: an empty list. Expected at least one entry.'],
    [{ slices: [5] }, 'slices[0]: the number 5. Expected text or a mapping of keys to values.'],
    [{ slices: [['a']] }, 'slices[0]: a list. Expected a mapping of keys to values.'],
    [{ gates: [{ metric: 'auc', min: '90%' }] }, 'gates[0].min: "90%". Expected a number.'],
    [{ gates: [{ metric: 'auc', min: NaN }] }, 'gates[0].min: the number NaN. Expected a number.'],
    [{ gates: [{ metric: 'auc', min: Infinity }] }, 'gates[0].min: the number Infinity. Expected a finite number.'],
    [{ gates: { metric: 'auc' } }, 'gates: a mapping. Expected a list.'],
    [
      { gates: [{ metric: 'auc', min: 0.5, whenInconclusive: 'pas' }] },
      'gates[0].whenInconclusive: "pas". Expected one of observed, pass, block. Perhaps "pass" is meant.',
    ],
    [
      { data: { train: 'a', holdout: 'b' }, train: { ...TRAIN, params: { layers: [1, 2] } } },
      'train.params.layers: a list. Expected text or a number or true or false.',
    ],
    [
      { data: { train: 'a', holdout: 'b' }, train: { ...TRAIN, seed: -1 } },
      'train.seed: the number -1. Expected at least 0.',
    ],
  ])('%j', (model, problem) => {
    expect(problemsWith(model)).toEqual([problem]);
  });
});

describe('a path', () => {
  it.each([
    '/etc/passwd',
    '../x.csv',
    'a/../../x',
    'C:\\x.csv',
    'C:/x',
    's3://bucket/x',
    'a\\b',
    'C:x.csv',
    '\\\\server\\share\\x.csv',
    '//server/share/x.csv',
    '\\\\?\\C:\\x.csv',
    'a\u0000b',
    'file:///x',
  ])('%j may not be read', (holdout) => {
    expect(problemsWith({ data: { holdout } })).toEqual([
      expect.stringMatching(/^data\.holdout: .* Expected a path inside of the repository/),
    ]);
  });

  it.each(['a..b.csv', 'data/*.csv', '**/x-[0-9].parquet', 'with blank.csv', 'ünï.csv', '.hidden'])(
    '%j may be read',
    (holdout) => {
      expect(problemsWith({ data: { holdout } })).toEqual([]);
    },
  );

  it('of the registry is a folder or a repository on GitHub', () => {
    const text = (registry: string): string => stringify({ version: 1, registry, models: { m: LEAST } });
    expect(problemsIn(text('s3://bucket/x'))).toEqual([
      'registry: "s3://bucket/x". Expected file:PATH, such as file:.touchstone/registry, or github:.',
    ]);
    expect(problemsIn(text('.touchstone'))).toEqual([
      'registry: ".touchstone". Expected file:PATH, such as file:.touchstone/registry, or github:. Write "file:.touchstone".',
    ]);
    for (const written of ['github:acme', 'github:acme/churn/main', 'github:https://github.com/acme/churn']) {
      expect(problemsIn(text(written))).toEqual([
        `registry: "${written}". Expected github: for this repository, or github:OWNER/NAME.`,
      ]);
    }
  });

  it('of a registry on GitHub seals nothing', () => {
    const text = (registry: string): string =>
      stringify({ version: 1, registry, models: { m: { ...LEAST, promote: { requires: 'sealed' } } } });
    expect(problemsIn(text('github:'))).toEqual([
      'models.m.promote.requires: "sealed", and a registry on GitHub can seal no holdout: whoever can read the repository can read it. Expected advisory or judged.',
    ]);
    expect(problemsIn(text('file:registry'))).toEqual([]);
  });
});

describe('an unknown key', () => {
  it('that belongs elsewhere is sent there', () => {
    expect(problemsWith({ holdout: 'x.csv' })).toEqual([
      expect.stringMatching(/Move it to models\.churn\.data\.holdout\.$/),
    ]);
    expect(problemsIn(`${textOf({})}target: x\n`)).toEqual([
      expect.stringMatching(/Move it to models\.NAME\.target\.$/),
    ]);
  });

  it('that a later version may know is unknown all the same', () => {
    for (const key of ['preprocess', 'monitor', 'retrain', 'register']) {
      expect(problemsWith({ [key]: {} })).toEqual([expect.stringContaining(`unknown key "${key}"`)]);
    }
  });
});

describe('what a file says', () => {
  it('cannot write on the terminal', () => {
    const hostile = 'a\u001b[31mred\u009b0m\u202egnirts\nline';
    const problems = [
      ...problemsWith({ [hostile]: 1 }),
      ...problemsWith({ task: hostile }),
      ...problemsWith({ gates: [{ metric: 'auc', slice: hostile, min: 0.5 }] }),
      ...problemsWith({ metrics: [hostile] }),
      ...problemsWith({ data: { holdout: hostile } }),
      ...problemsIn(stringify({ version: 1, models: { [hostile]: LEAST } })),
    ];
    expect(problems.length).toBe(6);
    for (const problem of problems) expect(problem).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  });

  it('is cut where it is endless', () => {
    for (const problem of problemsWith({ task: 'x'.repeat(10_000) })) expect(problem.length).toBeLessThan(300);
  });
});

describe('any change to a file', () => {
  const full = {
    version: 1,
    registry: 'file:registry',
    models: {
      churn: {
        ...LEAST,
        positive: 'yes',
        classes: ['no', 'yes'],
        id: 'row',
        features: ['a'],
        data: { train: 'a.csv', split: { holdout: '20%' } },
        train: { ...TRAIN, setup: { requirements: 'r.txt' }, params: { lr: 0.1 } },
        slices: ['sex', { name: 'new', where: 'tenure < 12' }],
        metrics: ['auc'],
        gates: [{ metric: 'auc', slice: 'new', min: 0.5 }],
        deploy: { environments: ['staging', 'production'] },
      },
    },
  };
  const paths: (readonly string[])[] = [];
  (function collect(value: unknown, path: readonly string[]): void {
    paths.push(path);
    if (typeof value === 'object' && value !== null) {
      for (const [key, child] of Object.entries(value)) collect(child, [...path, key]);
    }
  })(full, []);

  it('is a configuration or a mistake, never a crash', () => {
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 2 }), fc.boolean(), (path, value, remove) => {
        const changed: { root?: unknown } = { root: structuredClone(full) };
        let at = changed as Record<string, unknown>;
        for (const step of ['root', ...path].slice(0, -1)) at = at[step] as Record<string, unknown>;
        const last = path.at(-1) ?? 'root';
        if (remove && !Array.isArray(at)) delete at[last];
        else at[last] = value;
        try {
          configOf(stringify(changed.root ?? null));
        } catch (error) {
          if (!(error instanceof UserMistake)) throw error;
          expect(error.problems.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('of one required value is told once', () => {
    for (const [path, key] of [
      [['models', 'churn'], 'task'],
      [['models', 'churn'], 'target'],
      [['models', 'churn', 'train'], 'command'],
      [['models', 'churn', 'train'], 'inputs'],
      [['models', 'churn', 'train'], 'output'],
      [['models', 'churn', 'data', 'split'], 'holdout'],
      [['models', 'churn', 'slices', '1'], 'where'],
      [['models', 'churn', 'slices', '1'], 'name'],
      [['models', 'churn', 'gates', '0'], 'metric'],
    ] as const) {
      const changed = structuredClone(full);
      let at = changed as unknown as Record<string, unknown>;
      for (const step of path) at = at[step] as Record<string, unknown>;
      delete at[key];
      expect(problemsIn(stringify(changed))).toEqual([expect.stringContaining(`the key "${key}" is missing`)]);
    }
  });
});
