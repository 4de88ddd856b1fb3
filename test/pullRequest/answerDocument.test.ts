import { describe, expect, it } from 'vitest';
import { parseCommitSha, parseRepositoryName } from '../../src/identity/git.ts';
import { parseModelName } from '../../src/identity/names.ts';
import {
  ANSWER_BYTES,
  answerArtifactName,
  formatRecordedAnswer,
  parseRecordedAnswer,
  type RecordedAnswer,
} from '../../src/pullRequest/answerDocument.ts';
import type { HeadOutcome, ModelSection } from '../../src/pullRequest/headJudgement.ts';
import { formatHeadJudgement, parseHeadJudgement } from '../../src/pullRequest/headJudgementDocument.ts';
import { withOverrides } from '../../src/pullRequest/overridables.ts';
import type { Override } from '../../src/pullRequest/override.ts';
import { standingOf, type HeadAnswer, type Unjudged } from '../../src/pullRequest/standing.ts';
import { accepted, HEAD, headJudgement, notJudged, rejected, REPOSITORY } from './heads.ts';

const OTHER_HEAD = parseCommitSha('b'.repeat(40));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function recorded(answer: HeadAnswer): RecordedAnswer {
  return { repository: REPOSITORY, head: HEAD, trained: { id: 101, attempt: 2 }, answer };
}

function there(answer: HeadAnswer): ReturnType<typeof parseRecordedAnswer> {
  return parseRecordedAnswer(bytes(formatRecordedAnswer(recorded(answer))));
}

/** As it comes through the judge's own document: without charts. */
function passedOn(outcome: HeadOutcome, overrides: readonly Override[] = []): HeadAnswer {
  const parsed = parseHeadJudgement(bytes(formatHeadJudgement(headJudgement(outcome))));
  if (parsed.kind === 'invalid') throw new TypeError(parsed.problems.join('; '));
  return { kind: 'judged', judgement: withOverrides(parsed.value, overrides) };
}

function models(first: ModelSection, ...others: readonly ModelSection[]): HeadOutcome {
  return { kind: 'models', sections: [first, ...others] };
}

const blocking = rejected().run.judgement.findings.find(({ blocks }) => blocks)?.id ?? '';

function override(change: Partial<Override> = {}): Override {
  return {
    model: parseModelName('digits'),
    of: { kind: 'finding', id: blocking },
    head: HEAD,
    by: 'ada',
    reason: 'the test set <b>has</b> a wrong label',
    ...change,
  };
}

const gone: ModelSection = { kind: 'removed', model: parseModelName('ham'), renamedTo: parseModelName('spam') };
const letGo = override({ model: gone.model, of: { kind: 'model' }, by: 'bob' });

describe('the recorded answer of a head', () => {
  it.each<readonly [string, HeadOutcome]>([
    ['begins', { kind: 'begins', models: [parseModelName('digits')] }],
    ['invalid configuration', { kind: 'invalid-config', problems: [{ where: 'touchstone.yml:1:1', found: 'odd' }] }],
    ['untouched', { kind: 'untouched' }],
    ['waits', { kind: 'waits-for-approval' }],
    [
      'models of every kind',
      models(
        rejected(),
        { kind: 'new', model: parseModelName('spam'), outlook: { kind: 'judged', run: accepted('spam').run } },
        gone,
        notJudged('churn', { problems: [{ where: 'train.py', found: 'ended', excerpt: ['line'] }] }),
      ),
    ],
  ])('comes through as it was: %s', (_, outcome) => {
    expect(there(passedOn(outcome))).toEqual({ kind: 'parsed', value: recorded(passedOn(outcome)) });
  });

  it.each<Unjudged>([
    { kind: 'judging-failed' },
    { kind: 'judging-cancelled' },
    { kind: 'no-judgement' },
    { kind: 'invalid-judgement', problems: ['head: main, expected a commit of 40 hex digits'] },
    { kind: 'not-recorded', problem: 's3://models: it did not answer' },
    { kind: 'contradicted', models: [parseModelName('digits')] },
  ])('comes through where nothing is known of it: $kind', (because) => {
    const answer: HeadAnswer = { kind: 'unjudged', because };
    expect(there(answer)).toEqual({ kind: 'parsed', value: recorded(answer) });
  });

  it('comes through with what was overridden, and by whom', () => {
    const answer = passedOn(models(rejected(), gone), [override(), letGo]);
    const received = there(answer);
    expect(received).toEqual({ kind: 'parsed', value: recorded(answer) });
    expect(JSON.stringify(received)).toContain('has a wrong label'.replace('has', '<b>has</b>'));
    if (received.kind === 'parsed') expect(standingOf(received.value.answer).conclusion).toBe('success');
  });

  it('is known by its attempt', () => {
    expect(answerArtifactName(3)).toBe('touchstone-answer-3');
  });
});

