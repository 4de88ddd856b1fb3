import { createHmac } from 'node:crypto';
import type { GitHub, GitHubEvent } from '../gitHub.ts';
import type { Json, PermissionName } from '../route.ts';
import { nodeId } from '../state/account.ts';
import type { App, Installation } from '../state/app.ts';
import type { StandInRepository } from '../state/repository.ts';

/** Where events go: an App's hook, for each repository that it is installed in, or one of a repository. */
export interface Hook {
  readonly id: number;
  readonly owner:
    | { readonly kind: 'app'; readonly app: App }
    | { readonly kind: 'repository'; readonly repository: StandInRepository };
  url: string;
  secret: string | undefined;
  /** `*` for all. */
  readonly events: readonly string[];
}

/** One attempt to hand an event over. */
export interface Delivery {
  readonly id: number;
  /** That of the event: a second delivery of it has the same. */
  readonly guid: string;
  readonly hook: Hook;
  readonly event: string;
  readonly action: string | null;
  /** None for what happens to an installation. */
  readonly repository: StandInRepository | undefined;
  readonly installationId: number | null;
  readonly deliveredAt: string;
  readonly isRedelivery: boolean;
  readonly durationSeconds: number;
  readonly status: string;
  /** 0 where nobody answered. */
  readonly statusCode: number;
  readonly request: { readonly headers: Readonly<Record<string, string>>; readonly payload: Json };
  readonly response: { readonly headers: Json; readonly payload: string };
}

/** What happens to deliveries on their way: GitHub promises neither that they come, nor once, nor in order. */
export interface Disturbance {
  /** The event it befalls, as `pull_request`; without it any. */
  readonly event?: string;
  readonly how: 'drop' | 'duplicate' | 'hold' | { readonly delayMs: number };
  readonly times?: number;
}

/** GitHub waits ten seconds for an answer. */
const PATIENCE_MS = 10_000;

/** What a hook is told; what happens to an installation is of no repository. */
type Told = Pick<GitHubEvent, 'id' | 'name' | 'payload' | 'to'> & {
  readonly repository: StandInRepository | undefined;
};

interface Outgoing {
  readonly hook: Hook;
  readonly event: Told;
}

/** The hooks of Apps and repositories, and what was delivered to them. */
export class Hooks {
  readonly all: Hook[] = [];
  /** Oldest first. */
  readonly deliveries: Delivery[] = [];
  readonly #github: GitHub;
  readonly #disturbances: { readonly disturbance: Disturbance; left: number }[] = [];
  readonly #held: Outgoing[] = [];

  constructor(github: GitHub) {
    this.#github = github;
  }

  add(made: Omit<Hook, 'id'>): Hook {
    const hook = { ...made, id: this.#github.nextId('hook') };
    this.all.push(hook);
    return hook;
  }

  /** Lets the next fitting delivery, or the next `times`, go astray. */
  disturb(disturbance: Disturbance): void {
    this.#disturbances.push({ disturbance, left: disturbance.times ?? 1 });
  }

  /** Delivers what was held, the last of it first. */
  async release(): Promise<void> {
    for (const outgoing of this.#held.splice(0).reverse()) await this.#deliver(outgoing, false);
  }

  /** From now on all goes well; what was held is lost. */
  calm(): void {
    this.#disturbances.length = 0;
    this.#held.length = 0;
  }

  hears(name: string): boolean {
    return this.all.some(({ events }) => events.includes('*') || events.includes(name));
  }

  /** Hands an event to every hook that is for it. */
  async tell(event: Told): Promise<void> {
    const fitting = this.all.filter((hook) => reaches(hook, event));
    await Promise.all(fitting.map((hook) => this.#send({ hook, event })));
  }

  async #send(outgoing: Outgoing): Promise<void> {
    const how = this.#disturbance(outgoing.event.name);
    if (how === 'drop') return;
    if (how === 'hold') {
      this.#held.push(outgoing);
      return;
    }
    if (typeof how === 'object') await new Promise((resolve) => setTimeout(resolve, how.delayMs));
    await this.#deliver(outgoing, false);
    if (how === 'duplicate') await this.#deliver(outgoing, false);
  }

  #disturbance(event: string): Disturbance['how'] | undefined {
    const found = this.#disturbances.find(
      ({ disturbance }) => disturbance.event === undefined || disturbance.event === event,
    );
    if (!found) return undefined;
    found.left -= 1;
    if (found.left === 0) this.#disturbances.splice(this.#disturbances.indexOf(found), 1);
    return found.disturbance.how;
  }

  /** Delivers once more what was delivered, well or not. */
  async redeliver(delivery: Delivery): Promise<void> {
    const { hook, guid, event: name, repository, request } = delivery;
    await this.#deliver({ hook, event: { id: guid, name, repository, payload: request.payload } }, true);
  }

  async #deliver({ hook, event }: Outgoing, isRedelivery: boolean): Promise<void> {
    const found = hook.owner.kind === 'app' ? installationOf(hook.owner.app, event.repository) : undefined;
    const installation = found && { id: found.id, node_id: nodeId('MDIz', found.id) };
    const payload: Json = { ...(installation && { installation }), ...event.payload };
    const told = payload['installation'] as { readonly id: number } | undefined;
    const body = JSON.stringify(payload);
    const headers = signed(hook, event, body);
    const begun = Date.now();
    const answer = await post(hook.url, headers, body);
    const { action } = payload;
    this.deliveries.push({
      id: this.#github.nextId('delivery'),
      guid: event.id,
      hook,
      event: event.name,
      action: typeof action === 'string' ? action : null,
      repository: event.repository,
      installationId: told?.id ?? null,
      deliveredAt: this.#github.time(),
      isRedelivery,
      durationSeconds: (Date.now() - begun) / 1000,
      ...answer,
      request: { headers, payload },
    });
  }
}

