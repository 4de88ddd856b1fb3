import { type Call, type Json, Refusal, type Routes, listed, notFound, page } from '../route.ts';
import { nodeId } from '../state/account.ts';
import { commitJson, readCommit } from '../state/commits.ts';
import type { StandInRepository } from '../state/repository.ts';
import type { Environment, Protection, RunnerGroup, SelfHostedRunner } from '../state/settings.ts';

/** What an administrator sets: rules and protection of branches, what Actions may, machines, environments. */
export const settingRoutes: Routes = {
  'GET /repos/{owner}/{repo}/branches/{branch}': {
    needs: 'contents: read',
    async handle({ repository, params }) {
      const sha = await repository.resolve(`refs/heads/${params.branch}`);
      if (sha === undefined) throw new Refusal(404, 'Branch not found');
      const url = `${repository.url}/branches/${encodeURIComponent(params.branch)}`;
      const protection = repository.settings.protections.get(params.branch);
      return {
        status: 200,
        body: {
          name: params.branch,
          commit: commitJson(repository, await readCommit(repository, sha)),
          _links: { self: url, html: `${repository.htmlUrl}/tree/${params.branch}` },
          protected:
            protection !== undefined || repository.settings.rulesOn(params.branch, repository.defaultBranch).length > 0,
          protection: protectionJson(protection),
          protection_url: `${url}/protection`,
        },
      };
    },
  },
  'PATCH /repos/{owner}/{repo}/branches/{branch}/protection/required_status_checks': {
    needs: 'administration: write',
    handle({ repository, params, body }) {
      const protection = repository.settings.protections.get(params.branch);
      if (!protection) throw new Refusal(404, 'Required status checks not enabled');
      protection.strict = body?.strict ?? protection.strict;
      if (body?.checks) {
        protection.checks = body.checks.map(({ context, app_id: app = -1 }) => ({
          context,
          app_id: app === -1 ? null : app,
        }));
      }
      const url = `${repository.url}/branches/${encodeURIComponent(params.branch)}/protection/required_status_checks`;
      return { status: 200, body: { url, contexts_url: `${url}/contexts`, ...checksJson(protection) } };
    },
  },
  'GET /repos/{owner}/{repo}/rules/branches/{branch}': {
    needs: 'metadata: read',
    handle(call) {
      const { repository, params } = call;
      if (repository.settings.planWithoutRules && repository.isPrivate) {
        throw new Refusal(403, 'Upgrade to GitHub Pro or make this repository public to enable this feature.');
      }
      const rules = repository.settings.rulesOn(params.branch, repository.defaultBranch);
      return listed(call, rules, ({ type, parameters, ruleset }) => ({
        type,
        ...(parameters && { parameters }),
        ruleset_source_type: ruleset.organisation === undefined ? 'Repository' : 'Organization',
        ruleset_source: ruleset.organisation ?? repository.fullName,
        ruleset_id: ruleset.id,
      }));
    },
  },
  'POST /repos/{owner}/{repo}/rulesets': {
    needs: 'administration: write',
    handle({ repository, body, github }) {
      const { rulesets } = repository.settings;
      if (rulesets.some(({ name }) => name === body.name)) throw new Refusal(422, 'Name must be unique');
      const branches = body.conditions?.ref_name?.include ?? [];
      const ruleset = {
        id: github.nextId('ruleset'),
        name: body.name,
        enforcement: body.enforcement,
        branches,
        rules: body.rules ?? [],
      };
      rulesets.push(ruleset);
      const { id, name, enforcement, rules } = ruleset;
      return {
        status: 201,
        body: {
          ...{ id, name, enforcement, rules },
          target: 'branch',
          source_type: 'Repository',
          source: repository.fullName,
          conditions: body.conditions,
        },
      };
    },
  },
  'GET /repos/{owner}/{repo}/actions/permissions': {
    needs: 'administration: read',
    handle: ({ repository }) => ({ status: 200, body: repository.settings.actions }),
  },
  'PUT /repos/{owner}/{repo}/actions/permissions': {
    needs: 'administration: write',
    handle({ repository, body }) {
      repository.settings.actions = { ...repository.settings.actions, ...body };
      return { status: 204 };
    },
  },
  'GET /repos/{owner}/{repo}/actions/permissions/selected-actions': {
    needs: 'administration: read',
    handle({ repository }) {
      if (repository.settings.actions.allowed_actions !== 'selected') throw new Refusal(409, 'Conflict');
      return { status: 200, body: repository.settings.selectedActions };
    },
  },
  'GET /repos/{owner}/{repo}/actions/permissions/workflow': {
    needs: 'administration: read',
    handle: ({ repository }) => ({ status: 200, body: repository.settings.token }),
  },
  'PUT /repos/{owner}/{repo}/actions/permissions/workflow': {
    needs: 'administration: write',
    handle({ repository, body }) {
      repository.settings.token = { ...repository.settings.token, ...body };
      return { status: 204 };
    },
  },
  'GET /repos/{owner}/{repo}/actions/permissions/fork-pr-contributor-approval': {
    needs: 'administration: read',
    handle({ repository }) {
      if (repository.isPrivate) throw notFound();
      return { status: 200, body: { approval_policy: repository.settings.forkApproval } };
    },
  },
  'PUT /repos/{owner}/{repo}/actions/permissions/fork-pr-contributor-approval': {
    needs: 'administration: write',
    handle({ repository, body }) {
      repository.settings.forkApproval = body.approval_policy;
      return { status: 204 };
    },
  },
  'GET /repos/{owner}/{repo}/actions/permissions/fork-pr-workflows-private-repos': {
    needs: 'administration: read',
    handle({ repository }) {
      if (!repository.isPrivate) throw notFound();
      return { status: 200, body: repository.settings.privateForks };
    },
  },
  'PUT /repos/{owner}/{repo}/actions/permissions/fork-pr-workflows-private-repos': {
    needs: 'administration: write',
    handle({ repository, body }) {
      repository.settings.privateForks = { ...repository.settings.privateForks, ...body };
      return { status: 204 };
    },
  },
  'GET /repos/{owner}/{repo}/actions/runners': {
    needs: 'administration: read',
    handle: (call) => counted(call, 'runners', call.repository.settings.runners, runnerJson),
  },
  'GET /repos/{owner}/{repo}/environments': {
    needs: 'actions: read',
    handle: (call) =>
      counted(call, 'environments', call.repository.settings.environments, (each) => environmentJson(call, each)),
  },
  'GET /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies': {
    needs: 'actions: read',
    handle(call) {
      const { settings } = call.repository;
      const found = settings.environments.find(({ name }) => name === call.params.environment_name);
      if (!found) throw notFound();
      const patterns = Array.isArray(found.branches) ? found.branches : [];
      return counted(call, 'branch_policies', patterns, (name: string, id) => ({
        id,
        node_id: nodeId('DBP', id),
        name,
        type: 'branch',
      }));
    },
  },
  'GET /repos/{owner}/{repo}/immutable-releases': {
    needs: 'administration: read',
    handle({ repository }) {
      if (!repository.settings.immutableReleases) throw notFound();
      return { status: 200, body: { enabled: true, enforced_by_owner: false } };
    },
  },
  'GET /orgs/{org}/actions/runner-groups': {
    needs: 'organization_self_hosted_runners: read',
    handle(call) {
      const { org } = call.params;
      const { visible_to_repository: name } = call.query;
      const groups = groupsOf(call, org).filter(({ repository }) => name === undefined || repository.name === name);
      return counted(call, 'runner_groups', groups, ({ group, id }) => ({
        id,
        name: group.name,
        visibility: group.visibility ?? 'selected',
        default: false,
        runners_url: `${call.github.apiUrl}/orgs/${org}/actions/runner-groups/${id}/runners`,
        inherited: false,
        allows_public_repositories: group.publicRepositories ?? false,
        restricted_to_workflows: group.workflows !== undefined,
        selected_workflows: group.workflows ?? [],
      }));
    },
  },
  'GET /orgs/{org}/actions/runner-groups/{runner_group_id}/runners': {
    needs: 'organization_self_hosted_runners: read',
    handle(call) {
      const found = groupsOf(call, call.params.org).find(({ id }) => id === call.params.runner_group_id);
      if (!found) throw notFound();
      return counted(call, 'runners', found.group.runners, runnerJson);
    },
  },
};

