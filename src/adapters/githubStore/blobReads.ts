import * as v from 'valibot';
import { splitRepositoryName } from '../../identity/git.ts';
import { gitBlobId } from './gitObject.ts';
import { isUnknownOutcome } from './gitHubStoreFailure.ts';
import type { StoreSite } from './storeSite.ts';

/** The content of a file, as git names it. */
export interface GitBlob {
  readonly id: string;
  /** Its size; absent where GitHub did not say it. */
  readonly bytes?: number;
}

/** One query asks for so many; GitHub ends a query that takes ten seconds. */
const MOST_IN_QUERY = 100;
const MOST_BYTES_IN_QUERY = 512 * 1024;
/** A query that fails is asked in halves, down to an eighth: if that fails too, it is not for its size. */
const MOST_HALVINGS = 3;
const AT_ONCE_ALONE = 8;

interface Waiting {
  readonly blob: GitBlob;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads files by their ids. Those that are asked for in one turn of the event loop share a GraphQL query, which GitHub
 * counts as one request; a file asked for by itself is one REST request. What GraphQL does not give byte for byte (binary
 * files, what is no UTF-8, whatever it refuses) is read by REST, and what it gives is held against its id. REST's own
 * answer is left to be held against it by whoever asked.
 */
export class BlobReads {
  readonly #site: StoreSite;
  readonly #place: { readonly owner: string; readonly repo: string };
  readonly #asked = new Map<string, Promise<Uint8Array>>();
  #waiting: Waiting[] = [];

  constructor(site: StoreSite) {
    this.#site = site;
    this.#place = splitRepositoryName(site.repository);
  }

  /** A file's bytes. Who asks for one that is on its way waits for the same. */
  read(blob: GitBlob): Promise<Uint8Array> {
    const asked = this.#asked.get(blob.id);
    if (asked !== undefined) return asked;
    const reading = new Promise<Uint8Array>((resolve, reject) => {
      if (this.#waiting.push({ blob, resolve, reject }) === 1) setImmediate(() => this.#ask());
    }).finally(() => this.#asked.delete(blob.id));
    this.#asked.set(blob.id, reading);
    return reading;
  }

  #ask(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const batch of batchesOf(waiting)) void this.#serve(batch);
  }

  async #serve(batch: readonly Waiting[]): Promise<void> {
    // GraphQL answers nobody whom it does not know.
    const isQuery = batch.length > 1 && this.#site.hasToken;
    const texts = new Map<string, Uint8Array>();
    if (isQuery)
      await this.#queryInParts(
        batch.map(({ blob }) => blob),
        texts,
      );
    const left: Waiting[] = [];
    for (const waiting of batch) {
      const bytes = texts.get(waiting.blob.id);
      if (bytes === undefined) left.push(waiting);
      else waiting.resolve(bytes);
    }
    await Promise.all(Array.from({ length: AT_ONCE_ALONE }, () => this.#readAlone(left)));
  }

  /** Takes one after the other of those that are left. Where GitHub refuses one, the others are not asked for in vain. */
  async #readAlone(left: Waiting[]): Promise<void> {
    for (let waiting = left.shift(); waiting !== undefined; waiting = left.shift()) {
      try {
        const { data } = await this.#site.client.rest.git.getBlob({ ...this.#place, file_sha: waiting.blob.id });
        waiting.resolve(Buffer.from(data.content, data.encoding === 'base64' ? 'base64' : 'utf8'));
      } catch (error) {
        for (const { reject } of [waiting, ...left.splice(0)]) reject(error);
      }
    }
  }

  /**
   * Puts what GraphQL gives of files into `texts`, by id; answers whether more may be asked of it. Throws nothing: REST says
   * why something cannot be read.
   */
  async #queryInParts(blobs: readonly GitBlob[], texts: Map<string, Uint8Array>, halvings = 0): Promise<boolean> {
    try {
      await this.#query(blobs, texts);
      return true;
    } catch (error) {
      if (!isUnknownOutcome(error) || halvings === MOST_HALVINGS) return false;
      await this.#site.pause(1);
      const middle = Math.ceil(blobs.length / 2);
      return (
        (await this.#queryInParts(blobs.slice(0, middle), texts, halvings + 1)) &&
        (await this.#queryInParts(blobs.slice(middle), texts, halvings + 1))
      );
    }
  }

  async #query(blobs: readonly GitBlob[], texts: Map<string, Uint8Array>): Promise<void> {
    const names = blobs.map((_, index) => `blob${index}`);
    const asked = names.map((name) => `${name}: object(oid: $${name}) { ... on Blob { text } }`);
    const query = `query($owner: String!, $repo: String!, ${names.map((name) => `$${name}: GitObjectID!`).join(', ')}) {
      repository(owner: $owner, name: $repo) { ${asked.join('\n')} }
    }`;
    const ids = Object.fromEntries(blobs.map(({ id }, index) => [`blob${index}`, id]));
    const data: unknown = await this.#site.client
      .graphql(query, { ...this.#place, ...ids, request: { retries: 0 } })
      .catch(dataAmongErrors);
    const parsed = v.safeParse(answer, data);
    if (!parsed.success) return;
    for (const [index, { id }] of blobs.entries()) {
      const text = parsed.output.repository[`blob${index}`]?.text;
      const bytes = typeof text === 'string' ? Buffer.from(text) : undefined;
      if (bytes !== undefined && gitBlobId(bytes) === id) texts.set(id, bytes);
    }
  }
}

const answer = v.object({
  repository: v.record(v.string(), v.nullable(v.object({ text: v.nullish(v.string()) }))),
});

/** GraphQL tells of errors beside what it could answer. */
function dataAmongErrors(error: unknown): unknown {
  if (error instanceof Error && error.name === 'GraphqlResponseError' && 'data' in error) return error.data;
  throw error;
}

/** In the order in which they were asked for. A file that does not fit in a query is alone. */
function batchesOf(waiting: readonly Waiting[]): readonly (readonly Waiting[])[] {
  const batches: Waiting[][] = [];
  let room = 0;
  for (const one of waiting) {
    const bytes = one.blob.bytes ?? MOST_BYTES_IN_QUERY;
    const batch = batches.at(-1);
    if (batch !== undefined && batch.length < MOST_IN_QUERY && bytes <= room) batch.push(one);
    else {
      batches.push([one]);
      room = MOST_BYTES_IN_QUERY;
    }
    room -= bytes;
  }
  return batches;
}
