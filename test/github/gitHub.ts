import { createVerify, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Actor } from './actor.ts';
import { Faults } from './faults.ts';
import { RateLimits } from './limits.ts';
import type { Json, Permissions } from './route.ts';
import { Server } from './server.ts';
import { Account } from './state/account.ts';
import { ACTIONS_APP, App, Installation } from './state/app.ts';
import { initBare, runGit } from './state/git.ts';
import { StandInRepository } from './state/repository.ts';
import { Hooks } from './webhooks/hooks.ts';
import { WebhookPayloads } from './webhooks/payloads.ts';

export interface GitHubOptions {
  /** The clock that stamps what is made; the machine's where nothing is said. */
  readonly now?: () => Date;
  /** The clock that tokens are held to, where it is another: those who sign know the machine's alone. */
  readonly signersNow?: () => Date;
}

/** Whom a token is for. */
export type Grant =
  /** A person's own; `permissions`: a fine-grained one, which can do no more than those. */
  | { readonly user: Account; readonly permissions?: Permissions }
  /** A workflow's `GITHUB_TOKEN`. */
  | { readonly workflowOf: StandInRepository; readonly permissions: Permissions }
  /** An App's, for one installation. */
  | {
      readonly installation: Installation;
      readonly permissions?: Permissions;
      readonly repositories?: readonly StandInRepository[];
    };

/** What an App is to be made of: https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest */
export interface Manifest {
  readonly name: string;
  readonly url: string;
  readonly hook_attributes?: { readonly url: string; readonly active?: boolean };
  readonly default_permissions?: Permissions;
  readonly default_events?: readonly string[];
}

/** A request as it came, for tests that count and look. */
export interface LoggedRequest {
  readonly method: string;
  /** Without the prefix of the API. */
  readonly path: string;
  readonly query: string;
  /** What it asks for, as `GET /repos/{owner}/{repo}`; nothing where GitHub has no such operation. */
  readonly operation: string | undefined;
  readonly body: unknown;
  /** 0 where no answer was given. */
  readonly status: number;
  readonly actor: string;
}

/** Something that happened, as webhooks and workflows are told of it. */
export interface GitHubEvent {
  readonly id: string;
  readonly name: string;
  readonly repository: StandInRepository;
  readonly payload: Json;
  /** What a workflow's `GITHUB_TOKEN` does starts no workflow. */
  readonly by: Actor;
  /** The App whose hook alone is told of it; any where nothing is said. */
  readonly to?: App;
}

type Listener = (event: GitHubEvent) => void | Promise<void>;

/** A GitHub for tests: stateful, on a port of this machine, its requests and answers held to GitHub's published description. */
export class GitHub {
  readonly faults = new Faults();
  readonly hooks = new Hooks(this);
  readonly limits: RateLimits;
  readonly requests: LoggedRequest[] = [];
  /** Where a request or an answer is not as GitHub describes it. A test ends with none: `close` throws otherwise. */
  readonly violations: string[] = [];
  readonly accounts: Account[] = [];
  readonly apps: App[] = [];
  readonly repositories: StandInRepository[] = [];
  readonly folder: string;
  readonly now: () => Date;
  readonly #server: Server;
  readonly #signersNow: () => Date;
  readonly #tokens = new Map<string, { readonly actor: Actor; readonly expires?: Date }>();
  readonly #offered = new Map<
    string,
    { readonly manifest: Manifest; readonly owner: Account; readonly expires: number }
  >();
  readonly #ids = new Map<string, number>();
  readonly #listeners: { readonly name: string; readonly listener: Listener }[] = [];
  readonly #told = new Set<Promise<void>>();

  static async start(options: GitHubOptions = {}): Promise<GitHub> {
    const github = new GitHub(await mkdtemp(join(tmpdir(), 'github-')), options);
    await github.#server.listen();
    return github;
  }

  private constructor(folder: string, { now = () => new Date(), signersNow = now }: GitHubOptions) {
    this.folder = folder;
    this.now = now;
    this.#signersNow = signersNow;
    this.limits = new RateLimits(now);
    this.#server = new Server(this);
    const owner = this.#addAccount('github', 'Organization');
    const { id, slug, name } = ACTIONS_APP;
    const bot = this.#addAccount(`${slug}[bot]`, 'Bot');
    this.apps.push(new App(this, { id, slug, name, owner, bot, publicKey: undefined, permissions: {}, events: [] }));
  }