interface NumberedGroup {
  readonly id: number;
  readonly group: RunnerGroup;
  readonly repository: StandInRepository;
}

function groupsOf({ github }: Pick<Call, 'github'>, organisation: string): readonly NumberedGroup[] {
  const repositories = github.repositories.filter(({ owner }) => owner.login === organisation);
  return repositories
    .flatMap((repository) => repository.settings.runnerGroups.map((group) => ({ group, repository })))
    .map((each, at) => ({ ...each, id: at + 1 }));
}

function protectionJson(protection: Protection | undefined): Json {
  if (protection === undefined) return { enabled: false };
  return {
    enabled: true,
    required_status_checks: { enforcement_level: 'non_admins', ...checksJson(protection) },
    allow_force_pushes: { enabled: protection.allowsForcePushes ?? false },
    allow_deletions: { enabled: protection.allowsDeletions ?? false },
  };
}

function checksJson({ strict, checks }: Protection): Json {
  return { strict, contexts: checks.map(({ context }) => context), checks };
}

function runnerJson({ name, labels, ephemeral }: SelfHostedRunner, id: number): Json {
  return {
    id,
    name,
    os: 'linux',
    status: 'online',
    busy: false,
    labels: labels.map((label) => ({ name: label, type: 'custom' })),
    ephemeral: ephemeral ?? false,
  };
}

function environmentJson({ repository }: Call, { name, branches }: Environment): Json {
  return {
    id: 1,
    node_id: nodeId('EN', name),
    name,
    url: `${repository.url}/environments/${encodeURIComponent(name)}`,
    html_url: `${repository.htmlUrl}/deployments/activity_log?environments_filter=${encodeURIComponent(name)}`,
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
    protection_rules: [],
    deployment_branch_policy:
      branches === 'any'
        ? null
        : { protected_branches: branches === 'protected', custom_branch_policies: branches !== 'protected' },
  };
}

/** `{ total_count, [name]: [...] }`, as GitHub counts most of its lists. */
function counted<Item>(call: Call, name: string, items: readonly Item[], shown: (item: Item, id: number) => unknown) {
  const { items: some, headers } = page(call, items);
  return {
    status: 200,
    body: { total_count: items.length, [name]: some.map((item) => shown(item, items.indexOf(item) + 1)) },
    headers,
  };
}
