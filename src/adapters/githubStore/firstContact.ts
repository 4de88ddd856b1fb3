import { ServiceFailure } from '../../failure.ts';
import { printable } from '../../wording/printable.ts';
import { isAnswered, messageOf, statusOf } from './gitHubStoreFailure.ts';
import type { StoreSite } from './storeSite.ts';

const LONGEST_SECONDS = 5;
/** A name server or a network that was just switched on may need a moment. */
const PAUSES_SECONDS = [1, 2];

/** How a request is made: by these options of the client's, beside its own. */
type Manner = { readonly retries?: number; readonly answerWithinMs?: number };

/**
 * The first request of a process. Whether GitHub can be reached at all is known within seconds, and told with what was
 * tried; once it has answered, were it that it failed, there is reason to be patient.
 */
export async function firstContact<T>(
  { client, location, pause }: Pick<StoreSite, 'client' | 'location' | 'pause'>,
  ask: (manner: Manner) => Promise<T>,
  longestSeconds = LONGEST_SECONDS,
): Promise<T> {
  const manner: Manner = { retries: 0, answerWithinMs: 1000 * longestSeconds };
  for (let times = 1; ; times += 1) {
    try {
      return await ask(manner);
    } catch (error) {
      const status = statusOf(error);
      if (status === undefined || (isAnswered(error) && status < 500)) throw error;
      if (isAnswered(error)) return ask({});
      const isSilent = isTimeout(error);
      const seconds = PAUSES_SECONDS[times - 1];
      if (isSilent || seconds === undefined) {
        const said = isSilent ? `nothing within ${longestSeconds} s` : printable(reasonOf(error), 200);
        const asked = `asked ${times === 1 ? 'once' : `${times} times`}, ${said}`;
        throw unreachable(
          location,
          `GitHub does not answer at ${client.request.endpoint.DEFAULTS.baseUrl}: ${asked}`,
          error,
        );
      }
      await pause(seconds);
    }
  }
}

function unreachable(where: string, found: string, cause: unknown): ServiceFailure {
  const remedy =
    'See whether this machine reaches that address (a proxy is named by HTTPS_PROXY, another server by GITHUB_API_URL), and run the command again';
  return new ServiceFailure('store_failed', { where, found, remedy }, { cause });
}

/** An error of the network says more in its cause, and nothing by itself where several addresses were tried. */
function reasonOf(error: unknown): string {
  const { cause } = error instanceof Error ? error : {};
  const inner = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : 'no connection';
  return messageOf(error) === '' ? code : messageOf(error);
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof Error && error.cause.name === 'TimeoutError';
}
