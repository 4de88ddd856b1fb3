import { pino } from 'pino';
import { Probot, ProbotOctokit } from 'probot';
import type { Surroundings } from './settings.ts';

export type Log = Probot['log'];

/**
 * Probot's logger, pino, which says nothing of what a webhook or a request carries. Probot by itself logs whole payloads: at
 * debug each one, and with every error of a handler the one that it was about. For machines it writes lines as they are made:
 * Probot's own stream reads each of them again, which takes longer than all else that is done for a webhook.
 */
export async function openLog({ level, format }: Surroundings['log']): Promise<Log> {
  const serializers = { event: eventInShort, err: errorInShort };
  if (format === 'json') return pino({ level, messageKey: 'msg', serializers });
  // It makes its logger while it begins, and in no other way. This one is asked for nothing else: no key is needed.
  const { log } = await new Probot({ appId: 1, privateKey: 'none', logLevel: level, logFormat: format }).ready();
  return log.child({}, { serializers });
}

function eventInShort(event: unknown): unknown {
  if (typeof event !== 'object' || event === null) return event;
  const { id, name } = event as { readonly id?: unknown; readonly name?: unknown };
  return { id, name };
}

/** No `event` or `request` of an error: there are the bodies. */
function errorInShort(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  const { status, code } = error as { readonly status?: unknown; readonly code?: unknown };
  const { name, message, stack, cause } = error;
  return {
    type: name,
    message,
    stack,
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
    ...(cause !== undefined && { cause: errorInShort(cause) }),
  };
}

/** Probot's client without the bodies of requests, which it logs at debug. */
export const QuietOctokit = ProbotOctokit.plugin((octokit) => {
  const { log } = octokit;
  octokit.log = {
    debug: (...said: readonly unknown[]) => void log.debug(said.filter((part) => typeof part === 'string').join(' ')),
    info: (message, more) => void log.info(message, more),
    warn: (message, more) => void log.warn(message, more),
    error: (message, more) => void log.error(message, more),
  };
});
