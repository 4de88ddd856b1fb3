import { Description, isObject, object, readDescription } from './schemas.ts';

/** An operation of the API, as `GET /repos/{owner}/{repo}/pulls`, and what of a request stands in its path. */
export interface Match {
  readonly operation: string;
  readonly params: Readonly<Record<string, string>>;
}

export type Body =
  { readonly kind: 'json'; readonly value: unknown } | { readonly kind: 'bytes' } | { readonly kind: 'none' };

interface Described {
  readonly operation: string;
  readonly id: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  /** Longer ones first, since `{ref}` may hold slashes; then literal parts: `/releases/latest` is not release `latest`. */
  readonly rank: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * GitHub's published description of its REST API: https://github.com/octokit/openapi, as the package `@octokit/openapi`
 * carries it. It is read once for each process, and only the operations in use are compiled.
 */
export class OpenApi {
  readonly #values: Description;
  readonly #texts: Description;
  readonly #byMethod = new Map<string, Described[]>();
  readonly #byOperation = new Map<string, Described>();

  static #loaded: OpenApi | undefined;

  static load(): OpenApi {
    OpenApi.#loaded ??= new OpenApi(readDescription('@octokit/openapi/generated/api.github.com.json'));
    return OpenApi.#loaded;
  }

  private constructor(document: Readonly<Record<string, unknown>>) {
    this.#values = new Description(document);
    this.#texts = new Description(document, { coerce: true });
    for (const [path, methods] of Object.entries(object(document['paths']))) {
      // The same comparison is described twice; its `{basehead}` is the one that octokit asks for.
      if (path.includes('...')) continue;
      for (const [method, details] of Object.entries(object(methods)))
        this.#add(method.toUpperCase(), path, object(details));
    }
    for (const described of this.#byMethod.values())
      described.sort((a, b) => b.rank.length - a.rank.length || (a.rank < b.rank ? -1 : 1));
  }

  #add(method: string, path: string, details: Readonly<Record<string, unknown>>): void {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
    const many = new Set(
      this.#parameters(details, 'path').flatMap((found) => (found['x-multi-segment'] === true ? [found['name']] : [])),
    );
    const source = path.split(/(\{\w+\})/).map((part) => {
      if (!part.startsWith('{')) return part.replaceAll('.', '\\.');
      return many.has(part.slice(1, -1)) ? '(.+)' : '([^/]+)';
    });
    const described: Described = {
      operation: `${method} ${path}`,
      id: String(details['operationId']),
      pattern: new RegExp(`^${source.join('')}$`),
      names,
      rank: path
        .split('/')
        .map((part) => (part.startsWith('{') ? (many.has(part.slice(1, -1)) ? '3' : '2') : '1'))
        .join(''),
      details,
    };
    this.#byOperation.set(described.operation, described);
    const same = this.#byMethod.get(method);
    if (same) same.push(described);
    else this.#byMethod.set(method, [described]);
  }

  /** The operation that answers this path, whose parts are still percent-encoded. */
  match(method: string, path: string): Match | undefined {
    for (const { operation, pattern, names } of this.#byMethod.get(method) ?? []) {
      const found = pattern.exec(path);
      if (found)
        return {
          operation,
          params: Object.fromEntries(names.map((name, index) => [name, decoded(found[index + 1] ?? '')])),
        };
    }
    return undefined;
  }

  /**
   * The path's or query's texts as the values that the operation takes (numbers, booleans; defaults filled in), and what is
   * wrong with them. A name that the operation does not have is wrong: GitHub would pass over it in silence.
   */
  values(
    operation: string,
    place: 'path' | 'query',
    texts: Readonly<Record<string, string>>,
  ): { values: Record<string, unknown>; problems: string[] } {
    const values: Record<string, unknown> = { ...texts };
    const problems: string[] = [];
    const parameters = this.#parameters(this.#described(operation).details, place);
    for (const name of Object.keys(texts)) {
      if (!parameters.some((parameter) => parameter['name'] === name))
        problems.push(`${place} ${name}: no such parameter`);
    }
    for (const parameter of parameters) {
      const name = String(parameter['name']);
      // `created` is described as one time, and takes the syntax of a search: `>=2026-01-01`.
      const written = name === 'created' && place === 'query' ? { type: 'string' } : parameter['schema'];
      const schema = object(this.#texts.resolve(written));
      if (name in texts) {
        const holder = { value: texts[name] as unknown };
        const found = this.#texts.problems(
          `${operation} ${place} ${name}`,
          { type: 'object', properties: { value: written } },
          holder,
        );
        problems.push(...found.map((problem) => `${place} ${name}: ${problem.replace('/value ', '')}`));
        values[name] = holder.value;
      } else if ('default' in schema) {
        values[name] = schema['default'];
      } else if (parameter['required'] === true) {
        problems.push(`${place} ${name}: is required`);
      }
    }
    return { values, problems };
  }

