import { RequestError } from '@octokit/request-error';
import type { Octokit } from '@octokit/rest';

interface Kept {
  readonly etag: string;
  readonly response: Awaited<ReturnType<Octokit['request']>>;
}

/**
 * What was read is asked for again by its tag: GitHub counts no request for what has not changed.
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests
 *
 * @param most so many answers are kept, those that were used last.
 */
export function conditionalRequests(most: number): ({ hook }: Octokit) => void {
  const kept = new Map<string, Kept>();
  return ({ hook }) => {
    hook.wrap('request', async (request, options) => {
      const isPlain = options.method === 'GET' && options.request.parseSuccessResponseBody !== false;
      if (!isPlain) return request(options);
      const { url } = options;
      const key = `${url} ${JSON.stringify(Object.entries(options).filter(([name]) => !NO_PARAMETERS.has(name)))}`;
      const known = kept.get(key);
      // What is called next has these options already, whatever it is given.
      if (known !== undefined) options.headers = { ...options.headers, 'if-none-match': known.etag };
      try {
        const response = await request(options);
        keep(kept, key, response, most);
        return response;
      } catch (error) {
        if (known === undefined || !(error instanceof RequestError) || error.status !== 304) throw error;
        keep(kept, key, known.response, most);
        return known.response;
      }
    });
  };
}

const NO_PARAMETERS = new Set(['request', 'headers', 'mediaType', 'baseUrl', 'method', 'url']);

function keep(kept: Map<string, Kept>, key: string, response: Kept['response'], most: number): void {
  const { etag } = response.headers;
  kept.delete(key);
  if (etag === undefined || response.status !== 200) return;
  kept.set(key, { etag, response });
  const [oldest] = kept.keys();
  if (kept.size > most && oldest !== undefined) kept.delete(oldest);
}
