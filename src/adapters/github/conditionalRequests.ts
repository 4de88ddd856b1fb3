import type { Octokit } from '@octokit/rest';

type Response = Awaited<ReturnType<Octokit['request']>>;

interface Kept {
  readonly etag: string;
  readonly response: Omit<Response, 'data'>;
  /** As text: whoever is given an answer may change it, and pagination does. */
  readonly text: Buffer;
}

/** Answers that were read last, of whoever asked for them. */
export class KeptResponses {
  readonly #mostBytes: number;
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  /** @param mostBytes of text; those that were used last stay. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  get(key: string): Kept | undefined {
    const found = this.#kept.get(key);
    if (found === undefined) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, found);
    return found;
  }

  set(key: string, made: Kept): void {
    this.forget(key);
    if (made.text.length > this.#mostBytes) return;
    this.#kept.set(key, made);
    this.#bytes += made.text.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#mostBytes) return;
      this.forget(oldest);
    }
  }

  forget(key: string): void {
    this.#bytes -= this.#kept.get(key)?.text.length ?? 0;
    this.#kept.delete(key);
  }
}

/**
 * What was read is asked for again by its tag: GitHub counts no request for what has not changed.
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests
 *
 * Its tags hold for one token, which an installation has for an hour (https://github.com/github/docs/issues/34689): this saves
 * requests that follow each other, and none from one hourly look to the next.
 *
 * @param whose what one may read says nothing about another.
 */
export function conditionalRequests(kept: KeptResponses, whose: string): ({ hook }: Pick<Octokit, 'hook'>) => void {
  return ({ hook }) => {
    hook.wrap('request', async (request, options) => {
      const isPlain = options.method === 'GET' && options.request.parseSuccessResponseBody !== false;
      if (!isPlain) return request(options);
      const asked = Object.entries(options).filter(([name]) => !NO_PARAMETERS.has(name));
      const key = `${whose} ${options.url} ${JSON.stringify(asked)}`;
      const known = kept.get(key);
      // What is called next has these options already, whatever it is given.
      if (known !== undefined) options.headers = { ...options.headers, 'if-none-match': known.etag };
      try {
        const response = await request(options);
        keep(kept, key, response);
        return response;
      } catch (error) {
        const isUnchanged = error instanceof Error && 'status' in error && error.status === 304;
        if (known === undefined || !isUnchanged) throw error;
        return { ...known.response, data: JSON.parse(known.text.toString()) as unknown };
      }
    });
  };
}

const NO_PARAMETERS = new Set(['request', 'headers', 'mediaType', 'baseUrl', 'method', 'url']);

function keep(kept: KeptResponses, key: string, { data, ...response }: Response): void {
  const { etag } = response.headers;
  if (etag === undefined || response.status !== 200) return kept.forget(key);
  kept.set(key, { etag, response, text: Buffer.from(JSON.stringify(data)) });
}
