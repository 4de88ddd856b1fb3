import * as v from 'valibot';
import type { Runner, RunnerGroup, Setting } from '../../diagnosis/gitHubFacts.ts';
import type { Place } from './place.ts';
import { answerOf } from '../github/answer.ts';
import { setting } from './settingAnswer.ts';

/** Those that are registered with the repository itself. */
export function runnersOf({ client, owner, repo }: Place): Promise<Setting<readonly Runner[]>> {
  return setting('Administration: read', async () => {
    const runners = await client.paginate(client.rest.actions.listSelfHostedRunnersForRepo, {
      owner,
      repo,
      per_page: 100,
    });
    return runners.map(runnerOf);
  });
}

/** The groups of the organisation that this repository can use, with their machines. */
export async function groupsOf(
  { client, owner, repo }: Place,
  ownedBy: 'organisation' | 'person',
): Promise<Setting<readonly RunnerGroup[]>> {
  if (ownedBy === 'person') return { kind: 'not-offered', because: 'runner groups exist in organisations alone' };
  return setting('Organization self hosted runners: read', async () => {
    const params = { org: owner, visible_to_repository: repo, per_page: 100 };
    const { data } = await client.request('GET /orgs/{org}/actions/runner-groups', params);
    const { runner_groups: groups } = answerOf(`the runner groups of ${owner}`, GROUPS, data);
    return Promise.all(
      groups.map(async (group): Promise<RunnerGroup> => {
        const answer = await client.request('GET /orgs/{org}/actions/runner-groups/{runner_group_id}/runners', {
          org: owner,
          runner_group_id: group.id,
          per_page: 100,
        });
        const { runners } = answerOf(`the runners of ${owner}`, RUNNERS, answer.data);
        return {
          name: group.name,
          everyRepository: group.visibility === 'all',
          publicRepositories: group.allows_public_repositories,
          ...(group.restricted_to_workflows === true && { workflows: group.selected_workflows ?? [] }),
          runners: runners.map(runnerOf),
        };
      }),
    );
  });
}

// https://docs.github.com/rest/actions/self-hosted-runner-groups; the client's own types leave these out.
const GROUPS = v.object({
  runner_groups: v.array(
    v.object({
      id: v.number(),
      name: v.string(),
      visibility: v.string(),
      allows_public_repositories: v.boolean(),
      restricted_to_workflows: v.optional(v.boolean()),
      selected_workflows: v.optional(v.array(v.string())),
    }),
  ),
});

const RUNNERS = v.object({
  runners: v.array(
    v.object({
      name: v.string(),
      labels: v.array(v.object({ name: v.string() })),
      ephemeral: v.optional(v.boolean()),
    }),
  ),
});

function runnerOf(runner: {
  readonly name: string;
  readonly labels: readonly { readonly name: string }[];
  readonly ephemeral?: boolean | undefined;
}): Runner {
  return { name: runner.name, labels: runner.labels.map(({ name }) => name), ephemeral: runner.ephemeral === true };
}
