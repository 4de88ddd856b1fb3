import type { Finding, Judgement } from '../../src/evaluation/verdict.ts';
import { digestOfBytes } from '../../src/identity/digest.ts';
import { parseModelName } from '../../src/identity/names.ts';
import type { DatasetSummary, RunReport } from '../../src/report/runReport.ts';
import type { Candidate } from '../../src/training/candidate.ts';

/** A gate that is met by a wide margin, changed as told. */
export function finding(change: Partial<Finding> = {}): Finding {
  const metric = change.metric ?? 'accuracy';
  const slice = change.slice ?? 'overall';
  return {
    id: `${metric}@${slice}`,
    metric,
    slice,
    kind: 'met',
    blocks: false,
    baseline: 0.9412,
    candidate: 0.9527,
    difference: 0.0115,
    interval: [-0.0031, 0.0262],
    method: 'tango',
    rows: 720,
    effectiveRows: 720,
    evidence: { unit: 'rows', minimum: 50 },
    bounds: [{ bound: 'maxRegression', allowed: '0.02', limit: -0.02, kind: 'met', interval: [-0.0031, 0.0262] }],
    allowed: 'maxRegression 0.02',
    ...change,
  };
}

/** A gate that the candidate fails: worse by more than is allowed, and the interval says so. */
export function regressed(change: Partial<Finding> = {}): Finding {
  return finding({
    metric: 'recall[8]',
    kind: 'regressed',
    blocks: true,
    baseline: 0.9436,
    candidate: 0.8028,
    difference: -0.1408,
    interval: [-0.2415, -0.0511],
    rows: 720,
    effectiveRows: 71,
    evidence: { unit: 'rows of the class', minimum: 50 },
    bounds: [
      { bound: 'maxRegression', allowed: '0.05', limit: -0.05, kind: 'regressed', interval: [-0.2415, -0.0511] },
    ],
    adjustedP: 0.0043,
    allowed: 'maxRegression 0.05',
    ...change,
  });
}

/** A gate that too few rows leave open. */
export function inconclusive(change: Partial<Finding> = {}): Finding {
  return finding({
    slice: 'ink=light',
    kind: 'inconclusive',
    baseline: 0.9211,
    candidate: 0.9145,
    difference: -0.0066,
    interval: [-0.0483, 0.0347],
    rows: 152,
    effectiveRows: 152,
    bounds: [
      { bound: 'maxRegression', allowed: '0.03', limit: -0.03, kind: 'inconclusive', interval: [-0.0483, 0.0347] },
    ],
    rowsNeeded: 1234,
    allowed: 'maxRegression 0.03',
    ...change,
  });
}

export const TRAINING: Candidate = {
  schema: 'touchstone/candidate/v1',
  model: parseModelName('digits'),
  output: { path: 'model.onnx', digest: digestOfBytes('model'), bytes: 31_415 },
  files: [],
  inputs: {
    code: [{ path: 'train.py', object: 'a'.repeat(40) }],
    data: [],
    command: ['python', 'train.py'],
    params: { model: 'logistic', regularisation: 10 },
    seed: 1,
  },
  environment: {
    commit: '0123456789abcdef0123456789abcdef01234567',
    dirty: ['train.py'],
    python: '3.11.7',
    packages: { numpy: '2.4.6', 'scikit-learn': '1.9.1' },
    platform: 'linux x64',
    cpus: 2,
    gpus: [{ name: 'NVIDIA H200', driver: '580.1', memoryMiB: 143_771 }],
  },
  claimed: { metrics: { accuracy: 0.9999, loss: { train: 0.01 } } },
  startedAt: '2026-11-20T10:00:00Z',
  seconds: 4.2,
};

/** Handwritten digits: 64 pixels, the label and two more columns. */
function dataset(role: 'train' | 'holdout', rows: number): DatasetSummary {
  return {
    role,
    files: ['data/digits.csv'],
    rows,
    columns: 67,
    digest: digestOfBytes(role),
    listed: [
      { name: 'digit', type: 'integer', missing: 0 },
      { name: 'ink', type: 'string', missing: 3 },
    ],
    target: { kind: 'labels', counts: [{ label: '3', rows }], beyond: { labels: 0, rows: 0 } },
  };
}

