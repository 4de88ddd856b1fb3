import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseModelName } from '../../src/identity/names.ts';
import type { HeadJudgement, HeadOutcome } from '../../src/pullRequest/headJudgement.ts';
import {
  formatHeadJudgement,
  JUDGEMENT_BYTES,
  parseHeadJudgement,
} from '../../src/pullRequest/headJudgementDocument.ts';
import type { RunReport } from '../../src/report/runReport.ts';
import { finding, REJECTED, without } from '../report/report.ts';
import { accepted, headJudgement, judged, notJudged, OTHER_DIGEST, rejected, unsettled, verdict } from './heads.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const there = (found: HeadJudgement): ReturnType<typeof parseHeadJudgement> =>
  parseHeadJudgement(bytes(formatHeadJudgement(found)));

/** As a run comes through: without charts, and without the list of columns. */
function passedOn(run: RunReport): RunReport {
  return {
    ...without(run, 'illustration'),
    datasets: run.datasets.map((dataset) => ({ ...dataset, listed: [], target: { kind: 'absent' } })),
  };
}

const full = judged(
  'digits',
  {
    verdict: verdict('rejected', true),
    findings: [...REJECTED.judgement.findings, finding({ metric: 'latencyMs', interval: [-Infinity, Infinity] })],
  },
  {
    run: {
      ...(REJECTED.isolation && { isolation: REJECTED.isolation }),
      stages: [{ stage: 'training', seconds: 1.5, reused: false }],
    },
  },
);

describe('the judgement of a head', () => {
  it.each<readonly [string, HeadOutcome]>([
    ['begins', { kind: 'begins', models: [parseModelName('digits')] }],
    ['invalid configuration', { kind: 'invalid-config', problems: [{ where: 'touchstone.yml:1:1', found: 'odd' }] }],
    ['untouched', { kind: 'untouched' }],
    ['waits', { kind: 'waits-for-approval' }],
  ])('comes through as it was: %s', (_, outcome) => {
    expect(there(headJudgement(outcome))).toEqual({ kind: 'parsed', value: headJudgement(outcome) });
  });

  it('comes through with every kind of section, runs without their charts', () => {
    const sent = headJudgement({
      kind: 'models',
      sections: [
        { ...full, proposed: { kind: 'not-judged', problems: [] }, acceptedAnomalies: ['0a1b2c3d'] },
        { kind: 'new', model: parseModelName('spam'), outlook: { kind: 'judged', run: accepted('spam').run } },
        { kind: 'removed', model: parseModelName('ham'), renamedTo: parseModelName('spam') },
        notJudged('churn', { problems: [{ where: 'train.py', found: 'ended', excerpt: ['line'] }] }),
      ],
    });
    const received = there(sent);
    expect(received).toMatchObject({ kind: 'parsed' });
    const [first, second] =
      received.kind === 'parsed' && received.value.outcome.kind === 'models' ? received.value.outcome.sections : [];
    expect(first).toEqual({
      ...full,
      run: passedOn(full.run),
      proposed: { kind: 'not-judged', problems: [] },
      acceptedAnomalies: ['0a1b2c3d'],
    });
    expect(second).toMatchObject({ outlook: { run: passedOn(accepted('spam').run) } });
  });

  it('comes through whatever its numbers and texts are', () => {
    const number = fc
      .oneof(fc.double({ noNaN: true }), fc.constant(Infinity), fc.constant(-Infinity))
      .map((n) => n + 0);
    const sections = fc.record({
      difference: number,
      lower: number,
      upper: number,
      text: fc.string({ unit: 'binary' }),
    });
    fc.assert(
      fc.property(sections, ({ difference, lower, upper, text }) => {
        const odd = finding({ difference, interval: [lower, upper], because: text, slice: text });
        const section = judged(
          'digits',
          { verdict: verdict('accepted', false), findings: [odd] },
          { run: { notes: [text] } },
        );
        const received = there(headJudgement({ kind: 'models', sections: [section] }));
        expect(received).toEqual({
          kind: 'parsed',
          value: headJudgement({ kind: 'models', sections: [{ ...section, run: passedOn(section.run) }] }),
        });
      }),
      { numRuns: 200 },
    );
  });

  it('is refused where it is too long to be one', () => {
    const text = formatHeadJudgement(headJudgement({ kind: 'untouched' }));
    expect(parseHeadJudgement(Buffer.from(text.padEnd(JUDGEMENT_BYTES)))).toMatchObject({ kind: 'parsed' });
    expect(parseHeadJudgement(Buffer.from(text.padEnd(JUDGEMENT_BYTES + 1)))).toMatchObject({ kind: 'invalid' });
  });
});

