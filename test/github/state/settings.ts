/** A ruleset of a repository or of its organisation, as the API takes and gives it. */
export interface Ruleset {
  readonly id: number;
  readonly name: string;
  readonly enforcement: 'active' | 'disabled' | 'evaluate';
  /** `~DEFAULT_BRANCH`, `~ALL` or `refs/heads/NAME`. */
  readonly branches: readonly string[];
  readonly rules: readonly Rule[];
  readonly organisation?: string;
}

export interface Rule {
  readonly type: string;
  readonly parameters?: object;
}

/** Branch protection, as far as the branch itself shows it. */
export interface Protection {
  strict: boolean;
  checks: readonly { readonly context: string; readonly app_id: number | null }[];
  readonly allowsForcePushes?: boolean;
  readonly allowsDeletions?: boolean;
}

export interface SelfHostedRunner {
  readonly name: string;
  readonly labels: readonly string[];
  readonly ephemeral?: boolean;
}

export interface RunnerGroup {
  readonly name: string;
  readonly visibility?: 'all' | 'selected' | 'private';
  readonly publicRepositories?: boolean;
  /** Absent: any workflow. */
  readonly workflows?: readonly string[];
  readonly runners: readonly SelfHostedRunner[];
}

export interface Environment {
  readonly name: string;
  /** `any`, `protected`, or the patterns of branches. */
  readonly branches: 'any' | 'protected' | readonly string[];
}

/** What administrators set for a repository; at first what GitHub sets for a new one. */
export class Settings {
  readonly rulesets: Ruleset[] = [];
  readonly protections = new Map<string, Protection>();
  forkApproval: 'first_time_contributors_new_to_github' | 'first_time_contributors' | 'all_external_contributors' =
    'first_time_contributors';
  privateForks = {
    run_workflows_from_fork_pull_requests: false,
    send_write_tokens_to_workflows: false,
    send_secrets_and_variables: false,
    require_approval_for_fork_pr_workflows: false,
  };
  token: { default_workflow_permissions: 'read' | 'write'; can_approve_pull_request_reviews: boolean } = {
    default_workflow_permissions: 'read',
    can_approve_pull_request_reviews: false,
  };
  actions: { enabled: boolean; allowed_actions: 'all' | 'local_only' | 'selected'; sha_pinning_required: boolean } = {
    enabled: true,
    allowed_actions: 'all',
    sha_pinning_required: false,
  };
  selectedActions: { github_owned_allowed: boolean; verified_allowed: boolean; patterns_allowed: string[] } = {
    github_owned_allowed: true,
    verified_allowed: false,
    patterns_allowed: [],
  };
  readonly runners: SelfHostedRunner[] = [];
  /** Of the organisation, that this repository can use. */
  readonly runnerGroups: RunnerGroup[] = [];
  readonly environments: Environment[] = [];
  immutableReleases = false;
  /** A plan without rules for private repositories. */
  planWithoutRules = false;

  /** The rules that hold on a branch. */
  rulesOn(branch: string, defaultBranch: string): readonly (Rule & { readonly ruleset: Ruleset })[] {
    const names = ['~ALL', `refs/heads/${branch}`, ...(branch === defaultBranch ? ['~DEFAULT_BRANCH'] : [])];
    return this.rulesets
      .filter(({ enforcement, branches }) => enforcement === 'active' && branches.some((each) => names.includes(each)))
      .flatMap((ruleset) => ruleset.rules.map((rule) => ({ ...rule, ruleset })));
  }
}