type Change = Partial<Omit<RunReport, 'judgement'>> & { readonly judgement?: Partial<Judgement> };

/** A report on a candidate that is as good as can be, changed as told. */
export function report(change: Change = {}): RunReport {
  const { judgement, ...rest } = change;
  const base: RunReport = {
    model: parseModelName('digits'),
    candidate: { label: 'digits@3f9c2ab1', digest: digestOfBytes('candidate') },
    baseline: { label: 'digits@v1', digest: digestOfBytes('baseline') },
    judgement: {
      verdict: { kind: 'accepted', compared: true, assurance: 'advisory', blocks: false },
      findings: [finding()],
      observations: [],
      power: { gates: [] },
      ...judgement,
    },
    holdout: { digest: digestOfBytes('holdout'), rows: 720, dropped: 0, looks: 1, open: true },
    policy: digestOfBytes('policy'),
    recalled: false,
    datasets: [dataset('train', 898), dataset('holdout', 720)],
    anomalies: [],
    notes: [],
    reproduce: ['touchstone run digits'],
    stages: [],
  };
  return { ...base, ...rest };
}

export const REJECTED = report({
  training: TRAINING,
  judgement: {
    verdict: { kind: 'rejected', compared: true, assurance: 'advisory', blocks: true },
    findings: [
      finding({
        bounds: [
          { bound: 'min', allowed: '0.9', limit: 0.9, kind: 'met' },
          { bound: 'maxRegression', allowed: '0.02', limit: -0.02, kind: 'met', interval: [-0.0031, 0.0262] },
        ],
      }),
      finding({
        metric: 'logLoss',
        baseline: 0.2213,
        candidate: 0.1984,
        difference: 0.0229,
        interval: [0.0012, 0.0451],
        method: 'paired-score',
        bounds: [{ bound: 'maxRegression', allowed: '5%', limit: 0, kind: 'met', interval: [0.0123, 0.0561] }],
      }),
      regressed(),
      inconclusive(),
      finding({
        slice: 'ink=medium',
        baseline: 0.9587,
        candidate: 0.9683,
        difference: 0.0096,
        interval: [-0.0099, 0.0298],
      }),
      finding({
        slice: 'ink=heavy',
        kind: 'bound-missed',
        blocks: true,
        baseline: 0.9417,
        candidate: 0.8999,
        difference: -0.0418,
        interval: [-0.0811, -0.0044],
        bounds: [{ bound: 'min', allowed: '0.9', limit: 0.9, kind: 'bound-missed' }],
      }),
    ],
    observations: [
      {
        metric: 'recall[macro]',
        slice: 'overall',
        baseline: 0.9409,
        candidate: 0.9312,
        difference: -0.0097,
        interval: [-0.0291, 0.0093],
        rows: 720,
      },
      { metric: 'recall[macro]', slice: 'ink=light', rows: 152, because: 'no row of class 3 lies in the slice' },
    ],
    power: {
      equalModelAccepted: 0.41,
      gates: [
        { id: 'accuracy@overall', power: 0.97, rowsFor80: 400, marginFor80: 0.014 },
        { id: 'accuracy@ink=light', power: 0.44, rowsFor80: 402, marginFor80: 0.0512 },
      ],
    },
  },
  holdout: { digest: digestOfBytes('holdout'), rows: 720, dropped: 3, looks: 4, open: true },
  isolation: {
    network: 'none',
    privileges: 'dropped',
    memory: { keptBy: 'kernel', bytes: 2 ** 31 },
    time: { callSeconds: 60, totalSeconds: 600 },
    threads: 1,
    runtime: 'onnxruntime 1.30.0',
  },
});

/** The same value without some of what it has. */
export function without<T extends object, Key extends keyof T>(value: T, ...keys: readonly Key[]): Omit<T, Key> {
  const entries = Object.entries(value).filter(([key]) => !keys.includes(key as Key));
  return Object.fromEntries(entries) as unknown as Omit<T, Key>;
}