describe('a document that is not what it says', () => {
  const text = formatHeadJudgement(headJudgement({ kind: 'models', sections: [rejected()] }));
  type Loose = { [key: string]: Loose } & Loose[];
  const changed = (change: (document: Loose) => void): ReturnType<typeof parseHeadJudgement> => {
    const document = JSON.parse(text) as Loose;
    change(document);
    return parseHeadJudgement(bytes(JSON.stringify(document)));
  };
  const run = (document: Loose): Loose => document['outcome']?.['sections']?.[0]?.['run'] as Loose;
  const record = (document: Loose): Loose => document['outcome']?.['sections']?.[0]?.['verdict'] as Loose;
  const set = (of: Loose | undefined, key: string, value: unknown): void => {
    if (of) (of as { [key: string]: unknown })[key] = value;
  };

  it.each<readonly [string, (document: Loose) => void]>([
    ['a field that nobody knows', (document) => set(document, 'more', true)],
    ['a verdict that its findings do not come to', (document) => set(run(document)['verdict'], 'kind', 'accepted')],
    [
      'a verdict that does not block though a finding does',
      (document) => set(run(document)['verdict'], 'blocks', false),
    ],
    ['a record of other findings', (document) => set(record(document)['judgement'], 'findings', [])],
    ['a record of another candidate', (document) => set(record(document)['comparison'], 'candidate', OTHER_DIGEST)],
    ['a record on another holdout', (document) => set(record(document)['comparison'], 'holdout', OTHER_DIGEST)],
    ['a record by another policy', (document) => set(record(document)['comparison'], 'policy', OTHER_DIGEST)],
    ['a record of more assurance', (document) => set(record(document)['comparison'], 'assurance', 'sealed')],
    ['another model', (document) => set(run(document), 'model', 'spam')],
    [
      'a bound that is Markdown',
      (document) => set(run(document)['findings']?.[0]?.['bounds']?.[0], 'allowed', '![x](//e.vil)'),
    ],
    ['a unit that is Markdown', (document) => set(run(document)['findings']?.[0]?.['evidence'], 'unit', '<img>')],
    ['a method that is Markdown', (document) => set(run(document)['findings']?.[0], 'method', '<img>')],
    [
      'the id of an anomaly that is a word',
      (document) => set(run(document), 'anomalies', [{ id: '@all', code: 'X', severity: 'error', message: '' }]),
    ],
    ['a commit that is a branch', (document) => set(document, 'head', 'main')],
    [
      'one model twice',
      (document) => document['outcome']?.['sections']?.push(document['outcome']['sections'][0] as Loose),
    ],
    ['no model at all', (document) => set(document['outcome'], 'sections', [])],
  ])('is refused: %s', (_, change) => {
    expect(changed(change)).toMatchObject({ kind: 'invalid', problems: expect.any(Array) as unknown });
  });

  it('is refused where claims are as deep as a stack', () => {
    const deep = text.replace(/"metrics":\{[^}]*\}\}/, `"metrics":${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    expect(deep).not.toBe(text);
    expect(parseHeadJudgement(bytes(deep))).toMatchObject({ kind: 'invalid' });
  });

  it('is taken where nothing is changed', () => {
    expect(changed(() => undefined).kind).toBe('parsed');
    expect(there(headJudgement({ kind: 'models', sections: [unsettled()] })).kind).toBe('parsed');
  });

  it('tells of everything that is wrong together', () => {
    const found = changed((document) => {
      set(document, 'head', 'main');
      set(document, 'repository', '../..');
    });
    expect(found).toMatchObject({
      problems: [/^repository: /, /^head: /].map((each) => expect.stringMatching(each) as unknown),
    });
  });
});
