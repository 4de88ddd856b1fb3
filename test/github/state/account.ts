import type { GitHub } from '../gitHub.ts';
import type { Json } from '../route.ts';

/** A person, an organisation, or an App's `[bot]`. */
export class Account {
  readonly id: number;
  readonly login: string;
  readonly type: 'User' | 'Organization' | 'Bot';
  readonly #github: GitHub;

  constructor(github: GitHub, id: number, login: string, type: Account['type']) {
    this.#github = github;
    this.id = id;
    this.login = login;
    this.type = type;
  }

  /** `simple-user` in GitHub's description. */
  get json(): Json {
    const url = `${this.#github.apiUrl}/users/${encodeURIComponent(this.login)}`;
    return {
      login: this.login,
      id: this.id,
      node_id: nodeId('U', this.id),
      avatar_url: `${this.#github.url}/avatars/u/${this.id}?v=4`,
      gravatar_id: '',
      url,
      html_url: `${this.#github.url}/${this.type === 'Bot' ? `apps/${this.login.replace('[bot]', '')}` : this.login}`,
      followers_url: `${url}/followers`,
      following_url: `${url}/following{/other_user}`,
      gists_url: `${url}/gists{/gist_id}`,
      starred_url: `${url}/starred{/owner}{/repo}`,
      subscriptions_url: `${url}/subscriptions`,
      organizations_url: `${url}/orgs`,
      repos_url: `${url}/repos`,
      events_url: `${url}/events{/privacy}`,
      received_events_url: `${url}/received_events`,
      type: this.type,
      user_view_type: 'public',
      site_admin: false,
    };
  }
}

/** GraphQL's name for something: opaque outside, told apart by its prefix. */
export function nodeId(kind: string, ...ids: readonly (string | number)[]): string {
  return `${kind}_${Buffer.from(ids.join(':')).toString('base64url')}`;
}
