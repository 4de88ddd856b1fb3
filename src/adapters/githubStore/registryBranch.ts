import { randomUUID } from 'node:crypto';
import { ServiceFailure, UserMistake } from '../../failure.ts';
import { splitRepositoryName } from '../../identity/git.ts';
import { damaged } from '../../registry/damage.ts';
import type { Creation } from '../../registry/store.ts';
import type { StoreKey } from '../../registry/storeKey.ts';
import { beginBranch, BRANCH } from './beginBranch.ts';
import { BlobReads, type GitBlob } from './blobReads.ts';
import { branchFiles } from './branchFiles.ts';
import { firstContact } from './firstContact.ts';
import { gitBlobId } from './gitObject.ts';
import { gitHubStoreFailure, isAnswered, isUnknownOutcome, messageOf, statusOf } from './gitHubStoreFailure.ts';
import { KeptBytes } from './keptBytes.ts';
import type { StoreSite } from './storeSite.ts';

/** Each conflict is somebody else's success, and they take about a second each: this many would be a crowd. */
const MOST_CONFLICTS = 60;
const MOST_TRIES = 3;

/**
 * The small files of a registry, on a branch without a common history with the code. A file is created by one request
 * that fails where it exists; the branch is moved by one writer at a time, and GitHub tells the others to come again.
 *
 * What was once seen stays (nothing here is ever changed or removed), so that only what was never seen, and lists, ask
 * where the branch stands now: one small request, which GitHub does not count where nothing has changed.
 */
