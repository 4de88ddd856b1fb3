import type { GitHub } from '../gitHub.ts';
import type { Json, Permissions } from '../route.ts';
import { type Account, nodeId } from './account.ts';
import type { StandInRepository } from './repository.ts';

/** Actions itself is an App: its tokens are what `GITHUB_TOKEN` holds, and its checks carry this id. */
export const ACTIONS_APP = { id: 15368, slug: 'github-actions', name: 'GitHub Actions' } as const;

/** A GitHub App. */
export class App {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly owner: Account;
  readonly bot: Account;
  /** Its public key in PEM, to check what it signs. */
  readonly publicKey: string | undefined;
  /** What an installation grants it, at most. */
  permissions: Permissions;
  events: readonly string[];
  readonly installations: Installation[] = [];
  readonly #github: GitHub;

  constructor(
    github: GitHub,
    made: Pick<App, 'id' | 'slug' | 'name' | 'owner' | 'bot' | 'publicKey' | 'permissions' | 'events'>,
  ) {
    this.#github = github;
    this.id = made.id;
    this.slug = made.slug;
    this.name = made.name;
    this.owner = made.owner;
    this.bot = made.bot;
    this.publicKey = made.publicKey;
    this.permissions = made.permissions;
    this.events = made.events;
  }

  /** `integration` in GitHub's description. */
  get json(): Json {
    return {
      id: this.id,
      client_id: `Iv1.${this.id.toString(16).padStart(16, '0')}`,
      slug: this.slug,
      node_id: nodeId('A', this.id),
      owner: this.owner.json,
      name: this.name,
      description: '',
      external_url: `${this.#github.url}/apps/${this.slug}`,
      html_url: `${this.#github.url}/apps/${this.slug}`,
      created_at: '2018-07-30T09:30:17Z',
      updated_at: '2019-12-10T19:04:12Z',
      permissions: this.permissions,
      events: this.events,
    };
  }
}

/** An App where an account has taken it in: for some of its repositories, or for all. */
export class Installation {
  readonly id: number;
  readonly app: App;
  readonly account: Account;
  permissions: Permissions;
  /** Those it is for; nothing: all of the account's. */
  repositories: StandInRepository[] | undefined;
  /** Its owner's word that it may do nothing for now. */
  isSuspended = false;
  readonly #github: GitHub;

  constructor(github: GitHub, made: Pick<Installation, 'id' | 'app' | 'account' | 'permissions' | 'repositories'>) {
    this.#github = github;
    this.id = made.id;
    this.app = made.app;
    this.account = made.account;
    this.permissions = made.permissions;
    this.repositories = made.repositories;
  }

  covers(repository: StandInRepository): boolean {
    return (
      repository.owner === this.account && (this.repositories === undefined || this.repositories.includes(repository))
    );
  }

  /** `installation` in GitHub's description. */
  get json(): Json {
    const { apiUrl, url } = this.#github;
    return {
      id: this.id,
      account: this.account.json,
      access_tokens_url: `${apiUrl}/app/installations/${this.id}/access_tokens`,
      repositories_url: `${apiUrl}/installation/repositories`,
      html_url: `${url}/settings/installations/${this.id}`,
      app_id: this.app.id,
      app_slug: this.app.slug,
      target_id: this.account.id,
      target_type: this.account.type,
      permissions: this.permissions,
      events: this.app.events,
      single_file_name: null,
      repository_selection: this.repositories === undefined ? 'all' : 'selected',
      created_at: '2018-07-30T09:30:17Z',
      updated_at: '2018-07-30T09:30:17Z',
      suspended_by: this.isSuspended ? this.account.json : null,
      suspended_at: this.isSuspended ? '2018-07-30T09:30:17Z' : null,
    };
  }
}