  /** `http://127.0.0.1:PORT`. */
  get url(): string {
    return this.#server.url;
  }

  /** Root of the REST API, as on a server of one's own: `http://127.0.0.1:PORT/api/v3`. */
  get apiUrl(): string {
    return `${this.url}/api/v3`;
  }

  get uploadsUrl(): string {
    return `${this.url}/api/uploads`;
  }

  get graphQlUrl(): string {
    return `${this.url}/api/graphql`;
  }

  /** Ends it and takes its folder away. Throws where something went over the wire that is not GitHub's. */
  async close(): Promise<void> {
    await this.settled();
    await this.#server.close();
    await this.#server.idle();
    await this.settled();
    await Promise.all(this.repositories.map(({ objects }) => objects.close()));
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
    if (this.violations.length > 0) throw new Error(`Not as GitHub describes it:\n${this.violations.join('\n')}`);
  }

  /** Ends it in the middle of what it does; its state stays. */
  async kill(): Promise<void> {
    await this.#server.close();
  }

  /** Comes back after `kill`, on the same port. */
  async restart(): Promise<void> {
    await this.#server.listen();
  }

  createUser(login: string): Account {
    return this.#addAccount(login, 'User');
  }

  createOrganization(login: string): Account {
    return this.#addAccount(login, 'Organization');
  }

  /** An App's account that acts by itself, as Dependabot's does: `dependabot[bot]`. */
  createBot(slug: string): Account {
    return this.#addAccount(`${slug}[bot]`, 'Bot');
  }

