import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/evaluation/verdict.ts';
import { widthOf } from '../../src/report/columns.ts';
import { headline } from '../../src/report/headline.ts';
import { renderJson } from '../../src/report/json.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import type { RunReport } from '../../src/report/runReport.ts';
import { renderTerminal } from '../../src/report/terminal.ts';
import { plainVoice } from '../../src/report/voice.ts';
import { finding, inconclusive, regressed, REJECTED, report, TRAINING, without } from './report.ts';

const terminal = (value: RunReport): string => renderTerminal(value, { colour: false });
const title = (value: RunReport): string => headline(value, plainVoice);
const verdict = (kind: 'accepted' | 'rejected' | 'inconclusive' | 'not-compared', blocks = false, compared = true) =>
  ({ kind, blocks, compared, assurance: 'judged' }) as const;

/** The report on a first version, which has nothing to be compared with. */
function first(findings: readonly Finding[], kind: 'accepted' | 'rejected' | 'not-compared'): RunReport {
  return without(report({ judgement: { findings, verdict: verdict(kind, false, false) } }), 'baseline');
}

function alone(change: Partial<Finding>): Finding {
  return { ...without(finding(), 'baseline', 'difference', 'interval'), ...change };
}

describe('the title', () => {
  it.each<[string, RunReport, string]>([
    ['of what is accepted has the first gate', report(), 'digits accepted: accuracy +0.011 against digits@v1'],
    [
      'of what is rejected has the worst finding and counts the rest',
      REJECTED,
      'digits rejected: recall[8] −0.141 against digits@v1 (Δ > −0.05), and 1 more gate',
    ],
    [
      'of a bound that is missed has the value and the bound',
      report({
        judgement: {
          verdict: verdict('rejected', true),
          findings: [
            finding({
              kind: 'bound-missed',
              blocks: true,
              bounds: [{ bound: 'min', allowed: '0.96', limit: 0.96, kind: 'bound-missed' }],
            }),
          ],
        },
      }),
      'digits rejected: accuracy 0.953 (≥ 0.96)',
    ],
    [
      'of what is open says whether that blocks',
      report({ judgement: { verdict: verdict('inconclusive'), findings: [inconclusive()] } }),
      'digits inconclusive, not blocked: accuracy@ink=light −0.007 against digits@v1 does not settle Δ > −0.03',
    ],
    [
      'of what is open and blocked says so',
      report({ judgement: { verdict: verdict('inconclusive', true), findings: [inconclusive({ blocks: true })] } }),
      'digits inconclusive, and blocked: accuracy@ink=light −0.007 against digits@v1 does not settle Δ > −0.03',
    ],
    [
      'of the same bytes says so',
      report({ judgement: { findings: [finding({ kind: 'identical' })] } }),
      'digits accepted: the same bytes as digits@v1',
    ],
    [
      'of a first version has the value',
      first([alone({ bounds: [{ bound: 'min', allowed: '0.9', limit: 0.9, kind: 'met' }] })], 'accepted'),
      'digits accepted: accuracy 0.9527, and nothing to compare with',
    ],
    ['of what has no gate has a metric', first([], 'not-compared'), 'digits not compared'],
    [
      'of what could not be measured says so',
      report({
        judgement: {
          verdict: verdict('inconclusive', true),
          findings: [finding({ kind: 'candidate-not-measured', blocks: true, because: 'no row of class 3' })],
        },
      }),
      'digits inconclusive, and blocked: accuracy could not be measured',
    ],
    [
      'counts anomalies',
      report({ anomalies: [{ id: 'age', code: 'out-of-range', severity: 'warning', message: 'older than 200' }] }),
      'digits accepted: accuracy +0.011 against digits@v1 · 1 anomaly',
    ],
  ])('%s', (_, value, text) => {
    expect(title(value)).toBe(text);
  });
});

describe('a rejected candidate', () => {
  const markdown = renderMarkdown(REJECTED);

  it('reads so on GitHub', () => {
    expect(markdown.slice(0, markdown.indexOf('<details>')).replaceAll('\u00a0', ' ')).toBe(
      readFileSync(new URL('rejected.md', import.meta.url), 'utf8'),
    );
  });

  it('reads so on a terminal', () => {
    const text = terminal(REJECTED);
    expect(text.slice(text.indexOf('✗ digits'))).toBe(readFileSync(new URL('rejected.txt', import.meta.url), 'utf8'));
  });

  it('has what fails first, in both', () => {
    const order = ['recall[8]', 'accuracy@ink=heavy', 'accuracy@ink=light', 'logLoss', 'accuracy@ink=medium'];
    const rows = markdown.split('\n').filter((line) => line.startsWith('| '));
    expect(order.map((name) => rows.findIndex((line) => line.includes(`\`${name}\``)))).toEqual([2, 3, 4, 6, 7]);
  });

  it('shows what training claimed as claimed, beside what was measured', () => {
    expect(markdown).toContain('<summary>Claimed by training, not measured here</summary>');
    expect(markdown).toContain('| `accuracy` | 0.9999 | 0.9527 |');
    expect(markdown).toContain('| `loss.train` | 0.0100 | – |');
  });
});

