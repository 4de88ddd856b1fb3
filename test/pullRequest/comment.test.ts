import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommitSha } from '../../src/identity/git.ts';
import { checkOutput } from '../../src/pullRequest/checkOutput.ts';
import {
  formatMarker,
  historyAfter,
  MOST_HEADS,
  parseMarker,
  type CommentMarker,
} from '../../src/pullRequest/commentMarker.ts';
import { stickyComments, type ExistingComment } from '../../src/pullRequest/commentPlan.ts';
import { commentText, LONGEST_COMMENT } from '../../src/pullRequest/commentText.ts';
import type { ModelSection } from '../../src/pullRequest/headJudgement.ts';
import { CONCLUSIONS } from '../../src/pullRequest/standing.ts';
import { finding, regressed } from '../report/report.ts';
import { accepted, ANSWERED, HEAD, judged, notJudged, ofModels, rejected, unsettled, verdict } from './heads.ts';

const noLines = (): undefined => undefined;

function many(count: number, of: (name: string) => ModelSection): readonly [ModelSection, ...ModelSection[]] {
  const [first, ...others] = Array.from({ length: count }, (_, index) => of(`model-${index}`));
  if (first === undefined) throw new RangeError('none');
  return [first, ...others];
}

/** A model with a thousand gates, all of them against it. */
function large(name: string): ModelSection {
  const findings = Array.from({ length: 1000 }, (_, index) =>
    regressed({ metric: `recall[${'c'.repeat(60)}${index}]` }),
  );
  return judged(name, { verdict: verdict('rejected', true), findings });
}