  #addAccount(login: string, type: Account['type']): Account {
    if (this.account(login)) throw new Error(`There is a ${login} already`);
    const account = new Account(this, this.nextId('account'), login, type);
    this.accounts.push(account);
    return account;
  }

  account(login: string): Account | undefined {
    return this.accounts.find((account) => account.login.toLowerCase() === login.toLowerCase());
  }

  /** Whose commits carry this address: `ID+LOGIN@users.noreply.github.com`. */
  accountOfEmail(email: string): Account | undefined {
    const id = /^(\d+)\+.*@users\.noreply\.github\.com$/.exec(email)?.[1];
    return this.accounts.find((account) => String(account.id) === id);
  }

  /** An App, whose key is the PEM given, installed nowhere. */
  createApp(
    slug: string,
    made: {
      readonly owner: Account;
      readonly publicKey: string;
      readonly permissions: Permissions;
      readonly events?: readonly string[];
    },
  ): App {
    const app = new App(this, {
      id: 100_000 + this.nextId('app'),
      slug,
      name: slug,
      owner: made.owner,
      bot: this.#addAccount(`${slug}[bot]`, 'Bot'),
      publicKey: made.publicKey,
      permissions: made.permissions,
      events: made.events ?? [],
    });
    this.apps.push(app);
    return app;
  }

  /**
   * What a person does who has GitHub make an App of a manifest: the code that `POST /app-manifests/{code}/conversions` takes,
   * once and within an hour. https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
   */
  offer(manifest: Manifest, owner: Account): string {
    const code = randomBytes(20).toString('hex');
    this.#offered.set(code, { manifest, owner, expires: this.now().getTime() + 3_600_000 });
    return code;
  }

  /** Makes the App that a code is for; nothing where the code is not known, or no longer. */
  convert(code: string): { readonly app: App; readonly pem: string; readonly secret: string | undefined } | undefined {
    const offered = this.#offered.get(code);
    this.#offered.delete(code);
    if (!offered || offered.expires <= this.now().getTime()) return undefined;
    const { manifest, owner } = offered;
    const { publicKey, privateKey: pem } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    });
    const slug = manifest.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
    const { default_permissions: permissions = {}, default_events: events = [] } = manifest;
    const app = this.createApp(slug, { owner, publicKey, permissions, events });
    const url = manifest.hook_attributes?.url;
    const secret = url === undefined ? undefined : randomBytes(20).toString('hex');
    if (url !== undefined) this.hooks.add({ owner: { kind: 'app', app }, url, secret, events });
    return { app, pem, secret };
  }

  /** Takes an App into an account: for some of its repositories, or for all. */
  install(
    app: App,
    account: Account,
    repositories?: readonly StandInRepository[],
    by: Account = account,
  ): Installation {
    const installation = new Installation(this, {
      id: this.nextId('installation'),
      app,
      account,
      permissions: { metadata: 'read', ...app.permissions },
      repositories: repositories && [...repositories],
    });
    app.installations.push(installation);
    installation.tell('created', by);
    return installation;
  }

  /** The App that workflows act as. */
  get actionsApp(): App {
    const app = this.apps.find(({ id }) => id === ACTIONS_APP.id);
    if (!app) throw new Error('Actions has gone');
    return app;
  }

  /** A repository without a commit. Its owner is the first account made where none is named. */
  async createRepository(
    name: string,
    options: { readonly owner?: Account; readonly private?: boolean; readonly forkOf?: StandInRepository } = {},
  ): Promise<StandInRepository> {
    const owner = options.owner ?? this.accounts.find(({ type }) => type === 'User') ?? this.createUser('octocat');
    const { forkOf } = options;
    if (this.repository(owner.login, name)) throw new Error(`There is a ${owner.login}/${name} already`);
    const id = this.nextId('repository');
    const git = join(this.folder, `${id}.git`);
    await initBare(git);
    if (forkOf) {
      // All forks of a repository share its objects, as at GitHub: what one has, the others can be asked for by id.
      await rm(join(git, 'objects'), { recursive: true });
      await symlink(join(forkOf.git, 'objects'), join(git, 'objects'), 'dir');
      await runGit(git, ['fetch', '--quiet', forkOf.git, '+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']);
    }
    const repository = new StandInRepository(this, {
      id,
      owner,
      name,
      git,
      isPrivate: options.private ?? forkOf?.isPrivate ?? false,
      parent: forkOf,
    });
    if (forkOf) repository.defaultBranch = forkOf.defaultBranch;
    this.repositories.push(repository);
    return repository;
  }

  repository(owner: string, name: string): StandInRepository | undefined {
    const wanted = `${owner}/${name}`.toLowerCase();
    return this.repositories.find((repository) => repository.fullName.toLowerCase() === wanted);
  }

  /** A token that can do exactly what is granted. */
  token(grant: Grant, expires?: Date): string {
    const prefix = 'user' in grant ? (grant.permissions ? 'github_pat_' : 'ghp_') : 'ghs_';
    const token = `${prefix}${randomBytes(18).toString('hex')}`;
    this.#tokens.set(token, { actor: this.#actor(grant, token), ...(expires && { expires }) });
    return token;
  }

  revoke(token: string): void {
    this.#tokens.delete(token);
  }

  /** Leaves whom a token is for only so many requests until the rate limit's window ends. */
  leave(token: string, requests: number, secondsLeft = 3600): void {
    const actor = this.actor(`Bearer ${token}`);
    if (actor) this.limits.leave(actor, requests, secondsLeft);
  }

  #actor(grant: Grant, token: string): Actor {
    if ('user' in grant) {
      return { kind: 'user', account: grant.user, token, ...(grant.permissions && { permissions: grant.permissions }) };
    }
    if ('workflowOf' in grant) {
      const app = this.actionsApp;
      return {
        kind: 'installation',
        app,
        account: app.bot,
        token,
        permissions: grant.permissions,
        repositories: [grant.workflowOf],
      };
    }
    const { installation } = grant;
    return {
      kind: 'installation',
      app: installation.app,
      account: installation.app.bot,
      token,
      permissions: grant.permissions ?? installation.permissions,
      repositories: grant.repositories,
      installation,
    };
  }

  /** Who signs a request so; nothing for a token that GitHub does not know or that has run out. */
  actor(authorization: string | undefined): Actor | undefined {
    if (authorization === undefined || authorization === '') return { kind: 'anonymous' };
    const basic = /^basic (.+)$/i.exec(authorization)?.[1];
    const token =
      basic === undefined
        ? /^(?:bearer|token) (.+)$/i.exec(authorization)?.[1]
        : Buffer.from(basic, 'base64')
            .toString()
            .replace(/^[^:]*:/, '');
    if (token === undefined) return undefined;
    if (token.split('.').length === 3) return this.#signer(token);
    const known = this.#tokens.get(token);
    if (!known || (known.expires && known.expires <= this.#signersNow())) return undefined;
    const { actor } = known;
    const isGone =
      actor.kind === 'installation' && actor.installation && !actor.app.installations.includes(actor.installation);
    return isGone ? undefined : actor;
  }

  /** The App that signed a JSON web token: RS256, for ten minutes at the longest. */
  #signer(jwt: string): Actor | undefined {
    const [header = '', payload = '', signature = ''] = jwt.split('.');
    const parse = (part: string): Record<string, unknown> =>
      JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
    try {
      const { iss, iat, exp } = parse(payload);
      const app = this.apps.find(({ id, json }) => String(id) === String(iss) || json['client_id'] === iss);
      if (parse(header)['alg'] !== 'RS256' || app?.publicKey === undefined) return undefined;
      const now = this.#signersNow().getTime() / 1000;
      if (typeof iat !== 'number' || typeof exp !== 'number' || iat > now || exp < now || exp > now + 600)
        return undefined;
      const isSigned = createVerify('RSA-SHA256')
        .update(`${header}.${payload}`)
        .verify(app.publicKey, Buffer.from(signature, 'base64url'));
      return isSigned ? { kind: 'app', app, account: app.bot } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Tells `listener` what happens; `*` for everything. */
  on(name: string, listener: Listener): void {
    this.#listeners.push({ name, listener });
  }

  /** Whether anybody would be told of such an event. */
  isHeard(name: string): boolean {
    return this.hooks.hears(name) || this.#listeners.some(({ name: wanted }) => wanted === name || wanted === '*');
  }

  /** Something happened: hooks and workflows are told once the request that did it is answered. */
  emit(name: string, repository: StandInRepository, by: Actor, payload: Json, to?: App): void {
    if (!this.isHeard(name)) return;
    const sender = by.kind === 'anonymous' ? repository.owner : by.account;
    const event: GitHubEvent = {
      id: randomUUID(),
      name,
      repository,
      by,
      payload: { ...payload, repository: repository.json, sender: sender.json },
      ...(to && { to }),
    };
    this.#check(event);
    for (const { name: wanted, listener } of this.#listeners)
      if (wanted === name || wanted === '*') this.#tell(name, () => listener(event));
    this.#tell(event.name, () => this.hooks.tell(event));
  }

  /** Something happened to an installation: its App is told, whatever it subscribed to. */
  emitToApp(name: string, installation: Installation, by: Account, payload: Json): void {
    const { app, json } = installation;
    if (!this.hooks.all.some(({ owner }) => owner.kind === 'app' && owner.app === app)) return;
    const event = { id: randomUUID(), name, payload: { ...payload, installation: json, sender: by.json } };
    this.#check(event);
    this.#tell(name, () => this.hooks.tell({ ...event, repository: undefined, to: app }));
  }

  #check({ name, payload }: Pick<GitHubEvent, 'name' | 'payload'>): void {
    const problems = WebhookPayloads.load().problems(name, payload);
    if (problems.length > 0) this.violations.push(`webhook ${name}: ${problems.join('; ')}`);
  }

  #tell(name: string, tell: () => void | Promise<void>): void {
    const told = new Promise((resolve) => setImmediate(resolve))
      .then(tell)
      .catch((error: unknown) => void this.violations.push(`a listener, told of ${name}: ${String(error)}`))
      .finally(() => this.#told.delete(told));
    this.#told.add(told);
  }

  /** Waits until everybody has been told what happened. */
  async settled(): Promise<void> {
    while (this.#told.size > 0) await Promise.all(this.#told);
  }

  /** The next number of its kind, from 1. */
  nextId(kind: string): number {
    const id = (this.#ids.get(kind) ?? 0) + 1;
    this.#ids.set(kind, id);
    return id;
  }

  /** Now, as GitHub writes it: without milliseconds. */
  time(): string {
    return `${this.now().toISOString().slice(0, 19)}Z`;
  }

  /** An address that hands out these bytes to anyone who knows it, on a host of its own, as GitHub's stores do. */
  download(bytes: Uint8Array, type = 'application/octet-stream'): string {
    return this.#server.download(bytes, type);
  }
}
