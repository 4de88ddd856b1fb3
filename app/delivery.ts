import type { Hmac } from 'node:crypto';
import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap */
export const LARGEST_BODY = 25 * 1024 * 1024;

/** Why a request is no delivery. Counted by this word; the status is the answer's. */
export const REFUSALS = {
  'too-large': { status: 413, says: 'A webhook has 25 MB at most.' },
  truncated: { status: 400, says: 'The body ended before its time.' },
  slow: { status: 408, says: 'The body took too long.' },
  malformed: { status: 400, says: 'This is no request.' },
  'header-missing': {
    status: 400,
    says: 'X-GitHub-Event, X-GitHub-Delivery and X-Hub-Signature-256 have to be there.',
  },
  'not-json': { status: 415, says: 'The content type of a webhook is application/json.' },
  forged: { status: 401, says: 'The signature is not that of the body under the secret of this App.' },
  'no-object': { status: 400, says: 'The body is no JSON object.' },
  stopping: { status: 503, says: 'The App is stopping.' },
} as const satisfies { readonly [reason: string]: { readonly status: number; readonly says: string } };

export type Refusal = keyof typeof REFUSALS;

/** What its headers say of a delivery. */
export interface Announced {
  readonly kind: 'announced';
  readonly id: string;
  readonly event: string;
  /** What the HMAC of the body has to be. */
  readonly signature: Buffer;
}

export type Refused = { readonly kind: 'refused'; readonly reason: Refusal };

export type Payload = { readonly [name: string]: unknown };

// Names of events are keys at Probot, where "error" is the one of its own failures.
const EVENT = /^(?!error$)[a-z][a-z\d_]{0,63}$/;
const ID = /^[\w-]{1,128}$/;
const JSON_TYPE = /^application\/json\s*(?:;|$)/i;
const SIGNATURE = /^sha256=([\da-f]{64})$/;

/** Judged before a byte of the body is read. */
export function readHeaders(headers: IncomingHttpHeaders): Announced | Refused {
  const event = headers['x-github-event'];
  const id = headers['x-github-delivery'];
  const signed = headers['x-hub-signature-256'];
  if (typeof event !== 'string' || typeof id !== 'string' || typeof signed !== 'string')
    return refused('header-missing');
  if (!EVENT.test(event) || !ID.test(id)) return refused('header-missing');
  if (!JSON_TYPE.test(headers['content-type'] ?? '')) return refused('not-json');
  if (Number(headers['content-length'] ?? 0) > LARGEST_BODY) return refused('too-large');
  const [, hex] = SIGNATURE.exec(signed) ?? [];
  if (hex === undefined) return refused('forged');
  return { kind: 'announced', id, event, signature: Buffer.from(hex, 'hex') };
}

/** https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries: compared in constant time. */
export function isSigned({ signature }: Announced, ofTheBody: Hmac): boolean {
  return timingSafeEqual(signature, ofTheBody.digest());
}

/** Only for a body whose signature was right. */
export function parseBody(body: Buffer): { readonly kind: 'payload'; readonly payload: Payload } | Refused {
  let payload: unknown;
  try {
    payload = JSON.parse(body.toString());
  } catch {
    return refused('no-object');
  }
  return isObject(payload) ? { kind: 'payload', payload } : refused('no-object');
}

/** What a log says of a delivery: no more than this of its payload. */
export interface Told {
  readonly id: string;
  readonly event: string;
  readonly action?: string;
  readonly installation?: number;
  readonly repository?: string;
}

export function tellOf({ id, event }: Announced, { action, installation, repository }: Payload): Told {
  const number = isObject(installation) ? installation['id'] : undefined;
  const name = isObject(repository) ? repository['full_name'] : undefined;
  return {
    id,
    event,
    ...(typeof action === 'string' && { action }),
    ...(typeof number === 'number' && { installation: number }),
    ...(typeof name === 'string' && { repository: name }),
  };
}

function isObject(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(reason: Refusal): Refused {
  return { kind: 'refused', reason };
}
