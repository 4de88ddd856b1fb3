import { describe, expect, it } from 'vitest';
import { parseModelName } from '../../src/identity/names.ts';
import type { HeadOutcome, ModelSection } from '../../src/pullRequest/headJudgement.ts';
import { standingOf } from '../../src/pullRequest/standing.ts';
import { report } from '../report/report.ts';
import { accepted, headJudgement, notJudged, ofModels, rejected, unsettled } from './heads.ts';

const broken = {
  id: '0a1b2c3d',
  code: 'SCHEMA_MISSING_COLUMN',
  severity: 'error',
  message: 'no column "ink"',
} as const;
const digits = parseModelName('digits');

describe('how a head stands', () => {
  it.each<readonly [string, ModelSection, string, string]>([
    ['accepted', accepted(), 'success', 'digits accepted: accuracy +0.011 against digits@v1'],
    ['rejected', rejected(), 'failure', 'digits rejected: recall[8] −0.141 against digits@v1 (Δ > −0.05)'],
    ['not settled, and that blocks', unsettled(), 'action_required', 'digits inconclusive, and blocked: '],
    ['not settled, and that passes', unsettled('digits', false), 'success', 'digits inconclusive, not blocked: '],
    ['broken data', accepted('digits', { run: { anomalies: [broken] } }), 'action_required', '· 1 anomaly'],
    [
      'data that its own schema accepts',
      accepted('digits', { run: { anomalies: [broken] }, acceptedAnomalies: ['0a1b2c3d'] }),
      'success',
      '· 1 anomaly, 1 accepted here',
    ],
    ['new', { kind: 'new', model: digits, outlook: { kind: 'judged', run: report() } }, 'success', 'digits is new'],
    [
      'new, and not judged',
      { kind: 'new', model: digits, outlook: { kind: 'not-judged', problems: [] } },
      'success',
      'digits is new',
    ],
    ['removed', { kind: 'removed', model: digits }, 'action_required', 'digits is removed'],
    [
      'renamed',
      { kind: 'removed', model: digits, renamedTo: parseModelName('ham') },
      'action_required',
      'digits is renamed to ham',
    ],
    ['not judged', notJudged('digits'), 'failure', 'digits could not be judged: its training failed'],
  ])('is told by one model: %s', (_, section, conclusion, title) => {
    const standing = standingOf(ofModels(section));
    expect(standing.conclusion).toBe(conclusion);
    expect(standing.title).toContain(title);
  });

  it.each<readonly [HeadOutcome, string]>([
    [{ kind: 'begins', models: [digits] }, 'success'],
    [{ kind: 'untouched' }, 'success'],
    [{ kind: 'waits-for-approval' }, 'action_required'],
    [{ kind: 'invalid-config', problems: [{ where: 'touchstone.yml', found: 'odd' }] }, 'failure'],
  ])('is told where no model is judged: %j', (outcome, conclusion) => {
    expect(standingOf({ kind: 'judged', judgement: headJudgement(outcome) }).conclusion).toBe(conclusion);
  });

  it('is that of the worst model, with a count of all', () => {
    const { conclusion, title } = standingOf(ofModels(accepted('a'), unsettled('b'), rejected('c'), accepted('d')));
    expect(conclusion).toBe('failure');
    expect(title).toBe(
      '4 models: 1 rejected, 1 inconclusive and blocked, 2 accepted · c rejected: recall[8] −0.141 against digits@v1 (Δ > −0.05)',
    );
    expect(standingOf(ofModels(accepted('a'), unsettled('b'))).conclusion).toBe('action_required');
    expect(standingOf(ofModels(accepted('a'), accepted('b'))).conclusion).toBe('success');
  });
});
