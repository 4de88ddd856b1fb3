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
  /** Who stopped it for a while, and since when. */
  suspended: { readonly by: Account; readonly at: string } | undefined;
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

  /** Lets it into more of the account's repositories. */
  add(repositories: readonly StandInRepository[], by: Account): void {
    this.repositories = [...this.#selected(), ...repositories];
    this.#tellRepositories('added', repositories, by);
  }

  remove(repositories: readonly StandInRepository[], by: Account): void {
    this.repositories = this.#selected().filter((each) => !repositories.includes(each));
    this.#tellRepositories('removed', repositories, by);
  }

  #selected(): readonly StandInRepository[] {
    if (this.repositories === undefined) throw new Error(`${this.app.slug} is in all repositories of the account`);
    return this.repositories;
  }

  #tellRepositories(action: 'added' | 'removed', repositories: readonly StandInRepository[], by: Account): void {
    const named = repositories.map(shortJson);
    this.#github.emitToApp('installation_repositories', this, by, {
      action,
      repository_selection: 'selected',
      repositories_added: action === 'added' ? named : [],
      repositories_removed: action === 'removed' ? named : [],
      requester: null,
    });
  }

  /** Stops it until `unsuspend`: its tokens are refused and no event reaches it. */
  suspend(by: Account): void {
    this.suspended = { by, at: this.#github.time() };
    this.tell('suspend', by);
  }

  unsuspend(by: Account): void {
    this.suspended = undefined;
    this.tell('unsuspend', by);
  }

  /** Takes it out of the account, its tokens with it. */
  uninstall(by: Account): void {
    this.app.installations.splice(this.app.installations.indexOf(this), 1);
    this.tell('deleted', by);
  }

  /** Grants it what its App has come to ask for. */
  accept(permissions: Permissions, by: Account): void {
    this.permissions = { metadata: 'read', ...permissions };
    this.tell('new_permissions_accepted', by);
  }

  tell(action: string, by: Account): void {
    const covered = this.#github.repositories.filter((each) => this.covers(each));
    const payload = { action, repositories: covered.map(shortJson), requester: null };
    this.#github.emitToApp('installation', this, by, payload);
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
      suspended_by: this.suspended?.by.json ?? null,
      suspended_at: this.suspended?.at ?? null,
    };
  }
}

/** A repository as the events of an installation name it. */
function shortJson({ id, json, name, fullName, isPrivate }: StandInRepository): Json {
  return { id, node_id: json['node_id'], name, full_name: fullName, private: isPrivate };
}
