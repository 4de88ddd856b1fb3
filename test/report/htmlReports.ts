import type { Illustration } from '../../src/evaluation/illustration/illustration.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import type { RunReport } from '../../src/report/runReport.ts';
import { finding, REJECTED, report, without } from './report.ts';

/** A verdict on classes with all that explains it. `text` stands wherever a name or a value comes from elsewhere. */
export function classesReport(text: (plain: string) => string = (plain) => plain): RunReport {
  const labels = ['no', 'yes'].map(text);
  const row = {
    truth: text('no'),
    baseline: text('no'),
    candidate: text('yes'),
    baselineProbability: 0.9,
    candidateProbability: 0.2,
    values: ['41', text('blue')],
  };
  const illustration: Illustration = {
    kind: 'classes',
    classes: labels,
    curves: labels.map((of) => ({
      of,
      rows: 200,
      others: 520,
      candidate: {
        roc: [
          [0, 0],
          [0.1, 0.8],
          [1, 1],
        ],
        precisionRecall: [
          [0, 1],
          [0.8, 0.7],
          [1, 0.28],
        ],
      },
      baseline: {
        roc: [
          [0, 0],
          [0.2, 0.7],
          [1, 1],
        ],
        precisionRecall: [
          [0, 1],
          [0.7, 0.6],
          [1, 0.28],
        ],
      },
    })),
    calibration: {
      of: 'positive',
      candidate: [{ rows: 72, predicted: 0.3, observed: 0.25, interval: [0.17, 0.36] }],
      baseline: [{ rows: 72, predicted: 0.4, observed: 0.25, interval: [0.17, 0.36] }],
    },
    confusion: {
      labels,
      leftOut: 0,
      candidate: [
        [480, 40],
        [50, 150],
      ],
      baseline: [
        [470, 50],
        [60, 140],
      ],
    },
    flips: {
      fixed: { rows: 41, examples: [row] },
      broken: { rows: 1, examples: [row] },
      columns: [text('id'), text('colour')],
    },
  };
  const named = text('slice=a');
  return {
    ...REJECTED,
    baseline: { label: text('digits@v1'), digest: digestOfBytes('baseline') },
    judgement: {
      ...REJECTED.judgement,
      findings: [
        ...REJECTED.judgement.findings,
        finding({
          metric: `recall[${text('8')}]`,
          slice: named,
          because: text('few rows'),
          kind: 'inconclusive',
          rowsNeeded: 1e6,
        }),
      ],
    },
    datasets: report().datasets.map((dataset) => ({
      ...dataset,
      files: [text('data/digits.csv')],
      listed: [{ name: text('colour'), type: 'string', missing: 12 }],
      target: {
        kind: 'labels',
        counts: labels.map((label, index) => ({ label, rows: 100 + index })),
        beyond: { labels: 0, rows: 0 },
      },
    })),
    anomalies: [
      {
        id: text('target/missing'),
        code: 'missing',
        severity: 'error',
        column: text('colour'),
        message: text('12 rows'),
      },
    ],
    notes: [text('A note')],
    reproduce: ['touchstone run digits'],
    illustration,
  };
}

/** A verdict on a regression. */
export const VALUES: RunReport = report({
  judgement: {
    findings: [
      finding({
        metric: 'mae',
        baseline: 53.4,
        candidate: 41.2,
        difference: 12.2,
        interval: [9.1, 15.4],
        bounds: [{ bound: 'maxRegression', allowed: '2%', limit: 0, kind: 'met', interval: [10.2, 16.5] }],
      }),
    ],
  },
  illustration: {
    kind: 'values',
    residuals: { edges: [-100, 0, 100], candidate: [30, 31], baseline: [40, 21] },
    scatter: { candidate: [[1, 2]], baseline: [[1, 3]] },
    calibration: {
      candidate: [{ rows: 61, truth: 10, predicted: 12 }],
      baseline: [{ rows: 61, truth: 10, predicted: 15 }],
    },
    flips: {
      fixed: { rows: 40, examples: [{ truth: '10', baseline: '30', candidate: '11', values: ['a'] }] },
      broken: { rows: 21, examples: [{ truth: '10', baseline: '11', candidate: '30', values: ['b'] }] },
      columns: ['id'],
    },
  },
});

/** The first version of a model: nothing to compare with. */
export const FIRST: RunReport = without(
  report({
    judgement: {
      verdict: { kind: 'accepted', compared: false, assurance: 'advisory', blocks: false },
      findings: [
        {
          ...without(finding(), 'baseline', 'difference', 'interval'),
          bounds: [{ bound: 'min', allowed: '0.9', limit: 0.9, kind: 'met' }],
        },
      ],
      observations: [
        { metric: 'accuracy', slice: 'ink=light', candidate: 0.81, rows: 152 },
        { metric: 'accuracy', slice: 'ink=heavy', candidate: 0.97, rows: 200 },
      ],
    },
  }),
  'baseline',
);

/** The same bytes as the baseline's. */
export const IDENTICAL: RunReport = report({
  candidate: { label: 'candidate', digest: digestOfBytes('baseline') },
  judgement: {
    findings: [{ ...without(finding(), 'interval'), kind: 'identical', candidate: 0.9412, difference: 0 }],
  },
});
