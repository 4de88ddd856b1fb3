import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { openGitHub, type GitHubClient } from '../../../src/adapters/github/gitHubClient.ts';
import { GitHub } from '../../github/gitHub.ts';

const ANSWER_WITHIN_MS = 400;

async function impatientClient(): Promise<GitHubClient> {
  const github = await GitHub.start();
  onTestFinished(() => github.close());
  const owner = github.createUser('octocat');
  await github.createRepository('churn', { owner });
  return openGitHub({
    ...{ baseUrl: github.apiUrl, token: github.token({ user: owner }) },
    ...{ msPerSecond: 1, answerWithinMs: ANSWER_WITHIN_MS },
  });
}

const ask = (client: GitHubClient): ReturnType<GitHubClient['rest']['repos']['get']> =>
  client.rest.repos.get({ owner: 'octocat', repo: 'churn' });

it('asks on after requests side by side whose time ran out one after the other', async () => {
  const client = await impatientClient();
  // The second one begins while the first is under way, and ends after it.
  await Promise.all([ask(client), ask(client), ask(client)]);
  await sleep(2 * ANSWER_WITHIN_MS);
  expect((await ask(client)).status).toBe(200);
});
