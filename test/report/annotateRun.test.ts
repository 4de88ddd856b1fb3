import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parseConfig.ts';
import { parseModelName } from '../../src/identity/names.ts';
import { annotateAnomalies, annotateGates, type SourceText } from '../../src/report/annotateRun.ts';
import { shownAnnotations, type Annotation } from '../../src/report/annotation.ts';
import type { ReportedAnomaly } from '../../src/report/runReport.ts';
import { finding, regressed, report } from './report.ts';

const config: SourceText = {
  file: 'ml/touchstone.yml',
  text: `version: 1
models:
  digits:
    task: multiclass
    target: digit
    data:
      holdout: holdout.csv
      schema: schema.yml
    slices: [ink]
    gates:
      - { metric: accuracy, min: 0.9 }
      - { metric: 'recall[8]', maxRegression: 0.05 }
      - { metric: 'recall[8]', slice: ink=light, min: 0.5 }
`,
};

const schema: SourceText = {
  file: 'ml/schema.yml',
  text: `version: 1
columns:
  ink: text
  "pixel 1": { type: integer, maxNullFraction: 0 }
`,
};

const source = { file: '/ml/touchstone.yml', root: '/ml', shown: 'touchstone.yml' };
const model = parseConfig(config.text, source).config.models.get(parseModelName('digits'));
if (model === undefined) throw new Error('There is no such model.');
const digits = model;

function anomaly(column: string | undefined, severity: 'error' | 'warning' = 'error'): ReportedAnomaly {
  const of = { id: '0a1b2c3d', code: 'UNEXPECTED_DATA_TYPE', severity, message: 'train data of digits: it is text' };
  return column === undefined ? of : { ...of, column };
}

describe('an anomaly', () => {
  it.each([
    ['pixel 1', { file: 'ml/schema.yml', line: 4, column: 3 }],
    ['ink', { file: 'ml/schema.yml', line: 3, column: 3 }],
    ['a column that the schema lacks', { file: 'ml/schema.yml', line: 2, column: 1 }],
  ])('of %s is marked where the schema says so', (column, place) => {
    expect(annotateAnomalies(digits, [anomaly(column)], config, schema)).toMatchObject([{ severity: 'error', place }]);
  });

  it('is marked where the configuration names the data, where there is no schema', () => {
    const [annotation] = annotateAnomalies(digits, [anomaly('ink', 'warning')], config, undefined);
    expect(annotation).toMatchObject({ severity: 'warning', place: { file: 'ml/touchstone.yml', line: 6 } });
  });
});

describe('a gate that blocks', () => {
  it('is marked where the configuration states it, and only then', () => {
    const findings = [
      finding(),
      regressed(),
      finding({ metric: 'recall[8]', slice: 'ink=light', kind: 'bound-missed', blocks: true }),
    ];
    const base = report();
    const annotations = annotateGates(digits, { judgement: { ...base.judgement, findings } }, config);
    expect(annotations.map(({ place, title }) => [title, place?.line]).toSorted()).toEqual([
      ['digits: bound-missed', 13],
      ['digits: regressed', 12],
    ]);
    expect(annotations.find(({ title }) => title.includes('regressed'))?.message).toContain('difference −0.141');
  });
});

describe('more annotations than are shown', () => {
  const many = (count: number, severity: Annotation['severity']): Annotation[] =>
    Array.from({ length: count }, (_, at) => ({ severity, title: `${at}`, message: 'm' }));

  it('are all of them up to ten of a severity', () => {
    expect(shownAnnotations([...many(10, 'warning'), ...many(10, 'error')])).toHaveLength(20);
  });

  it('end with how many more there are', () => {
    const shown = shownAnnotations(many(25, 'error'));
    expect(shown).toHaveLength(10);
    expect(shown.at(-1)?.title).toBe('16 more');
  });
});
