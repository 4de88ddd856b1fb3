import type { RepositoryName } from '../identity/git.ts';
import type { WorkflowFile } from '../scaffold/workflowText.ts';
import type { AppFacts } from './appFacts.ts';

/** What GitHub says of a setting. */
export type Setting<Value> =
  | { readonly kind: 'read'; readonly value: Value }
  /** The token may not see it; the permission that it lacks, as GitHub names it: `Administration: read`. */
  | { readonly kind: 'not-allowed'; readonly needs: string }
  /** This plan, or this kind of account, has no such thing; in GitHub's words. */
  | { readonly kind: 'not-offered'; readonly because: string };

export type GitHubFacts =
  /** No remote, or one that leads elsewhere. */
  | { readonly kind: 'not-on-github' }
  | {
      readonly kind: 'no-token';
      readonly repository: RepositoryName;
      readonly remedy: string;
      /** The App asks for itself. */
      readonly app: AppFacts;
    }
  | RepositorySettings;

/** The settings of a repository that the trust in a verdict leans on. */
export interface RepositorySettings {
  readonly kind: 'repository';
  readonly repository: RepositoryName;
  /** `github.com` */
  readonly host: string;
  readonly defaultBranch: string;
  /** Everybody can read it, and propose to it from a fork. */
  readonly isPublic: boolean;
  readonly ownedBy: 'organisation' | 'person';
  /** The id of the App whose checks workflows create. */
  readonly actionsApp: number;
  /** The Touchstone App, as it sees itself. */
  readonly app: AppFacts;
  /** Those of Touchstone's workflows that stand on the default branch. */
  readonly workflows: { readonly [file in WorkflowFile]?: string };
  readonly checks: Setting<readonly RequiredCheck[]>;
  readonly mergeQueue: Setting<boolean>;
  readonly forks: Setting<ForkPolicy>;
  readonly token: Setting<TokenDefaults>;
  readonly actions: Setting<ActionsPolicy>;
  /** The repository's own, not those of its organisation. */
  readonly runners: Setting<readonly Runner[]>;
  readonly runnerGroups: Setting<readonly RunnerGroup[]>;
  readonly environments: Setting<readonly EnvironmentSettings[]>;
  /** Where the registry is kept in this repository. */
  readonly registry?: RegistryBranch;
}

/** A check that the default branch asks for before a merge. */
export interface RequiredCheck {
  readonly name: string;
  /** Id of the App that has to give it; absent where anybody may. */
  readonly source?: number;
  /** Whether a branch has to be up to date; absent where the token may not see it. */
  readonly strict?: boolean;
  readonly from:
    | { readonly kind: 'branch-protection' }
    | { readonly kind: 'ruleset'; readonly id: number; readonly organisation?: string };
}

export type ForkPolicy =
  | {
      readonly kind: 'public';
      readonly approval:
        'first_time_contributors_new_to_github' | 'first_time_contributors' | 'all_external_contributors';
    }
  | {
      readonly kind: 'private';
      readonly run: boolean;
      readonly writeTokens: boolean;
      readonly secrets: boolean;
      readonly approval: boolean;
    };

/** What a workflow may do that does not say it. */
export interface TokenDefaults {
  readonly write: boolean;
  readonly approvesPullRequests: boolean;
}

export interface ActionsPolicy {
  readonly enabled: boolean;
  /** Absent where an older server does not say. */
  readonly commitsRequired?: boolean;
  readonly allowed:
    | { readonly kind: 'all' }
    | { readonly kind: 'local' }
    | { readonly kind: 'selected'; readonly ofGitHub: boolean; readonly patterns: Setting<readonly string[]> };
}

export interface Runner {
  readonly name: string;
  readonly labels: readonly string[];
  /** Gone after one job. */
  readonly ephemeral: boolean;
}

export interface RunnerGroup {
  readonly name: string;
  readonly everyRepository: boolean;
  readonly publicRepositories: boolean;
  /** `OWNER/REPO/.github/workflows/FILE@REF` each; absent where any workflow may. */
  readonly workflows?: readonly string[];
  readonly runners: readonly Runner[];
}

export interface EnvironmentSettings {
  readonly name: string;
  /** From where a job may use it. */
  readonly branches:
    | { readonly kind: 'any' }
    | { readonly kind: 'protected' }
    | { readonly kind: 'named'; readonly patterns: Setting<readonly string[]> };
}

/** The branch that `registry: github:` is kept on. */
export interface RegistryBranch {
  readonly branch: string;
  readonly exists: boolean;
  readonly rules: Setting<{
    readonly keepsHistory: boolean;
    readonly keepsBranch: boolean;
    /** Kinds of rules that a file could not be written past: `pull_request`. */
    readonly inTheWay: readonly string[];
  }>;
  /** Whether what was released can get no further files. */
  readonly releasesAreImmutable: Setting<boolean>;
  /** Whether creating a name that is taken was refused; absent where there is no name yet to try it on. */
  readonly createsOnce?: Setting<boolean>;
}
