import { createHash, randomBytes } from 'node:crypto';
import { type IncomingMessage, type Server as HttpServer, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Actor, actorName, demand } from './actor.ts';
import type { GitHub } from './gitHub.ts';
import { answerGit, gitRequest } from './gitHttp.ts';
import { type Body, OpenApi } from './openApi.ts';
import { type Answer, type Call, type Operation, Refusal, type Route, notFound } from './route.ts';
import { routes } from './routes/index.ts';

/** A server of one's own has the API below a path, github.com on a host; clients are set up for either. */
const API = /^(?:\/api\/v3|\/api\/uploads)?(?=\/)/;

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

/** HTTP: who asks, whether they may, whether it is as GitHub describes it; then the handler, and the same of its answer. */
export class Server {
  readonly #github: GitHub;
  readonly #openApi = OpenApi.load();
  #http: HttpServer | undefined;
  #store: HttpServer | undefined;
  #port = 0;
  #storePort = 0;
  readonly #taken = new Set<Promise<void>>();
  readonly #downloads = new Map<string, { readonly bytes: Uint8Array; readonly type: string }>();

  constructor(github: GitHub) {
    this.#github = github;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async listen(): Promise<void> {
    this.#http = createServer((request, response) => {
      const taken = this.#take(request, response).finally(() => this.#taken.delete(taken));
      this.#taken.add(taken);
    });
    this.#port = await listenOn(this.#http, this.#port);
    this.#store = createServer((request, response) => {
      this.#hand(request, response);
    });
    this.#storePort = await listenOn(this.#store, this.#storePort);
  }

  async close(): Promise<void> {
    for (const server of [this.#http, this.#store]) if (server) await ended(server);
  }

  /** Waits for what was begun: a request whose client has gone is carried out to its end. */
  async idle(): Promise<void> {
    while (this.#taken.size > 0) await Promise.all(this.#taken);
  }

  download(bytes: Uint8Array, type: string): string {
    const key = randomBytes(12).toString('hex');
    this.#downloads.set(key, { bytes, type });
    // `localhost`: another host than the API's, to which no client may carry its token on.
    return `http://localhost:${this.#storePort}/${key}?sig=${randomBytes(8).toString('hex')}`;
  }

  #hand(request: IncomingMessage, response: ServerResponse): void {
    const found = this.#downloads.get(new URL(request.url ?? '/', this.url).pathname.slice(1));
    // Azure's store refuses a request that is signed twice: by its address and by a header.
    const status = request.headers.authorization === undefined ? (found ? 200 : 404) : 400;
    response
      .writeHead(status, { 'content-type': found?.type ?? 'text/plain' })
      .end(status === 200 ? found?.bytes : 'refused');
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const url = new URL(request.url ?? '/', this.url);
      const asked: Asked = {
        method: request.method ?? 'GET',
        url,
        path: url.pathname.replace(/^\/api\/graphql$/, '/graphql').replace(API, ''),
        headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
        bytes: Buffer.concat(chunks),
      };
      const answer = await this.#answer(asked);
      if (answer === 'reset') request.socket.destroy();
      else if (answer !== 'hang') send(response, answer);
    } catch (error) {
      // The client went away, or we were ended in the middle; anything else is a fault of the stand-in's.
      if (!request.socket.destroyed) this.#violated('the stand-in', [String(error)]);
      request.socket.destroy();
    }
  }

  async #answer(asked: Asked): Promise<Answer | 'reset' | 'hang'> {
    const match = this.#openApi.match(asked.method, asked.path);
    const operation =
      match?.operation ?? (asked.method === 'POST' && asked.path === '/graphql' ? 'POST /graphql' : undefined);
    const actor = this.#github.actor(asked.headers['authorization']);
    const git = gitRequest(this.#github, asked.url);
    if (git) return answerGit(git, asked, actor);
    const body = jsonOf(asked);
    const fault = this.#github.faults.take(operation ?? `${asked.method} ${asked.path}`);
    let answer: Answer | 'reset' | 'hang' | undefined;
    if (fault?.when !== 'after') answer = fault?.answer;
    if (answer === undefined) {
      answer = await this.#meet(asked, operation, match?.params ?? {}, body, actor);
      if (fault) answer = fault.answer;
    }
    this.#github.requests.push({
      method: asked.method,
      path: asked.path,
      query: asked.url.search,
      operation,
      body: body.kind === 'json' ? body.value : undefined,
      status: typeof answer === 'string' ? 0 : answer.status,
      actor: actor ? actorName(actor) : 'unknown',
    });
    if (typeof answer === 'string') return answer;
    return { ...answer, headers: { ...(actor && this.#github.limits.headers(actor)), ...answer.headers } };
  }

  async #meet(
    asked: Asked,
    operation: string | undefined,
    params: Readonly<Record<string, string>>,
    body: Body,
    actor: Actor | undefined,
  ): Promise<Answer> {
    const { limits } = this.#github;
    if (!actor) return new Refusal(401, 'Bad credentials').answer();
    const limited = asked.path === '/rate_limit' ? undefined : limits.count(actor);
    if (limited) return limited.answer();
    if (actor.kind === 'installation' && actor.installation?.suspended)
      return new Refusal(403, 'This installation has been suspended').answer();
    const route = operation === undefined ? undefined : (routes[operation as Operation] as Route | undefined);
    if (operation === undefined || !route) {
      this.#violated(`${asked.method} ${asked.path}`, [
        operation === undefined ? 'GitHub has no such operation' : 'the stand-in does not know this operation',
      ]);
      return notFound().answer();
    }
    const answer = await this.#handle(asked, operation, route, params, body, actor);
    if (asked.method !== 'GET' && answer.status < 300) limits.contentCreated += 1;
    const problems =
      operation === 'POST /graphql'
        ? []
        : this.#openApi.answerProblems(operation, answer.status, typeOf(answer), bodyOf(answer));
    if (problems.length > 0) return { status: 500, body: { message: this.#violated(operation, problems) } };
    return asked.method === 'GET' ? this.#unlessKnown(asked, actor, answer) : answer;
  }

  async #handle(
    asked: Asked,
    operation: string,
    route: Route,
    texts: Readonly<Record<string, string>>,
    body: Body,
    actor: Actor,
  ): Promise<Answer> {
    const github = this.#github;
    const isGraphQl = operation === 'POST /graphql';
    const query = Object.fromEntries(asked.url.searchParams);
    const path = isGraphQl ? { values: {}, problems: [] } : this.#openApi.values(operation, 'path', texts);
    const queried = isGraphQl ? { values: query, problems: [] } : this.#openApi.values(operation, 'query', query);
    const problems = [
      ...path.problems,
      ...queried.problems,
      ...(isGraphQl ? [] : this.#openApi.bodyProblems(operation, body)),
    ];
    if (problems.length > 0) return invalidRequest(this.#violated(operation, problems));
    const isOfRepository = operation.includes('/repos/{owner}/{repo}');
    const repository = isOfRepository ? github.repository(texts['owner'] ?? '', texts['repo'] ?? '') : undefined;
    try {
      if (isOfRepository && !repository) throw notFound();
      demand(route.needs, actor, repository);
      if (repository?.isArchived === true && asked.method !== 'GET')
        throw new Refusal(403, 'Repository was archived so is read-only.');
      const call: Call = {
        operation,
        url: asked.url,
        params: path.values,
        query: queried.values,
        body: body.kind === 'json' ? body.value : undefined,
        bytes: asked.bytes,
        headers: asked.headers,
        actor,
        github,
        get repository() {
          if (!repository) throw new Error(`${operation} is not of a repository`);
          return repository;
        },
      };
      return await route.handle(call);
    } catch (error) {
      if (error instanceof Refusal)
        return error.answer(!isGraphQl && this.#openApi.hasPlainErrors(operation, error.status));
      const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return { status: 500, body: { message: this.#violated(operation, [said]) } };
    }
  }

  /**
   * 304 for a client that has this answer already, by the token that it has now; GitHub counts no request for it.
   * Tags are of a token: https://github.com/github/docs/issues/34689
   */
  #unlessKnown(asked: Asked, actor: Actor, answer: Answer): Answer {
    if (answer.status !== 200 || answer.bytes) return answer;
    const etag = `W/"${createHash('sha256')
      .update(`${asked.headers.authorization} ${JSON.stringify(answer.body)}`)
      .digest('hex')}"`;
    const headers = { ...answer.headers, etag };
    if (asked.headers['if-none-match'] !== etag) return { ...answer, headers };
    this.#github.limits.uncount(actor);
    return { status: 304, headers };
  }

  #violated(where: string, problems: readonly string[]): string {
    const violation = `${where}: ${problems.join('; ')}`;
    this.#github.violations.push(violation);
    return violation;
  }
}

/** GitHub answers 422; a client that asks again after a failure of the server's must not here. */
function invalidRequest(message: string): Answer {
  return new Refusal(422, message).answer();
}

function jsonOf({ bytes, headers }: Asked): Body {
  if (bytes.length === 0) return { kind: 'none' };
  if (headers['content-type'] !== undefined && !/json|text\/plain/.test(headers['content-type']))
    return { kind: 'bytes' };
  try {
    return { kind: 'json', value: JSON.parse(bytes.toString()) as unknown };
  } catch {
    return { kind: 'bytes' };
  }
}

function typeOf(answer: Answer): string | undefined {
  return answer.headers?.['content-type']?.split(';')[0];
}

function bodyOf(answer: Answer): Body {
  if (answer.bytes) return { kind: 'bytes' };
  return answer.body === undefined ? { kind: 'none' } : { kind: 'json', value: answer.body };
}

function send(response: ServerResponse, { status, body, bytes, headers }: Answer): void {
  const text = bytes ?? (body === undefined ? undefined : JSON.stringify(body));
  response.writeHead(status, {
    ...(text !== undefined && !bytes && { 'content-type': 'application/json; charset=utf-8' }),
    'x-github-request-id': randomBytes(8).toString('hex').toUpperCase(),
    'x-github-media-type': 'github.v3; format=json',
    ...headers,
  });
  response.end(text);
}

async function listenOn(server: HttpServer, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function ended(server: HttpServer): Promise<void> {
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
}
