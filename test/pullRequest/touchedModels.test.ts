import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { changedSections, modelsToTrain, touchedModels, type Models } from '../../src/pullRequest/touchedModels.ts';
import { configOf, LEAST, TRAIN } from '../config/written.ts';

const CHURN = {
  ...LEAST,
  data: { train: 'data/*.csv', validation: 'valid.csv', holdout: 'holdout.csv', schema: 'schema.yml' },
  train: { ...TRAIN, inputs: ['src', 'train.py'], setup: { requirements: 'requirements.txt' } },
};
const FRAUD = { ...LEAST, target: 'fraud', data: { train: 'fraud.csv', holdout: 'fraud-holdout.csv' }, train: TRAIN };

function models(written: Readonly<Record<string, unknown>>): Models {
  return Object.keys(written).length === 0 ? new Map() : configOf(stringify({ version: 1, models: written })).models;
}

const BOTH = models({ churn: CHURN, fraud: { ...FRAUD, train: { ...TRAIN, inputs: ['fraud.py'] } } });

function touchedBy(...paths: readonly string[]): readonly string[] {
  return touchedModels({ ruling: BOTH, proposed: BOTH, paths, sections: new Set() }).touched;
}

describe('a model is touched', () => {
  it.each(['src/net.py', 'train.py', 'data/may.csv', 'valid.csv', 'holdout.csv', 'schema.yml', 'requirements.txt'])(
    'where %s differs',
    (path) => {
      expect(touchedBy(path)).toEqual(['churn']);
    },
  );

  it.each(['README.md', 'src2/net.py', 'data/notes.txt', '.github/workflows/ci.yml', 'src/__pycache__/net.pyc'])(
    'not where %s does',
    (path) => {
      expect(touchedBy(path)).toEqual([]);
    },
  );

  it('where a file that its requirements include differs', () => {
    const includedBy = (file: string): readonly string[] => (file === 'requirements.txt' ? ['constraints.txt'] : []);
    const changes = { ruling: BOTH, proposed: BOTH, sections: new Set<never>(), includedBy };
    expect(touchedModels({ ...changes, paths: ['constraints.txt'] }).touched).toEqual(['churn']);
  });

  it('where only the proposed section declares the file, since training goes by that', () => {
    const ruling = models({ churn: { ...CHURN, train: { ...TRAIN, inputs: ['model'] } } });
    const changes = { ruling, proposed: models({ churn: CHURN }), sections: new Set<never>() };
    expect(touchedModels({ ...changes, paths: ['src/net.py'] }).touched).toEqual(['churn']);
  });

  it('where only the ruling section declares the file: a head cannot stop declaring what judges it', () => {
    const proposed = models({ churn: { ...CHURN, data: { ...CHURN.data, holdout: 'other.csv' } } });
    const changes = { ruling: models({ churn: CHURN }), proposed, sections: new Set<never>() };
    expect(touchedModels({ ...changes, paths: ['holdout.csv'] }).touched).toEqual(['churn']);
  });

  it('where its section says something else, each once and in the order of the ruling file', () => {
    const proposed = models({ fraud: { ...FRAUD, metrics: ['auc'] }, churn: { ...CHURN, metrics: ['auc'] } });
    const sections = changedSections(BOTH, proposed);
    expect(touchedModels({ ruling: BOTH, proposed, paths: ['train.py'], sections }).touched).toEqual([
      'churn',
      'fraud',
    ]);
  });
});

describe('a section', () => {
  it('is the same however it is written', () => {
    const spelled = models({ churn: { ...CHURN, metrics: ['accuracy', 'precision', 'recall', 'auc', 'logLoss'] } });
    expect(changedSections(models({ churn: CHURN }), spelled)).toEqual(new Set());
  });

  it('differs where it came, went or changed', () => {
    const base = models({ a: CHURN, b: CHURN, c: CHURN });
    const head = models({ b: CHURN, c: { ...CHURN, target: 'left' }, d: CHURN });
    expect(changedSections(base, head)).toEqual(new Set(['a', 'c', 'd']));
  });
});

describe('a model that only one side has', () => {
  const churn = models({ churn: CHURN });

  it('is added or removed by the pull request', () => {
    const proposed = models({ fraud: FRAUD });
    const sections = changedSections(churn, proposed);
    expect(touchedModels({ ruling: churn, proposed, paths: [], sections })).toEqual({
      touched: [],
      added: ['fraud'],
      removed: [{ model: 'churn' }],
    });
  });

  it('is renamed where another one has its task, target and training', () => {
    const proposed = models({ attrition: { ...CHURN, metrics: ['auc'] } });
    const sections = changedSections(churn, proposed);
    expect(touchedModels({ ruling: churn, proposed, paths: [], sections }).removed).toEqual([
      { model: 'churn', renamedTo: 'attrition' },
    ]);
  });

  it('is not removed where the default branch got it after the pull request began', () => {
    const base = models({ fraud: FRAUD });
    const ruling = models({ fraud: FRAUD, churn: CHURN });
    const sections = changedSections(base, base);
    expect(touchedModels({ ruling, proposed: base, paths: [], sections })).toEqual({
      touched: [],
      added: [],
      removed: [],
    });
  });

  it('is not added where the default branch took it out after the pull request began', () => {
    const base = models({ fraud: FRAUD, churn: CHURN });
    const changes = { ruling: churn, proposed: base, sections: changedSections(base, base) };
    expect(touchedModels({ ...changes, paths: ['README.md'] }).added).toEqual([]);
  });
});

it('trains what it touches or adds, where the proposed section says how', () => {
  const proposed = models({ churn: CHURN, judged: LEAST, fraud: FRAUD });
  const ruling = models({ churn: CHURN, judged: LEAST });
  const touched = touchedModels({
    ruling,
    proposed,
    paths: ['train.py', 'holdout.csv'],
    sections: new Set(['fraud']) as never,
  });
  expect(touched.touched).toEqual(['churn', 'judged']);
  expect(modelsToTrain(touched, proposed)).toEqual(['churn', 'fraud']);
});
