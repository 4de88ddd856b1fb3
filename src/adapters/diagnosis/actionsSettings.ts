import type { ActionsPolicy, ForkPolicy, Setting, TokenDefaults } from '../../diagnosis/gitHubFacts.ts';
import type { Place } from './place.ts';
import { setting } from './settingAnswer.ts';

const ADMINISTRATION = 'Administration: read';

export function forkPolicy({ client, owner, repo }: Place, isPublic: boolean): Promise<Setting<ForkPolicy>> {
  return setting(ADMINISTRATION, async (): Promise<ForkPolicy> => {
    if (isPublic) {
      const { data } = await client.request(
        'GET /repos/{owner}/{repo}/actions/permissions/fork-pr-contributor-approval',
        { owner, repo },
      );
      return { kind: 'public', approval: data.approval_policy };
    }
    const { data } = await client.request(
      'GET /repos/{owner}/{repo}/actions/permissions/fork-pr-workflows-private-repos',
      { owner, repo },
    );
    return {
      kind: 'private',
      run: data.run_workflows_from_fork_pull_requests,
      writeTokens: data.send_write_tokens_to_workflows,
      secrets: data.send_secrets_and_variables,
      approval: data.require_approval_for_fork_pr_workflows,
    };
  });
}

export function tokenDefaults({ client, owner, repo }: Place): Promise<Setting<TokenDefaults>> {
  return setting(ADMINISTRATION, async () => {
    const { data } = await client.rest.actions.getGithubActionsDefaultWorkflowPermissionsRepository({ owner, repo });
    return {
      write: data.default_workflow_permissions === 'write',
      approvesPullRequests: data.can_approve_pull_request_reviews,
    };
  });
}

export function actionsPolicy({ client, owner, repo }: Place): Promise<Setting<ActionsPolicy>> {
  return setting(ADMINISTRATION, async (): Promise<ActionsPolicy> => {
    const { data } = await client.rest.actions.getGithubActionsPermissionsRepository({ owner, repo });
    const { enabled, allowed_actions: allowed, sha_pinning_required: commitsRequired } = data;
    return {
      enabled,
      ...(commitsRequired !== undefined && { commitsRequired }),
      allowed: await allowedActions({ client, owner, repo }, allowed),
    };
  });
}

async function allowedActions(
  { client, owner, repo }: Place,
  allowed: 'all' | 'local_only' | 'selected' | undefined,
): Promise<ActionsPolicy['allowed']> {
  if (allowed === 'local_only') return { kind: 'local' };
  if (allowed !== 'selected') return { kind: 'all' };
  const selected = await setting(ADMINISTRATION, async () => {
    const { data } = await client.rest.actions.getAllowedActionsRepository({ owner, repo });
    return data;
  });
  if (selected.kind !== 'read') return { kind: 'selected', ofGitHub: true, patterns: selected };
  const { github_owned_allowed: ofGitHub = false, patterns_allowed: patterns = [] } = selected.value;
  return { kind: 'selected', ofGitHub, patterns: { kind: 'read', value: patterns } };
}