describe('a document that is not what it says', () => {
  type Loose = { readonly [key: string]: unknown };
  const document = (answer = passedOn(models(rejected()))): Loose =>
    JSON.parse(formatRecordedAnswer(recorded(answer))) as Loose;
  const parsed = (loose: Loose): ReturnType<typeof parseRecordedAnswer> =>
    parseRecordedAnswer(bytes(JSON.stringify(loose)));

  it.each<readonly [string, Loose, string]>([
    ['another head', { head: OTHER_HEAD }, `head: ${HEAD}, expected ${OTHER_HEAD}`],
    ['another run', { trained: { id: 102, attempt: 2 } }, 'run: 101, expected 102'],
    [
      'another repository',
      { repository: parseRepositoryName('octocat/spam') },
      'repository: octocat/churn, expected octocat/spam',
    ],
  ])('is refused where its judgement is of %s', (_, change, problem) => {
    expect(parsed({ ...document(), ...change })).toEqual({ kind: 'invalid', problems: [problem] });
  });

  it('is taken where the name of the repository differs by its case alone, or the attempt', () => {
    const change = { repository: 'Octocat/Churn', trained: { id: 101, attempt: 9 } };
    expect(parsed({ ...document(), ...change })).toMatchObject({ kind: 'parsed', value: change });
  });

  const unjudged: HeadAnswer = { kind: 'unjudged', because: { kind: 'judging-failed' } };
  it.each<readonly [string, Loose]>([
    ['a field that nobody knows', { ...document(), more: true }],
    ['a reason that nobody knows', { ...document(unjudged), because: { kind: 'lunch' } }],
    ['a reason with more to it', { ...document(unjudged), because: { kind: 'judging-failed', by: 'ada' } }],
    ['no reason', { ...document(unjudged), because: undefined }],
    ['a judgement that is none', { ...document(), judgement: { verdict: 'accepted' } }],
    ['a judgement with overrides in it', withOverriddenInside()],
    ['an override with a field that nobody knows', { ...document(), overrides: [{ ...override(), admin: true }] }],
    ['an override of nothing', { ...document(), overrides: [{ ...override(), of: { kind: 'everything' } }] }],
    ['no list of overrides', { ...document(), overrides: undefined }],
    ['another schema', { ...document(), schema: 'touchstone/head-judgement/v1' }],
    ['a head that is a branch', { ...document(), head: 'main' }],
  ])('is refused with %s', (_, loose) => {
    expect(parsed(loose)).toMatchObject({ kind: 'invalid' });
  });

  it('is refused where it is no JSON', () => {
    expect(parseRecordedAnswer(bytes('{'))).toMatchObject({ kind: 'invalid' });
    expect(parseRecordedAnswer(new Uint8Array([0xff, 0xfe]))).toMatchObject({ kind: 'invalid' });
  });

  it('is refused where it is too long to be one', () => {
    const text = formatRecordedAnswer(recorded(unjudged));
    expect(parseRecordedAnswer(Buffer.from(text.padEnd(ANSWER_BYTES)))).toMatchObject({ kind: 'parsed' });
    expect(parseRecordedAnswer(Buffer.from(text.padEnd(ANSWER_BYTES + 1)))).toMatchObject({ kind: 'invalid' });
  });

  it('loses the overrides of another head, and those of nothing that is there', () => {
    const overrides = [
      override({ head: OTHER_HEAD }),
      override({ model: parseModelName('spam') }),
      override({ of: { kind: 'model' } }),
    ];
    const received = parsed({ ...document(), overrides });
    expect(received).toEqual({ kind: 'parsed', value: recorded(passedOn(models(rejected()))) });
  });

  function withOverriddenInside(): Loose {
    const { judgement, ...around } = document() as { judgement: { outcome: { sections: readonly Loose[] } } };
    const [section] = judgement.outcome.sections;
    const sections = [{ ...section, overridden: [override()] }];
    return { ...around, judgement: { ...judgement, outcome: { ...judgement.outcome, sections } } };
  }
});
