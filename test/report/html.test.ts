import fc from 'fast-check';
import { HtmlValidate } from 'html-validate';
import { describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/report/html/html.ts';
import type { RunReport } from '../../src/report/runReport.ts';
import { classesReport, FIRST, IDENTICAL, VALUES } from './htmlReports.ts';
import { finding, REJECTED, report } from './report.ts';

const KINDS: readonly (readonly [string, RunReport])[] = [
  ['a verdict on classes', classesReport()],
  ['a verdict on values', VALUES],
  ['a first version', FIRST],
  ['the same bytes', IDENTICAL],
  ['a recalled verdict', { ...REJECTED, recalled: true }],
  ['nothing configured', report({ judgement: { findings: [] } })],
  ['a sealed holdout', { ...VALUES, holdout: { ...VALUES.holdout, open: false } }],
];

/** What a reader sees: text without its elements. */
function textOf(html: string): string {
  const body = html.slice(html.indexOf('<body>'));
  return body
    .replace(/<[^>]*>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/\s+/g, ' ');
}

describe('the HTML report', () => {
  // The rules left out are of taste: how void elements end, and how long a title a search engine shows.
  const validator = new HtmlValidate({
    extends: ['html-validate:recommended'],
    rules: { 'void-style': 'off', 'long-title': 'off' },
  });

  it.each(KINDS)('is valid HTML for %s', async (_, value) => {
    const { results } = await validator.validateString(renderHtml(value, new Date('2026-05-03T10:00:00Z')));
    expect(results.flatMap(({ messages }) => messages.map(({ ruleId, message }) => `${ruleId}: ${message}`))).toEqual(
      [],
    );
  });

  it.each(KINDS)('needs nothing but itself for %s', (_, value) => {
    const html = renderHtml(value);
    expect(html).toContain(
      `<meta\nhttp-equiv="Content-Security-Policy"\ncontent="default-src 'none'; style-src 'unsafe-inline'; img-src data:;`,
    );
    expect(html).not.toMatch(/<(script|link|img|iframe|object|base|form)\b|\son\w+=|\sstyle=|@import|url\(|\ssrc=/i);
    for (const [, href] of html.matchAll(/href="([^"]*)"/g)) expect(html).toContain(`id="${href?.slice(1)}"`);
  });

  it('tells in the order in which a reviewer asks', () => {
    const text = textOf(renderHtml(classesReport()));
    const order = [
      'digits rejected',
      'Candidate digits@3f9c2ab1',
      'Blocked by',
      'You can',
      'Difference Δ, 95 % interval',
      'Keep in mind',
      'not settled',
      'ROC',
      'Precision-recall',
      'Calibration',
      'Rows by true class',
      '1 broken: right before, wrong now',
      'anomaly in the data',
      'Missing in train',
      '0123456789abcdef0123456789abcdef01234567',
      'paired-score on',
      'touchstone run digits',
    ];
    const places = order.map((words) => text.indexOf(words, text.indexOf('digits rejected')));
    expect(
      places.every((place) => place >= 0),
      `${order[places.indexOf(-1)] ?? ''} is missing`,
    ).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it('says when the run was', () => {
    expect(renderHtml(report(), new Date('2026-05-03T10:00:00Z'))).toContain('2026-05-03 10:00 UTC');
    expect(renderHtml(report())).not.toContain('<time');
  });

  it('draws differences with their interval, their margin, and which way is better', () => {
    const html = renderHtml(report());
    expect(textOf(html)).toContain('← worse better →');
    expect(html.match(/class="margin"/g)).toHaveLength(2);
    expect(html.match(/class="interval"/g)?.length).toBeGreaterThanOrEqual(2);
  });

  it('draws a share of the baseline as a margin where the baseline was measured', () => {
    // 2 % of 53.4 is 1.068: on an axis that holds [-1.068, 15.4] and a pad of 6 % it lies at 5.36 %.
    expect(renderHtml(VALUES)).toMatch(/class="margin"[^>]*x1="5\.36%"/);
  });

  it('tells findings apart by shape', () => {
    const shapes = (change: Parameters<typeof finding>[0]): string => {
      const html = renderHtml(report({ judgement: { findings: [finding(change)] } }));
      return /<tr class="overall">[\s\S]*?<\/tr>/.exec(html)?.[0] ?? '';
    };
    expect(shapes({ kind: 'met' })).toMatch(/<circle class="point"[^>]* r="4"/);
    expect(shapes({ kind: 'inconclusive' })).toContain('<circle class="point-open"');
    expect(shapes({ kind: 'regressed', blocks: true })).toContain('d="M0,-5L5,0L0,5L-5,0Z"');
  });

  it('says that there is one model alone, and draws its values from the worst on', () => {
    const text = textOf(renderHtml(FIRST));
    expect(text).toContain('a first version: no champion to compare with');
    expect(text).toContain('Values by metric and slice');
    expect(text).not.toMatch(/Differences|better →|Broken|Δ/);
    expect(text.indexOf('ink=light')).toBeLessThan(text.indexOf('ink=heavy'));
  });

  it('draws no differences between the same bytes', () => {
    const text = textOf(renderHtml(IDENTICAL));
    expect(text).toContain('byte for byte: every difference is zero');
    expect(text).not.toContain('better →');
  });

  it('says why a recalled verdict has no curves', () => {
    expect(textOf(renderHtml({ ...REJECTED, recalled: true }))).toContain('no row was read again');
  });

  it('shows no rows of a sealed holdout, and says so', () => {
    const { illustration, holdout } = VALUES;
    if (illustration?.kind !== 'values') throw new TypeError('The values are explained.');
    const { residuals, scatter, calibration } = illustration;
    const sealed = {
      ...VALUES,
      holdout: { ...holdout, open: false },
      illustration: { kind: 'values', residuals, scatter, calibration } as const,
    };
    expect(textOf(renderHtml(sealed))).toContain('The holdout is sealed: its rows are not shown.');
  });

  it('shows the rows that were broken, then those that were fixed, as their file has them', () => {
    const text = textOf(renderHtml(classesReport()));
    const row = 'Truth Baseline Candidate id colour no no p 0.90 yes p 0.20 41 blue';
    expect(text).toContain(`Broken Broken ${row} Fixed Fixed ${row}`);
    expect(text).toContain('1 of 41 shown, those furthest apart.');
  });

  it('gives each cell of a confusion matrix its number, and the change its sign', () => {
    const text = textOf(renderHtml(classesReport()));
    expect(text).toContain('Candidate no yes no 480 40 yes 50 150');
    expect(text).toContain('Change, candidate less baseline no yes no +10 −10 yes −10 +10');
  });

  it('takes more on the diagonal for better, and more beside it for worse', () => {
    const html = renderHtml(classesReport());
    const change = html.slice(html.indexOf('Change, candidate'));
    expect(change).toMatch(/class="r\d diagonal">\+10</);
    expect(change).toMatch(/class="r\d">−10</);
    expect(html).toMatch(/class="w\d">40</);
  });
});

describe('foreign text in the HTML report', () => {
  /** Every element with its attributes, less what the attributes hold. */
  const skeleton = (html: string): readonly string[] =>
    [...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/"[^"]*"/g, '""').replace(/\s+/g, ' '));
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 15 }),
    fc.constantFrom(
      '</style><script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      "' onmouseover='alert(1)",
      '<!--',
      ']]>',
      '&lt;b&gt;',
      '\u202egnirts\u2066',
      '\u0000\u001b[31m',
      '\u0001\u0002\u0003\u0004',
      '${1}',
      '\ud800',
    ),
  );

  it('makes no element and no attribute', () => {
    // Longer than what is cut anywhere has a title with all of it, so lengths are kept alike.
    const tailed = (head: string) => (plain: string) => `${plain}${head}`.slice(0, 15).padEnd(15, 'x');
    const plain = skeleton(renderHtml(classesReport(tailed('abc'))));
    fc.assert(
      fc.property(hostile, (text) => {
        const html = renderHtml(classesReport((name) => `${name.slice(0, 2)}${text}`.slice(0, 15)));
        expect(skeleton(html)).toEqual(plain);
        // What would act is spelt out, wherever it stands.
        expect(html.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      }),
      { numRuns: 60 },
    );
  });

  it('is there to be read', () => {
    expect(renderHtml(classesReport((name) => `${name}<b>`))).toContain('colour&lt;b&gt;');
    expect(renderHtml(classesReport((name) => `${name}\u202e`))).toContain('colour\\u202e');
  });
});

describe('however much there is to tell', () => {
  const many = <T>(count: number, of: (index: number) => T): readonly T[] =>
    Array.from({ length: count }, (_, index) => of(index));
  const long = 'x'.repeat(10_000);
  const base = classesReport();
  const { illustration } = base;
  if (illustration?.kind !== 'classes') throw new TypeError('The classes are explained.');
  const labels = many(20, (index) => `class ${index} ${long}`);
  const [curve] = illustration.curves;
  if (curve === undefined) throw new TypeError('There is a curve.');
  const points = many(200, (index): readonly [number, number] => [index / 199, Math.sqrt(index / 199)]);
  const drawn = { roc: points, precisionRecall: points };
  const example = { truth: long, baseline: long, candidate: long, values: many(12, () => 'x'.repeat(80)) };
  const huge: RunReport = {
    ...base,
    judgement: {
      ...base.judgement,
      findings: many(1_000, (index) =>
        finding({ metric: `recall[${index} ${long}]`, kind: 'regressed', blocks: true }),
      ),
      observations: ['auc', 'accuracy', 'logLoss', 'brier', 'f1', 'precision'].flatMap((metric) =>
        many(50, (index) => ({ metric, slice: `s=${index} ${long}`, candidate: 0.5, difference: -index, rows: 1 })),
      ),
    },
    datasets: base.datasets.map((dataset) => ({
      ...dataset,
      columns: 2_000,
      listed: many(100, (index) => ({ name: `${index} ${long}`, type: 'string' as const, missing: 1 })),
      target: {
        kind: 'labels' as const,
        counts: labels.map((label) => ({ label, rows: 3 })),
        beyond: { labels: 980, rows: 9 },
      },
    })),
    illustration: {
      ...illustration,
      classes: many(1_000, String),
      curves: many(1_000, (index) => ({ ...curve, of: `${index} ${long}`, candidate: drawn, baseline: drawn })),
      confusion: {
        labels,
        leftOut: 7,
        candidate: many(20, () => many(20, () => 3)),
        baseline: many(20, () => many(20, () => 4)),
      },
      flips: {
        columns: many(12, () => long),
        fixed: { rows: 9_999, examples: many(20, () => example) },
        broken: { rows: 9_999, examples: many(20, () => example) },
      },
    },
  };

  const html = renderHtml(huge);
  const text = textOf(html);

  it('the file stays small', () => {
    expect(html.length).toBeLessThan(512 * 1024);
  });

  it('what is left out is counted', () => {
    expect(text).toContain('100 of 1,000 gates shown');
    expect(text).toContain('6 of 1,000 classes against all others');
    expect(text).toContain('100 of 2,000 shown');
    expect(text).toContain('20 of at least 1,000 labels shown');
    expect(text).toContain('20 of 9,999 shown');
    expect(text).toContain('22 of 50 shown');
    expect(text).toContain('7 rows of others are left out');
  });

  it('the worst slices stay', () => {
    expect(text).toContain('s=49');
    expect(text).not.toContain('s=3 ');
  });
});
