import { describe, expect, it } from 'vitest';
import { checkGates, checkRequires } from '../../src/diagnosis/gates.ts';
import type { Finding } from '../../src/evaluation/verdict.ts';
import { modelOf } from './model.ts';

const gated = (gate: string) => modelOf('holdout: holdout.csv', `gates: [${gate}]`);

const finding = (more: Partial<Finding> = {}): Finding => ({
  id: 'accuracy@overall',
  metric: 'accuracy',
  slice: 'overall',
  kind: 'met',
  blocks: false,
  baseline: 0.8,
  candidate: 0.8,
  difference: 0,
  interval: [-0.0196, 0.0196],
  standardError: 0.01,
  rows: 1000,
  effectiveRows: 1000,
  evidence: { unit: 'rows', minimum: 50 },
  bounds: [],
  allowed: 'maxRegression 0.01',
  ...more,
});
const after = (more: Partial<Finding> = {}) => ({ source: 'by the run 1-churn', findings: [finding(more)] });

describe('gates before anything is judged', () => {
  it('are missing', () => {
    expect(checkGates(modelOf(), undefined, undefined)).toMatchObject([
      { id: 'churn.gates', status: 'warning', found: expect.stringContaining('not compared') as string },
    ]);
  });

  it('ask for no regression at all, which an interval never shows', () => {
    expect(checkGates(gated('{ metric: accuracy, maxRegression: 0 }'), undefined, undefined)).toMatchObject([
      {
        id: 'churn.gates.accuracy@overall',
        status: 'warning',
        found: expect.stringContaining('maxRegression is 0') as string,
      },
    ]);
  });

  // statsmodels 0.14, tango score interval of 0 discordant pairs: -z^2 / (n + z^2) = -0.0370 at n = 100.
  it('have a margin that so few rows cannot show', () => {
    const few = checkGates(gated('{ metric: accuracy, maxRegression: 0.03 }'), undefined, 100);
    expect(few).toMatchObject([
      { status: 'warning', found: expect.stringMatching(/about 100 rows.* 0\.037 below/) as string },
    ]);
    expect(checkGates(gated('{ metric: accuracy, maxRegression: 0.04 }'), undefined, 100)).toMatchObject([
      { status: 'ok' },
    ]);
    expect(checkGates(gated('{ metric: auc, maxRegression: 0.03 }'), undefined, 100)).toMatchObject([{ status: 'ok' }]);
  });
});

describe('gates after a judgement', () => {
  // One-sided at 97.5 %: power = Phi(margin / se - 1.96); R: pnorm(1 - 1.959964) = 0.1685, pnorm(4 - 1.96) = 0.979.
  it('have the power that the holdout gave', () => {
    const [weak] = checkGates(gated('{ metric: accuracy, maxRegression: 0.01 }'), after(), undefined);
    expect(weak).toMatchObject({ status: 'warning', expected: 'at least 80 %' });
    expect(weak?.found).toContain('16 % of the time (by the run 1-churn)');
    // (1.959964 + 0.841621) * 0.01 = 0.0280
    expect(weak?.remedy).toMatch(/^Write "maxRegression: 0\.02[89]"/);
    expect(checkGates(gated('{ metric: accuracy, maxRegression: 0.04 }'), after(), undefined)).toMatchObject([
      { status: 'ok', found: '1 gate; by the run 1-churn' },
    ]);
  });

  it('hang on too few rows', () => {
    const thin = checkGates(gated('{ metric: accuracy, min: 0.5 }'), after({ effectiveRows: 12 }), undefined);
    expect(thin).toMatchObject([
      { status: 'warning', found: expect.stringContaining('hangs on 12 rows') as string, expected: 'at least 50' },
    ]);
  });
});

it('warns where nothing judged here can promote', () => {
  expect(checkRequires(modelOf(), 'advisory')).toMatchObject({ id: 'churn.promote', status: 'warning' });
  expect(checkRequires(modelOf('holdout: h.csv', 'promote: { requires: advisory }'), 'advisory').status).toBe('ok');
});
