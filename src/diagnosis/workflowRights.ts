import { notApplicable, ok, problem, warning, type Check } from './check.ts';
import { ghApi, settingsPage } from './gitHubCommand.ts';
import type { ActionsPolicy, RepositorySettings } from './gitHubFacts.ts';

/** Whether code of a stranger waits for somebody's word before it runs, and what it could do then. */
export function checkForks(settings: RepositorySettings): readonly Check[] {
  const { forks } = settings;
  const id = 'github.forks';
  if (forks.kind !== 'read') return [];
  const policy = forks.value;
  if (policy.kind === 'public') {
    if (policy.approval === 'all_external_contributors') {
      return [ok(id, 'pull requests of all external contributors wait for approval before they run')];
    }
    const who =
      policy.approval === 'first_time_contributors' ? 'who had a commit merged once' : 'who is not new to GitHub';
    return [
      problem(id, `a pull request from a fork runs on your machines without approval, of everybody ${who}`, {
        expected: 'approval for all external contributors',
        remedy: `Run: ${ghApi(settings, 'PUT', 'actions/permissions/fork-pr-contributor-approval', { approval_policy: 'all_external_contributors' })}`,
      }),
    ];
  }
  if (!policy.run) return [notApplicable(id, 'pull requests from forks run no workflows here')];
  const path = 'actions/permissions/fork-pr-workflows-private-repos';
  const safe = {
    run_workflows_from_fork_pull_requests: true,
    send_write_tokens_to_workflows: false,
    send_secrets_and_variables: false,
    require_approval_for_fork_pr_workflows: true,
  };
  const remedy = `Run: ${ghApi(settings, 'PUT', path, safe)}`;
  if (policy.writeTokens || policy.secrets) {
    const what = [policy.writeTokens && 'a token that can write', policy.secrets && 'secrets'].filter(
      (each) => each !== false,
    );
    return [problem(id, `workflows of pull requests from forks get ${what.join(' and ')}`, { remedy })];
  }
  if (!policy.approval) {
    return [warning(id, 'pull requests from forks run without approval', { remedy })];
  }
  return [ok(id, 'pull requests from forks wait for approval, and get neither secrets nor a token that can write')];
}

/** What a workflow may do that does not say it: each of them could write the check. */
export function checkTokenDefaults(settings: RepositorySettings): readonly Check[] {
  const { token } = settings;
  const id = 'github.token';
  if (token.kind !== 'read') return [];
  const { write, approvesPullRequests } = token.value;
  const remedy = `Run: ${ghApi(settings, 'PUT', 'actions/permissions/workflow', { default_workflow_permissions: 'read', can_approve_pull_request_reviews: false })}`;
  if (!write && !approvesPullRequests) return [ok(id, 'workflows may read alone where they do not say otherwise')];
  const found = [
    write && 'every workflow that does not say otherwise can write, checks and the registry too',
    approvesPullRequests && 'workflows can approve pull requests',
  ].filter((each) => each !== false);
  return [warning(id, found.join('; '), { expected: 'rights to read, and approvals by people', remedy })];
}

/** Whether the actions of the two workflows may run at all, and others only by commit. */
export function checkActionsPolicy(settings: RepositorySettings, touchstone: string): readonly Check[] {
  const { actions } = settings;
  const id = 'github.actions';
  if (actions.kind !== 'read') return [];
  const policy = actions.value;
  if (!policy.enabled) {
    return [
      problem(id, 'Actions are switched off', {
        remedy: `Run: ${ghApi(settings, 'PUT', 'actions/permissions', { enabled: true, allowed_actions: 'all', sha_pinning_required: true })}`,
      }),
    ];
  }
  const kept = refusedActions(policy, touchstone);
  if (kept.length > 0) {
    return [
      problem(id, `${kept.join(' and ')} may not run here`, {
        expected: `actions/checkout, actions/upload-artifact, actions/download-artifact and ${touchstone}`,
        remedy: `Allow them: ${settingsPage(settings, 'actions')}`,
      }),
    ];
  }
  if (policy.commitsRequired === false) {
    return [
      warning(id, 'workflows may use actions by a tag, which whoever owns the action can move', {
        expected: 'full commits, as the two workflows have them',
        remedy: `Tick "Require actions to be pinned to a full-length commit SHA": ${settingsPage(settings, 'actions')}`,
      }),
    ];
  }
  return [
    ok(
      id,
      policy.commitsRequired === true ? 'actions run by their commits alone' : 'the actions of the workflows may run',
    ),
  ];
}

/** Of what the workflows use: what the policy does not let run; nothing where it cannot be told. */
function refusedActions({ allowed }: ActionsPolicy, touchstone: string): readonly string[] {
  switch (allowed.kind) {
    case 'all':
      return [];
    case 'local':
      return ['the actions of GitHub', 'those of Touchstone'];
    case 'selected': {
      if (allowed.patterns.kind !== 'read') return [];
      const matches = (name: string): boolean =>
        allowed.patterns.kind === 'read' && allowed.patterns.value.some((pattern) => patternOf(pattern).test(name));
      return [
        ...(allowed.ofGitHub || matches('actions/checkout@v1') ? [] : ['the actions of GitHub']),
        ...(matches(`${touchstone}/actions/judge@v1`) || matches(`${touchstone}@v1`)
          ? []
          : [`the actions of ${touchstone}`]),
      ];
    }
  }
}

/** `owner/name@*`, `owner/*`: "*" is any text, and a pattern without a version is for all of them. */
function patternOf(pattern: string): RegExp {
  const whole = pattern.includes('@') || pattern.endsWith('*') ? pattern : `${pattern}@*`;
  return new RegExp(`^${whole.split('*').map(escaped).join('.*')}$`, 'i');
}

const escaped = (text: string): string => text.replaceAll(/[.+?^${}()|[\]\\/-]/g, '\\$&');
