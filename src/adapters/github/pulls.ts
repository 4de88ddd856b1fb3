import * as v from 'valibot';
import {
  isCommitSha,
  isRepositoryName,
  splitRepositoryName,
  type CommitSha,
  type RepositoryName,
} from '../../identity/git.ts';
import { pullsOfHead, type PullRequestHead, type RunFacts } from '../../pullRequest/identifyRun.ts';
import { answerOf } from './answer.ts';
import type { GitHubClient } from './gitHubClient.ts';

const pull = v.object({
  number: v.number(),
  state: v.string(),
  // Of an account that is gone there is none.
  user: v.nullish(v.object({ login: v.string() })),
  head: v.object({
    sha: v.custom<CommitSha>((text) => typeof text === 'string' && isCommitSha(text), 'expected a commit'),
    // Of a fork that is gone there is none.
    repo: v.nullish(v.object({ full_name: v.string() })),
  }),
});

/** Pull requests of a repository. */
export interface Pulls {
  /** The open ones whose head is that of a run; none where the branch has moved on. */
  ofHead(run: Pick<RunFacts, 'head' | 'headBranch' | 'headRepository'>): Promise<readonly PullRequestHead[]>;
}

export function gitHubPulls(client: GitHubClient, repository: RepositoryName): Pulls {
  const place = splitRepositoryName(repository);
  return {
    async ofHead(run) {
      const { headBranch, headRepository } = run;
      if (headBranch === undefined || headRepository === undefined) return [];
      const { owner } = splitRepositoryName(headRepository);
      const { data } = await client.rest.pulls.list({
        ...place,
        state: 'open',
        // Of one branch there are as many as there are bases.
        head: `${owner}:${headBranch}`,
        per_page: 100,
      });
      const found = answerOf('the pull requests of a head', v.array(pull), data);
      const heads = found.map(({ number, state, head, user }): PullRequestHead => {
        const from = head.repo?.full_name;
        return {
          number,
          state,
          head: head.sha,
          ...(user && { author: user.login }),
          ...(from !== undefined && isRepositoryName(from) && { headRepository: from }),
        };
      });
      return pullsOfHead(run, heads);
    },
  };
}