/** What an App must be allowed, one of it, to be told of an event: https://docs.github.com/webhooks/webhook-events-and-payloads */
const NEEDED: { readonly [event: string]: readonly PermissionName[] } = {
  check_run: ['checks'],
  check_suite: ['checks'],
  issue_comment: ['issues', 'pull_requests'],
  issues: ['issues'],
  merge_group: ['merge_queues'],
  pull_request: ['pull_requests'],
  push: ['contents'],
  workflow_job: ['actions'],
  workflow_run: ['actions'],
};

function reaches({ owner, events }: Hook, { name, repository, to }: Told): boolean {
  // All Apps are told of their installations, and nobody subscribes to that.
  if (repository === undefined) return owner.kind === 'app' && owner.app === to;
  if (!events.includes('*') && !events.includes(name)) return false;
  if (owner.kind === 'repository') return to === undefined && owner.repository === repository;
  if (to !== undefined && to !== owner.app) return false;
  const installation = installationOf(owner.app, repository);
  if (!installation || installation.suspended) return false;
  const needed = NEEDED[name];
  return needed === undefined || needed.some((each) => installation.permissions[each] !== undefined);
}

function installationOf(app: App, repository: StandInRepository | undefined): Installation | undefined {
  return repository && app.installations.find((found) => found.covers(repository));
}

/** https://docs.github.com/webhooks/webhook-events-and-payloads#delivery-headers */
function signed(hook: Hook, event: Told, body: string): Record<string, string> {
  const target =
    hook.owner.kind === 'app'
      ? { id: hook.owner.app.id, type: 'integration' }
      : { id: hook.owner.repository.id, type: 'repository' };
  const hmac = (algorithm: string, secret: string): string => createHmac(algorithm, secret).update(body).digest('hex');
  return {
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/0000000',
    'x-github-delivery': event.id,
    'x-github-event': event.name,
    'x-github-hook-id': String(hook.id),
    'x-github-hook-installation-target-id': String(target.id),
    'x-github-hook-installation-target-type': target.type,
    ...(hook.secret !== undefined && {
      'x-hub-signature': `sha1=${hmac('sha1', hook.secret)}`,
      'x-hub-signature-256': `sha256=${hmac('sha256', hook.secret)}`,
    }),
  };
}

async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<Pick<Delivery, 'status' | 'statusCode' | 'response'>> {
  try {
    const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(PATIENCE_MS) });
    const answer = { headers: Object.fromEntries(response.headers), payload: await response.text() };
    return {
      status: response.ok ? 'OK' : `Invalid HTTP Response: ${response.status}`,
      statusCode: response.status,
      response: answer,
    };
  } catch (error) {
    const isLate = error instanceof DOMException && error.name === 'TimeoutError';
    return {
      status: isLate ? 'timed out' : 'failed to connect to host',
      statusCode: isLate ? 504 : 502,
      response: { headers: {}, payload: '' },
    };
  }
}
