import { describe, expect, it } from 'vitest';
import { tellPublished } from '../../actions/publish/tellPublished.ts';
import type { PublishedHead } from '../../src/commands/publish.ts';
import { parseCommitSha } from '../../src/identity/git.ts';
import { ofModels, rejected, REPOSITORY } from '../pullRequest/heads.ts';

describe('a step that publishes', () => {
  it('says in its log what the answer is, and where it was put', () => {
    const { lines, annotations } = tellPublished(published());
    expect(lines).toEqual([
      'digits rejected: accuracy −0.2 against digits@v1',
      'Check "touchstone" of aaaaaaaa, failure: written.',
      'Comment on pull request 7: edited.',
      'Verdicts put on record: 1.',
    ]);
    // The pull request is told; the step did what it is there for.
    expect(annotations).toEqual([]);
  });

  it('says why nothing is known of a head in the log, in the summary and as an annotation', () => {
    const problem = 'GitHub answers 403. The token needs "contents: write"';
    const { lines, summary, annotations } = tellPublished(
      published({
        standing: { conclusion: 'failure', title: 'Could not be recorded: the registry failed' },
        answered: { ...published().answered, answer: { kind: 'unjudged', because: { kind: 'not-recorded', problem } } },
        recorded: 0,
      }),
    );
    expect(lines[1]).toBe(problem);
    expect(summary.join('')).toContain('contents');
    expect(annotations).toMatchObject([{ severity: 'error', message: expect.stringContaining(problem) as string }]);
  });

  it('says what it left to the App', () => {
    expect(tellPublished(published({ shown: { kind: 'left-to-app' } })).lines).toEqual([
      'digits rejected: accuracy −0.2 against digits@v1',
      'Check "touchstone" of aaaaaaaa, failure, and the comment: left to the App.',
      'Verdicts put on record: 1.',
    ]);
    const { head } = published();
    const group = tellPublished({ kind: 'merge-group', head, shown: { kind: 'left-to-app' } });
    expect(group.lines).toEqual([
      'A merge group has nothing to record',
      'Check "touchstone" of aaaaaaaa: left to the App.',
    ]);
    expect(group.summary.join('')).toContain('left to the App');
  });

  it('says of a merge group how it stands', () => {
    const standing = { conclusion: 'success' as const, title: '2 pull requests, each judged' };
    const { head } = published();
    const { lines } = tellPublished({
      kind: 'merge-group',
      head,
      shown: { kind: 'written', standing, check: 'create' },
    });
    expect(lines).toEqual([standing.title, 'Check "touchstone" of aaaaaaaa, success: written.']);
  });

  it('lets no title write Markdown into the summary', () => {
    const { summary } = tellPublished(published({ standing: { conclusion: 'failure', title: '<img src=x>\n# big' } }));
    expect(summary.join('')).not.toMatch(/<img|^# big/m);
  });
});

function published(change: Partial<PublishedHead> = {}): PublishedHead {
  const head = parseCommitSha('a'.repeat(40));
  return {
    kind: 'head',
    head,
    answered: { repository: REPOSITORY, head, trained: { id: 101, attempt: 1 }, answer: ofModels(rejected()) },
    standing: { conclusion: 'failure', title: 'digits rejected: accuracy −0.2 against digits@v1' },
    shown: { kind: 'written', check: 'create', comments: [{ pull: 7, done: 'edit' }] },
    recorded: 1,
    ...change,
  };
}
