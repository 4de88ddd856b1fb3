import { describe, expect, it } from 'vitest';
import { tellPublished } from '../../actions/publish/tellPublished.ts';
import type { PublishOutcome } from '../../src/commands/publish.ts';
import { isCommitSha, type CommitSha } from '../../src/identity/git.ts';

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
        answer: { kind: 'unjudged', because: { kind: 'not-recorded', problem } },
        recorded: 0,
      }),
    );
    expect(lines[1]).toBe(problem);
    expect(summary.join('')).toContain('contents');
    expect(annotations).toMatchObject([{ severity: 'error', message: expect.stringContaining(problem) as string }]);
  });

  it('lets no title write Markdown into the summary', () => {
    const { summary } = tellPublished(published({ standing: { conclusion: 'failure', title: '<img src=x>\n# big' } }));
    expect(summary.join('')).not.toMatch(/<img|^# big/m);
  });
});

function published(change: Partial<PublishOutcome> = {}): PublishOutcome {
  return {
    kind: 'head',
    head: commit('a'.repeat(40)),
    standing: { conclusion: 'failure', title: 'digits rejected: accuracy −0.2 against digits@v1' },
    check: 'create',
    comments: [{ pull: 7, done: 'edit' }],
    recorded: 1,
    ...change,
  };
}

function commit(sha: string): CommitSha {
  if (!isCommitSha(sha)) throw new TypeError(sha);
  return sha;
}