  /** What is wrong with a request's body. */
  bodyProblems(operation: string, body: Body): string[] {
    const described = this.#values.resolve(this.#described(operation).details['requestBody']);
    if (!isObject(described))
      return body.kind === 'json' && !isEmpty(body.value) ? ['body: the operation takes none'] : [];
    const content = object(described['content']);
    if (!('application/json' in content)) return [];
    if (body.kind === 'none') return described['required'] === true ? ['body: is required'] : [];
    if (body.kind === 'bytes') return ['body: is not JSON'];
    const { schema } = object(content['application/json']);
    const names = this.#names(schema);
    const unknown = names && isObject(body.value) ? Object.keys(body.value).filter((name) => !names.has(name)) : [];
    return [
      ...this.#values.problems(`${operation} body`, schema, body.value).map((problem) => `body ${problem}`),
      ...unknown.map((name) => `body ${name}: no such property`),
    ];
  }

  /** What is wrong with an answer: its status, its content type, its body. */
  answerProblems(operation: string, status: number, type: string | undefined, body: Body): string[] {
    const responses = object(this.#described(operation).details['responses']);
    const described = this.#values.resolve(responses[String(status)]);
    if (!isObject(described)) {
      // The description does not repeat for each operation how GitHub refuses a request or fails.
      if (status < 400) return [`answer ${status}: the operation has no such status`];
      return this.#values.problems(
        'error',
        { anyOf: [{ $ref: '#/components/schemas/basic-error' }, { $ref: '#/components/schemas/validation-error' }] },
        json(body),
      );
    }
    const content = isObject(described['content']) ? described['content'] : {};
    const types = Object.keys(content);
    if (body.kind === 'none')
      return types.length > 0 && status < 300 && status !== 204 ? [`answer ${status}: has no body`] : [];
    if (body.kind === 'bytes') return [];
    const named = content[type ?? ''] ?? content['application/json'];
    if (!isObject(named))
      return types.length === 0 && status < 400 ? [`answer ${status}: the operation answers without a body`] : [];
    return this.#values
      .problems(`${operation} ${status} ${type ?? ''}`, named['schema'], body.value)
      .map((problem) => `answer ${status} ${problem}`);
  }

  /** Whether the errors of a refusal are plain texts there, as for some operations; for others they are objects. */
  hasPlainErrors(operation: string, status: number): boolean {
    const described = this.#values.resolve(object(this.#described(operation).details['responses'])[String(status)]);
    if (!isObject(described) || !isObject(described['content'])) return false;
    const schema = this.#values.resolve(object(object(described['content'])['application/json'])['schema']);
    const errors = isObject(schema) && isObject(schema['properties']) ? schema['properties']['errors'] : undefined;
    return isObject(errors) && object(errors['items'])['type'] === 'string';
  }

  #described(operation: string): Described {
    const described = this.#byOperation.get(operation);
    if (!described) throw new Error(`GitHub has no operation ${operation}`);
    return described;
  }

  #parameters(
    details: Readonly<Record<string, unknown>>,
    place: 'path' | 'query',
  ): Readonly<Record<string, unknown>>[] {
    const all = Array.isArray(details['parameters']) ? details['parameters'] : [];
    return all
      .map((parameter) => object(this.#values.resolve(parameter)))
      .filter((parameter) => parameter['in'] === place);
  }

  /** Every property that a body may have, or nothing where it may have any. */
  #names(schema: unknown): Set<string> | undefined {
    const found = this.#values.resolve(schema);
    if (!isObject(found) || found['additionalProperties'] !== undefined) return undefined;
    const names = new Set(isObject(found['properties']) ? Object.keys(found['properties']) : []);
    for (const keyword of ['allOf', 'anyOf', 'oneOf']) {
      const parts = found[keyword];
      for (const part of Array.isArray(parts) ? parts : []) for (const name of this.#names(part) ?? []) names.add(name);
    }
    return names.size > 0 ? names : undefined;
  }
}

function json(body: Body): unknown {
  return body.kind === 'json' ? body.value : undefined;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (isObject(value) && Object.keys(value).length === 0);
}

/** A part of a path; as it came where it is not encoded as it should. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
