import * as v from 'valibot';
import { isCommitSha, splitRepositoryName, type RepositoryName } from '../../identity/git.ts';
import type { Queue } from '../../pullRequest/answers.ts';
import type { QueuedPull } from '../../pullRequest/mergeGroup.ts';
import type { GitHubClient } from './gitHubClient.ts';
import { askGraphQl } from './graphQl.ts';
import { CHECKS_FRAGMENT, commitWithChecks, ownCheck, present, viewer } from './presentChecks.ts';

// GitHub builds groups of 100 at most.
const QUEUE = `
  query ($owner: String!, $name: String!, $branch: String!) {
    viewer { login }
    repository(owner: $owner, name: $name) {
      mergeQueue(branch: $branch) {
        entries(first: 100) {
          nodes {
            position
            headCommit { oid }
            pullRequest { number headRefOid commits(last: 1) { nodes { commit { ...Checks } } } }
          }
        }
      }
    }
  }
  ${CHECKS_FRAGMENT}`;
const pullRequest = v.object({
  number: v.number(),
  headRefOid: v.string(),
  commits: v.object({ nodes: v.nullish(v.array(v.nullish(v.object({ commit: commitWithChecks })))) }),
});
const entry = v.object({
  position: v.number(),
  headCommit: v.nullish(v.object({ oid: v.string() })),
  pullRequest: v.nullish(pullRequest),
});
const queueAnswer = v.object({
  viewer,
  repository: v.object({
    mergeQueue: v.nullish(v.object({ entries: v.nullish(v.object({ nodes: v.nullish(v.array(v.nullish(entry))) })) })),
  }),
});

const CHECK = `
  query ($owner: String!, $name: String!, $head: GitObjectID!) {
    viewer { login }
    repository(owner: $owner, name: $name) { object(oid: $head) { ...Checks } }
  }
  ${CHECKS_FRAGMENT}`;
const checkAnswer = v.object({
  viewer,
  repository: v.object({ object: v.nullish(v.union([commitWithChecks, v.strictObject({})])) }),
});

export function gitHubQueue(client: GitHubClient, repository: RepositoryName): Queue {
  const { owner, repo: name } = splitRepositoryName(repository);
  return {
    async pulls(branch) {
      const answer = await askGraphQl(client, 'the merge queue', QUEUE, { owner, name, branch }, queueAnswer);
      return [...present(answer.repository.mergeQueue?.entries?.nodes)]
        .sort((a, b) => a.position - b.position)
        .flatMap(({ headCommit, pullRequest: pull }): QueuedPull[] => {
          if (!pull || !isCommitSha(pull.headRefOid)) return [];
          const commit = present(pull.commits.nodes).find(({ commit: { oid } }) => oid === pull.headRefOid)?.commit;
          const check = ownCheck(commit, answer.viewer.login);
          const group = headCommit?.oid;
          return [
            {
              number: pull.number,
              head: pull.headRefOid,
              ...(group !== undefined && isCommitSha(group) && { group }),
              ...(check?.conclusion !== undefined && {
                check: { passed: check.conclusion === 'success', title: check.title },
              }),
            },
          ];
        });
    },

    async check(group) {
      const answer = await askGraphQl(
        client,
        `the check on ${group}`,
        CHECK,
        { owner, name, head: group },
        checkAnswer,
      );
      const { object } = answer.repository;
      return object && 'oid' in object ? ownCheck(object, answer.viewer.login) : undefined;
    },
  };
}
