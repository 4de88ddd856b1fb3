import type { EnvironmentSettings, Setting } from '../../diagnosis/gitHubFacts.ts';
import type { Place } from './place.ts';
import { setting } from './settingAnswer.ts';

const ACTIONS = 'Actions: read';

export function environments({ client, owner, repo }: Place): Promise<Setting<readonly EnvironmentSettings[]>> {
  return setting(ACTIONS, async () => {
    const { data } = await client.rest.repos.getAllEnvironments({ owner, repo, per_page: 100 });
    return Promise.all(
      (data.environments ?? []).map(
        async ({ name, deployment_branch_policy: policy }): Promise<EnvironmentSettings> => {
          if (policy === null || policy === undefined) return { name, branches: { kind: 'any' } };
          if (policy.protected_branches) return { name, branches: { kind: 'protected' } };
          const patterns = await setting(ACTIONS, async () => {
            const answer = await client.rest.repos.listDeploymentBranchPolicies({
              owner,
              repo,
              environment_name: name,
              per_page: 100,
            });
            return answer.data.branch_policies.flatMap((each) => (each.name === undefined ? [] : [each.name]));
          });
          return { name, branches: { kind: 'named', patterns } };
        },
      ),
    );
  });
}