export class RegistryBranch {
  readonly #site: StoreSite;
  readonly #place: { readonly owner: string; readonly repo: string };
  /** All that was seen or created, by path. */
  readonly #files = new Map<string, GitBlob>();
  readonly #trees = new Set<string>();
  readonly #kept = new KeptBytes();
  readonly #reads: BlobReads;
  readonly #mark = randomUUID().slice(0, 8);
  #head: { readonly commit: string; readonly etag?: string } | undefined;
  /** The commit whose files are all in `#files`. */
  #read: string | undefined;
  #isReached = false;
  #repositoryIsThere = false;
  #running: Promise<unknown> = Promise.resolve();
  #next: Promise<void> | undefined;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(site: StoreSite) {
    this.#site = site;
    this.#place = splitRepositoryName(site.repository);
    this.#reads = new BlobReads(site);
  }

  /** Sees all that was created before the call. Those who ask at once share a request. */
  fresh(): Promise<void> {
    // One that is on its way may have left before what its caller knows of was made.
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      const reading = this.#look();
      this.#running = reading.catch(() => undefined);
      return reading;
    });
    return this.#next;
  }

  /** Whether there is a branch, as far as was seen. */
  get exists(): boolean {
    return this.#head !== undefined;
  }

  has(key: string): boolean {
    return this.#files.has(key);
  }

  /** As far as was seen, in no order. */
  names(): Iterable<string> {
    return this.#files.keys();
  }

  /** A file that was seen. Those that are read at once are few requests. */
  async read(key: string): Promise<Uint8Array | undefined> {
    const blob = this.#files.get(key);
    if (blob === undefined) return undefined;
    const { id } = blob;
    const kept = this.#kept.get(id);
    if (kept !== undefined) return kept;
    const bytes = await this.#saying('read', key, () => this.#reads.read(blob));
    if (gitBlobId(bytes) !== id) throw damaged(this.#site, key, 'its bytes are not those that git names');
    this.#kept.put(id, bytes);
    return bytes;
  }

  async create(key: StoreKey, bytes: Uint8Array): Promise<Creation> {
    if (this.#files.has(key)) return 'exists';
    return this.#saying('create', key, () => this.#inTurn(() => this.#createAnyhow(key, bytes)));
  }

  /** The branch, made where there is none yet. */
  async begin(): Promise<void> {
    await this.#saying('create', `the branch ${BRANCH}`, async () => {
      if (!this.exists) await this.fresh();
      if (this.exists) return;
      const refused = await beginBranch(this.#site, this.#place);
      await this.fresh();
      if (refused !== undefined && this.#head === undefined) throw refused;
    });
  }

  /** GitHub asks that files are written one after the other; writers of this process do not even try at once. */
  #inTurn<T>(write: () => Promise<T>): Promise<T> {
    const turn = this.#writing.then(write);
    this.#writing = turn.catch(() => undefined);
    return turn;
  }

  async #createAnyhow(key: StoreKey, bytes: Uint8Array): Promise<Creation> {
    if (!this.exists) await this.begin();
    let conflicts = 0;
    let unknown = 0;
    for (;;) {
      if (this.#files.has(key)) return this.#whose(key, bytes, unknown);
      try {
        await this.#put(key, bytes);
        return 'created';
      } catch (error) {
        const status = statusOf(error);
        if (status === 422) {
          await this.fresh();
          if (!this.#files.has(key)) throw error;
        } else if (status === 409 && !/rule violations|empty/i.test(messageOf(error)) && conflicts < MOST_CONFLICTS) {
          conflicts += 1;
          // Apart from each other, so that of many writers one gets through.
          await this.#site.pause(Math.random() * Math.min(0.2 * conflicts, 2));
        } else if (isUnknownOutcome(error) && unknown < MOST_TRIES - 1) {
          unknown += 1;
          await this.#site.pause(unknown ** 2);
          // It may stand. If it does not, it can be asked for again: GitHub creates a path once.
          await this.fresh();
        } else {
          throw error;
        }
      }
    }
  }

  /** A file that was found after a try whose answer was lost is ours where it holds our bytes. */
  #whose(key: StoreKey, bytes: Uint8Array, unknown: number): Creation {
    return unknown > 0 && this.#files.get(key)?.id === gitBlobId(bytes) ? 'created' : 'exists';
  }

  async #put(key: StoreKey, bytes: Uint8Array): Promise<void> {
    const { data } = await this.#site.client.rest.repos.createOrUpdateFileContents({
      ...this.#place,
      path: key,
      branch: BRANCH,
      // Other builders than GitHub's own look at every branch, and heed this. The writer's mark keeps two who write the
      // same in the same second from making the same commit, of which both would be told that it is theirs.
      message: `Create ${key}\n\n[skip ci]\nwriter: ${this.#mark}`,
      content: Buffer.from(bytes).toString('base64'),
      request: { retries: 0 },
    });
    const id = gitBlobId(bytes);
    this.#files.set(key, { id, bytes: bytes.length });
    this.#kept.put(id, bytes);
    const { sha, parents } = data.commit;
    // Ours came right after what was read: nothing more is to be read.
    if (sha !== undefined && this.#read !== undefined && parents?.[0]?.sha === this.#read) {
      this.#read = sha;
      this.#head = { commit: sha };
    }
  }

  async #look(): Promise<void> {
    await this.#saying('list', `the branch ${BRANCH}`, async () => {
      const head = await this.#readHead();
      this.#head = head;
      if (head === undefined || head.commit === this.#read) return;
      for await (const { path, blob } of branchFiles(this.#site.client, this.#place, head.commit, this.#trees)) {
        this.#files.set(path, blob);
      }
      this.#read = head.commit;
    });
  }

  async #readHead(): Promise<{ readonly commit: string; readonly etag?: string } | undefined> {
    const known = this.#head;
    const ask = (request = {}) =>
      this.#site.client.rest.git.getRef({
        ...this.#place,
        ref: `heads/${BRANCH}`,
        ...(known?.etag !== undefined && { headers: { 'if-none-match': known.etag } }),
        request,
      });
    try {
      const { data, headers } = await (this.#isReached ? ask() : firstContact(this.#site, ask));
      this.#isReached = true;
      return { commit: data.object.sha, ...(headers.etag !== undefined && { etag: headers.etag }) };
    } catch (error) {
      this.#isReached ||= isAnswered(error);
      const status = statusOf(error);
      if (status === 304 && known !== undefined) return known;
      // Another conflict than "Git Repository is empty." must not look like a registry without models.
      if (status === 409 && /is empty/i.test(messageOf(error))) return undefined;
      if (status !== 404) throw error;
      await this.#assertRepository();
      return undefined;
    }
  }

  /** A repository that is not there, or that may not be seen, would look like a registry without models. */
  async #assertRepository(): Promise<void> {
    if (this.#repositoryIsThere) return;
    try {
      await this.#site.client.rest.repos.get(this.#place);
      this.#repositoryIsThere = true;
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
      const { repository, hasToken } = this.#site;
      throw new ServiceFailure('store_denied', {
        where: this.#site.location,
        found: `GitHub shows no repository ${repository} ${hasToken ? 'to the owner of the token' : 'to whom it does not know'}`,
        expected: 'a repository that may be read',
        remedy: hasToken
          ? 'Correct "registry" in touchstone.yml, or give a token that may read the repository ("contents: read")'
          : 'Correct "registry" in touchstone.yml, or give a token: GITHUB_TOKEN="$(gh auth token)"',
      });
    }
  }

  async #saying<T>(deed: 'create' | 'read' | 'list', key: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw error instanceof UserMistake ? error : gitHubStoreFailure(this.#site, deed, key, error);
    }
  }
}