describe('the comment', () => {
  it.each([
    ['one model', ofModels(accepted())],
    ['a model with 1,000 gates', ofModels(large('digits'))],
    ['12 models', ofModels(...many(12, accepted))],
    ['12 models with 1,000 gates each', ofModels(...many(12, large))],
    ['500 models', ofModels(...many(500, rejected))],
    [
      'a log without end',
      ofModels(
        notJudged('digits', {
          problems: Array.from({ length: 500 }, () => ({
            where: 'train.py',
            found: 'x'.repeat(9999),
            excerpt: Array.from({ length: 500 }, () => 'y'.repeat(9999)),
          })),
        }),
      ),
    ],
  ])('keeps within what GitHub takes, and so does the check: %s', (_, answer) => {
    const history = Array.from({ length: 40 }, () => ({
      head: HEAD,
      conclusion: 'failure' as const,
      title: '|<&'.repeat(100),
      judging: { id: 1, attempt: 1 },
    }));
    const text = commentText(answer, ANSWERED, history.slice(0, MOST_HEADS));
    expect(text.length).toBeLessThanOrEqual(LONGEST_COMMENT);
    expect(parseMarker(text)).toBeDefined();
    // What is opened is closed: else the rest of the page would fold with it.
    expect(text.match(/<details>/g)?.length ?? 0).toBe(text.match(/<\/details>/g)?.length ?? 0);
    const check = checkOutput(answer, ANSWERED, () => ({ path: 'touchstone.yml', line: 1 }));
    expect(Buffer.byteLength(check.summary)).toBeLessThanOrEqual(65_535);
    expect(Buffer.byteLength(check.text ?? '')).toBeLessThanOrEqual(65_535);
    expect(check.annotations.length).toBeLessThanOrEqual(50);
    expect(check.title.length).toBeLessThanOrEqual(255);
  });

  it('says how much of it is shown where it is cut', () => {
    expect(commentText(ofModels(large('digits')), ANSWERED, [])).toMatch(/\d+ of 988 shown\./);
    const models = commentText(ofModels(...many(500, rejected)), ANSWERED, []);
    expect(models).toContain('40 of 500 models shown.');
    expect(models).toMatch(/\d+ of 500 models shown in full/);
  });

  it('tells the worst first and folds what passes', () => {
    const text = commentText(ofModels(accepted('a'), rejected('b'), unsettled('c')), ANSWERED, []);
    const heading = (model: string): number => text.search(new RegExp(`### ❌ ${model} `));
    expect(heading('b')).toBeGreaterThan(0);
    expect(heading('b')).toBeLessThan(heading('c'));
    expect(heading('c')).toBeLessThan(text.indexOf('<details><summary>✅ a accepted'));
  });

  it('tells what the policy of the pull request would have said, and is not ruled by it', () => {
    const section = rejected('digits', { proposed: { kind: 'judged', run: accepted().run } });
    const text = commentText(ofModels(section), ANSWERED, []);
    expect(text).toContain('### ❌ digits rejected');
    expect(text).toContain('by the proposed one: digits accepted: `accuracy` +0.011');
  });

  it('lets no foreign text act, wherever it stands', () => {
    const hostile = '`</details><script>x</script>|\n\n# h @octocat #1 <!-- --> ![i](http://e.vil/x)';
    const section = judged(
      'digits',
      {
        verdict: verdict('rejected', true),
        findings: [regressed({ metric: hostile, slice: hostile, because: hostile }), finding({ slice: hostile })],
      },
      {
        run: {
          notes: [hostile],
          candidate: { label: hostile, digest: accepted().run.candidate.digest },
          reproduce: [hostile],
        },
      },
    );
    const others = notJudged('other', {
      problems: [
        { where: hostile, found: hostile, expected: hostile, remedy: hostile, excerpt: [hostile, '````', '~~~'] },
      ],
      anomalies: [{ id: '0a1b2c3d', code: hostile, severity: 'error', column: hostile, message: hostile }],
    });
    const text = commentText(ofModels(section, others, accepted('fine')), ANSWERED, []);
    const acting = outsideCode(text);
    expect(acting).not.toMatch(/<script|<!-- -->|!\[i|@octocat|http:\/\/e\.vil/);
    expect(acting.match(/<details>/g)?.length).toBe(acting.match(/<\/details>/g)?.length);
  });
});

/** The Markdown less its code: what GitHub may take for more than text. */
function outsideCode(text: string): string {
  return text
    .replace(/^ *(`{3,})text\n[\s\S]*?\n *\1$/gm, '')
    .replace(/`[^`\n]*`/g, '')
    .slice(text.indexOf('\n'));
}

describe('the check', () => {
  it('points at the lines of the gates that block', () => {
    const lines = (model: string, gate: string): { path: string; line: number } | undefined =>
      model === 'digits' && gate === 'recall[8]@overall' ? { path: 'touchstone.yml', line: 31 } : undefined;
    const { annotations } = checkOutput(ofModels(rejected()), ANSWERED, lines);
    expect(annotations).toEqual([
      {
        path: 'touchstone.yml',
        line: 31,
        level: 'failure',
        title: 'digits: regressed',
        message: expect.stringContaining('recall[8] got worse by more than is allowed') as unknown,
      },
    ]);
  });

  it('points at the lines of a configuration that cannot be read', () => {
    const problems = [
      { where: 'touchstone.yml:12:5 models.churn', found: 'odd', remedy: 'Mend it' },
      { where: '/etc/passwd:1:1', found: 'not of the repository' },
    ];
    const outcome = { kind: 'invalid-config', problems } as const;
    const answer = { kind: 'judged', judgement: { ...judgementOf(), outcome } } as const;
    const { annotations } = checkOutput(answer, ANSWERED, noLines);
    expect(annotations).toMatchObject([{ path: 'touchstone.yml', line: 12, message: 'odd. Mend it.' }]);
  });

  it('shows what cannot be seen in a remark, and cuts it where it has no end', () => {
    const problems = [{ where: 'touchstone.yml:12:5', found: `a\u202eb\u0007${'c'.repeat(5000)}` }];
    const outcome = { kind: 'invalid-config', problems } as const;
    const answer = { kind: 'judged', judgement: { ...judgementOf(), outcome } } as const;
    const [remark] = checkOutput(answer, ANSWERED, noLines).annotations;
    expect(remark?.message).toMatch(/^a\\u202eb\\u0007c+…$/);
    expect(remark?.message.length).toBeLessThan(2100);
  });
});

function judgementOf(): Extract<ReturnType<typeof ofModels>, { kind: 'judged' }>['judgement'] {
  const answer = ofModels(accepted());
  if (answer.kind !== 'judged') throw new Error('judged');
  return answer.judgement;
}

describe('the marker', () => {
  const head = fc.stringMatching(/^[0-9a-f]{40}$/).map(parseCommitSha);
  // Chance alone hardly ever finds what an HTML comment is made of.
  const acting = fc.constantFrom('-', '--', '>', '-->', '<!--', '&gt;', '\n');
  const judgedHead = fc.record({
    head,
    conclusion: fc.constantFrom(...CONCLUSIONS),
    title: fc.string({
      unit: fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), acting),
      maxLength: 40,
    }),
    judging: fc.record({ id: fc.integer({ min: 1 }), attempt: fc.integer({ min: 1 }) }),
  });
  const marker = fc
    .tuple(judgedHead, fc.array(judgedHead, { maxLength: MOST_HEADS }))
    .map(([last, history]): CommentMarker => ({ ...last, history }));

  it('comes back as it was written, and ends no comment of HTML early', () => {
    fc.assert(
      fc.property(marker, fc.string(), (written, rest) => {
        const line = formatMarker(written);
        expect(line).not.toContain('\n');
        expect(line.slice('<!--'.length, -'-->'.length)).not.toMatch(/--|>/);
        expect(parseMarker(`${line}\n${rest}`)).toEqual(written);
      }),
    );
  });

  it.each(['', 'Some words', '<!-- touchstone:comment {} -->', '<!-- touchstone:comment nothing -->'])(
    'is none in %j',
    (body) => {
      expect(parseMarker(body)).toBeUndefined();
    },
  );

  it("counts in nobody else's comment, nor below the first line", () => {
    const body = commentText(ofModels(accepted()), ANSWERED, []);
    const comment = (change: Partial<ExistingComment>): ExistingComment => ({
      id: 1,
      nodeId: 'a',
      body,
      own: true,
      ...change,
    });
    expect(stickyComments([comment({})])).toHaveLength(1);
    expect(stickyComments([comment({ own: false })])).toEqual([]);
    expect(stickyComments([comment({ body: `> quoted\n${body}` })])).toEqual([]);
  });

  it('remembers each head once, and a bounded number of them', () => {
    const heads = Array.from({ length: 20 }, (_, index) => parseCommitSha(index.toString(16).padStart(40, '0')));
    let last: CommentMarker | undefined;
    for (const each of [...heads, ...heads]) {
      last = {
        head: each,
        conclusion: 'success',
        title: '',
        judging: { id: 1, attempt: 1 },
        history: historyAfter(last, each),
      };
    }
    expect(last?.history).toHaveLength(MOST_HEADS);
    expect(new Set([last?.head, ...(last?.history.map(({ head: of }) => of) ?? [])]).size).toBe(MOST_HEADS + 1);
  });
});

describe('the last line', () => {
  it('names the ruling configuration and the report only where there is one', () => {
    const text = (answer: Parameters<typeof commentText>[0]): string => commentText(answer, ANSWERED, []);
    expect(text(ofModels(accepted()))).toMatch(/ruled by .*whole report/);
    expect(text(ofModels(notJudged('digits')))).not.toContain('whole report');
    const begins = { ...judgementOf(), outcome: { kind: 'begins', models: [] } } as const;
    expect(text({ kind: 'judged', judgement: begins })).not.toContain('ruled by');
  });

  it('leads to the log of what failed, and nowhere that an address could smuggle in', () => {
    const failed = (where: string): string =>
      commentText(
        ofModels(notJudged('digits', { problems: [{ where, found: 'the job failed', remedy: 'See its log' }] })),
        ANSWERED,
        [],
      );
    expect(failed('https://github.com/acme/churn/actions/runs/1/job/2')).toContain(
      'the job failed: [See its log](https://github.com/acme/churn/actions/runs/1/job/2).',
    );
    expect(failed('https://github.com/x) [y](https://evil.example')).not.toContain('](https://github.com/x');
    expect(failed('javascript:alert(1)')).not.toContain('](javascript');
  });

  it('says how to register after a merge: a clone has not trained what the pull request did', () => {
    expect(commentText(ofModels(accepted('digits')), ANSWERED, [])).toContain(
      '`touchstone run digits`, `touchstone register digits`',
    );
  });
});