describe('an accepted candidate', () => {
  it('is blocked by nothing, and can be registered', () => {
    const markdown = renderMarkdown(report());
    expect(markdown).toMatch(/^### ✅ digits accepted/);
    expect(markdown).not.toContain('Blocked by');
    expect(markdown).toContain('**You can**\n\n- Register it: `touchstone register digits`.');
  });

  it('is blocked by data that are broken all the same', () => {
    const broken = report({
      anomalies: [
        { id: 'target/missing', code: 'missing', severity: 'error', column: 'digit', message: '12 rows have none' },
      ],
    });
    expect(renderMarkdown(broken)).toMatch(/^### ❌ digits accepted.* · 1 anomaly\n/);
    expect(renderMarkdown(broken)).toContain('**Blocked by**\n\n- `target/missing`: 12 rows have none.');
    expect(renderJson(broken)).toMatchObject({ blocks: true, verdict: { kind: 'accepted', blocks: false } });
  });
});

describe('what is open', () => {
  const open = report({
    judgement: {
      verdict: verdict('inconclusive', true),
      findings: [inconclusive({ blocks: true, because: '12 rows' })],
    },
  });

  it('says what would settle it', () => {
    expect(terminal(open)).toContain(
      'Put more rows aside to settle it: about 1,300 rows for accuracy@ink=light (152 now).',
    );
  });

  it('asks nobody for a hundred times the rows', () => {
    const atTheMargin = (rowsNeeded: number): string =>
      terminal(
        report({
          judgement: { verdict: verdict('inconclusive', true), findings: [inconclusive({ blocks: true, rowsNeeded })] },
        }),
      );
    expect(atTheMargin(15_200)).toContain('Put more rows aside');
    expect(atTheMargin(15_201)).not.toContain('Put more rows aside');
  });

  it('says why it is open', () => {
    expect(terminal(open)).toContain(
      'accuracy@ink=light is not settled: difference −0.007, interval [−0.048, +0.035], allowed',
    );
  });
});

describe('what a reader has to know', () => {
  const said = (change: Parameters<typeof report>[0]): string => terminal(report(change)).replace(/\n {4}/g, ' ');

  it('is that models are compared, not recipes', () => {
    expect(said({})).toContain('This compares two trained models, not two recipes');
  });

  it('is how many have looked', () => {
    const holdout = { ...report().holdout, looks: 1 };
    expect(said({ holdout })).toContain('first look at this holdout');
    expect(said({ holdout: { ...holdout, looks: 3 } })).toContain('3 candidates judged on this holdout so far');
  });

  it('is whether the rows could have been seen', () => {
    const holdout = { ...report().holdout, open: true, dropped: 1 };
    expect(said({ holdout })).toContain('training can have seen it');
    expect(said({ holdout })).toContain('1 row of the holdout');
    expect(said({ holdout: { ...holdout, open: false, dropped: 0 } })).not.toMatch(/can have seen|left out\./);
  });

  it('is the power, with what would raise it', () => {
    expect(terminal(REJECTED).replace(/\n {4}/g, ' ')).toContain(
      'at least 41% of the time on these rows, which is seldom. The weakest is accuracy@ink=light with 44%; a margin of 0.052 or 410 rows would make that 80%.',
    );
  });

  it('is no power that the spread of a model which is clearly worse would give', () => {
    const power = { equalModelAccepted: 0.05, gates: [{ id: 'accuracy@overall', power: 0.05, marginFor80: 9.6 }] };
    expect(said({ judgement: { findings: [finding()], power } })).toContain('seldom');
    expect(said({ judgement: { findings: [finding({ kind: 'regressed' })], power } })).not.toContain('seldom');
  });

  it('is what was trained by its digest alone, which is all the name that it has', () => {
    const candidate = { ...report().candidate, label: 'candidate' };
    expect(said({ candidate })).toContain(`Candidate ${candidate.digest.slice(0, 8)}`);
  });

  it('is no margin that would mend what only all gates together lack', () => {
    const power = {
      equalModelAccepted: 0.6,
      gates: [
        { id: 'accuracy@overall', power: 0.8, marginFor80: 0.028, rowsFor80: 640 },
        { id: 'accuracy@ink=light', power: 0.8 },
      ],
    };
    expect(said({ judgement: { power } })).toContain('The weakest is accuracy with 80%.');
  });

  it('is no lack of power where a gate asks for an improvement, which an equal model is not', () => {
    const asking = finding({
      bounds: [{ bound: 'minImprovement', allowed: '0.01', limit: 0.01, kind: 'met', interval: [0.012, 0.03] }],
    });
    const power = { equalModelAccepted: 0, gates: [{ id: 'accuracy@overall', power: 0.001 }] };
    expect(said({ judgement: { findings: [asking], power } })).not.toContain('seldom');
  });
});

describe('many gates', () => {
  const findings = Array.from({ length: 40 }, (_, index) =>
    (index < 15 ? regressed : finding)({ slice: `s=${index}` }),
  );
  const markdown = renderMarkdown(report({ judgement: { verdict: verdict('rejected', true), findings } }));

  it('show twelve before the fold, and say what is in it', () => {
    const before = markdown.slice(0, markdown.indexOf('<details>'));
    expect(before.split('\n').filter((line) => line.startsWith('| ❌'))).toHaveLength(12);
    expect(markdown).toContain('<summary>28 more gates, 3 of them blocking</summary>');
  });

  it('list few reasons, and count the rest', () => {
    expect(markdown).toContain('- 7 more.');
  });
});

describe('however much there is to say', () => {
  const name = (index: number): string => `a|b\`c<img>@octo\n${index} ${'x'.repeat(10_000)}`;
  const huge = report({
    judgement: {
      verdict: verdict('rejected', true),
      findings: Array.from({ length: 300 }, (_, index) => regressed({ slice: name(index), because: name(index) })),
      observations: Array.from({ length: 5_000 }, (_, index) => ({
        metric: name(index),
        slice: 'overall',
        candidate: 1,
        rows: 1,
      })),
    },
    training: {
      ...TRAINING,
      claimed: { metrics: Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [name(index), index])) },
    },
    anomalies: Array.from({ length: 500 }, (_, index) => ({
      id: name(index),
      code: 'x',
      severity: 'error' as const,
      column: name(index),
      message: name(index),
    })),
    notes: Array.from({ length: 500 }, (_, index) => name(index)),
  });

  it('Markdown fits into a comment and says what it leaves out', () => {
    const markdown = renderMarkdown(huge);
    expect(markdown.length).toBeLessThanOrEqual(65_000);
    expect(markdown).toMatch(/\d+ of 5000 shown\./);
    expect(markdown).toMatch(/^### ❌ digits rejected/);
    expect(markdown.match(/<details>/g)?.length).toBe(markdown.match(/<\/details>/g)?.length);
  });

  it.each([100, 1_000, 5_000, 20_000])('Markdown fits into %d characters', (longest) => {
    expect(renderMarkdown(huge, longest).length).toBeLessThanOrEqual(longest);
  });

  it('nothing foreign gets out of its place', () => {
    for (const line of renderMarkdown(huge).split('\n')) {
      expect(line).not.toMatch(/<img|@octo/);
      if (line.startsWith('| ')) expect(line.match(/(?<!\\)\|/g)?.length).toBeLessThanOrEqual(8);
    }
  });

  it('the terminal keeps to its width', () => {
    for (const line of terminal(huge).split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(100);
  });
});

describe('a terminal', () => {
  const cases: readonly (readonly [string, RunReport])[] = [
    ['a rejection', REJECTED],
    [
      'long numbers',
      report({
        judgement: {
          findings: [
            finding({
              metric: 'mae',
              baseline: 123456789.1,
              candidate: 123456788.2,
              difference: 0.9,
              interval: [-1234567.12, 1234569.34],
            }),
          ],
        },
      }),
    ],
    ['wide characters', report({ judgement: { findings: [finding({ slice: `国=${'日本'.repeat(30)}` })] } })],
    ['a first version', first([alone({})], 'accepted')],
  ];

  it.each(cases)('has room for %s', (_, value) => {
    for (const line of terminal(value).split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(100);
  });

  it('gets colours only where they are wanted', () => {
    expect(terminal(REJECTED)).not.toContain('\u001b');
    expect(renderTerminal(REJECTED, { colour: true })).toContain('\u001b[31m✗\u001b[39m');
  });
});

describe('JSON', () => {
  it('has the verdict and the findings that programs rely on', () => {
    const document = renderJson(REJECTED);
    expect(document).toMatchObject({
      schema: 'touchstone/run/v1',
      model: 'digits',
      verdict: { kind: 'rejected', compared: true, assurance: 'advisory', blocks: true },
    });
    expect((document as unknown as { findings: readonly unknown[] }).findings[2]).toMatchObject({
      id: 'recall[8]@overall',
      kind: 'regressed',
      baseline: 0.9436,
      candidate: 0.8028,
      difference: -0.1408,
      interval: [-0.2415, -0.0511],
      allowed: 'maxRegression 0.05',
      rows: 720,
    });
  });

  it('leaves out what was not measured', () => {
    const text = JSON.stringify(renderJson(first([alone({ candidate: 0.9 })], 'accepted')));
    expect(text).not.toMatch(/null|"baseline"|"difference"/);
  });
});

describe('a first version', () => {
  const unasked = { bound: 'maxRegression', allowed: '0.02', limit: -0.02, kind: 'no-baseline' } as const;
  const value = first(
    [
      alone({ kind: 'no-baseline', slice: 'ink=light', bounds: [unasked] }),
      alone({ bounds: [{ bound: 'min', allowed: '0.9', limit: 0.9, kind: 'met' }] }),
    ],
    'accepted',
  );

  it('is known by what was asked of it', () => {
    expect(title(value)).toBe('digits accepted: accuracy 0.9527, and nothing to compare with');
  });

  it('has no columns for what there is not', () => {
    expect(renderMarkdown(value)).toContain('| Gate | Candidate | Allowed | Finding |');
    expect(renderMarkdown(value)).not.toMatch(/recipes|Δ is candidate/);
  });
});
