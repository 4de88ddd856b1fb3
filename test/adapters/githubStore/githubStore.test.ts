import { afterEach, describe, expect, it } from 'vitest';
import { GitHubStore, MOST_BYTES_ON_BRANCH } from '../../../src/adapters/githubStore/githubStore.ts';
import { openGitHub } from '../../../src/adapters/github/gitHubClient.ts';
import { ServiceFailure } from '../../../src/failure.ts';
import { digestOfBytes, parseDigest } from '../../../src/identity/digest.ts';
import { parseRepositoryName } from '../../../src/identity/git.ts';
import { parseChampionExpectation } from '../../../src/registry/expectation.ts';
import { openRegistry } from '../../../src/registry/layout.ts';
import { putBlob, readBlob } from '../../../src/registry/blobs.ts';
import { listAll, type RegistryStore } from '../../../src/registry/store.ts';
import { BLOBS, blobKey, parseStoreKey, WHOLE_STORE } from '../../../src/registry/storeKey.ts';
import { verifyRegistry } from '../../../src/registry/verify.ts';
import { mistakeIn } from '../../fakes/mistakeOf.ts';
import { manifestDigestOf, RegistryWorld } from '../../fakes/registryWorld.ts';
import { secondaryLimit } from '../../github/faults.ts';
import type { Release } from '../../github/state/releases.ts';
import { bytes, sourceOf } from '../../registry/describeStore.ts';
import { requestsOf, storeOnGitHub, type Place } from './storeOnGitHub.ts';

const KEY = parseStoreKey('models/churn/log/00000000000000000001.json');
const LARGE = Buffer.alloc(MOST_BYTES_ON_BRANCH + 1, 'large');

let place: Place;
const start = async (options?: Parameters<typeof storeOnGitHub>[0]): Promise<Place> =>
  (place = await storeOnGitHub(options));
afterEach(() => place.close());

async function failureOf(step: Promise<unknown>): Promise<ServiceFailure> {
  const told: unknown = await step.catch((error: unknown) => error);
  expect(told).toBeInstanceOf(ServiceFailure);
  return told as ServiceFailure;
}

describe('a registry in a repository', () => {
  it('lies on a branch that has nothing in common with the code, and begins it once', async () => {
    const { repository, open } = await start();
    await Promise.all([open(), open(), open()].map((store) => openRegistry(store, 'write')));
    const branch = 'refs/heads/touchstone';
    expect(await repository.run(['rev-list', '--max-parents=0', '--count', branch])).toBe('1');
    expect(await repository.mergeBase(branch, 'refs/heads/main')).toBeUndefined();
    expect((await repository.run(['ls-tree', '-r', '--name-only', branch])).split('\n')).toEqual([
      '.gitattributes',
      'registry.json',
    ]);
    expect(await repository.run(['log', '-1', '--format=%s', branch])).toBe('Create registry.json');
  });

  it('can be read with git alone, byte for byte', async () => {
    const { repository, open } = await start();
    const lines = bytes('{"a":1}\r\n');
    await open().create(KEY, lines);
    expect(await repository.runForBytes(['show', `refs/heads/touchstone:${KEY}`])).toEqual(Buffer.from(lines));
  });

  it('keeps a blob on the branch or in a release, by its size', async () => {
    const { repository, open } = await start();
    const store = open();
    const small = sourceOf(LARGE.subarray(1));
    const large = sourceOf(LARGE);
    for (const source of [small, large]) expect(await store.createFrom(blobKey(source.digest), source)).toBe('created');
    expect(await repository.run(['ls-tree', '-r', '--name-only', 'refs/heads/touchstone', BLOBS])).toBe(
      `${BLOBS}${small.digest}`,
    );
    const [release] = repository.releases.all;
    expect(release).toMatchObject({
      tag: `touchstone-blobs-${large.digest.slice(0, 1)}`,
      isDraft: false,
      isPrerelease: true,
    });
    expect(release?.assets.map(({ name }) => name)).toEqual([large.digest]);
    expect(await listAll(open(), BLOBS)).toEqual([small, large].map(({ digest }) => `${BLOBS}${digest}`).sort());
    for (const source of [small, large]) {
      expect(await open().createFrom(blobKey(source.digest), source)).toBe('exists');
      expect(await open().create(blobKey(source.digest), Buffer.alloc(source.bytes))).toBe('exists');
    }
    // What a tag points to has no workflow that it could start.
    const tag = await repository.run(['rev-parse', `refs/tags/${release?.tag ?? ''}`]);
    expect(await repository.contains('refs/heads/touchstone', tag)).toBe(true);
  });

  it('opens no source whose blob is there', async () => {
    const { open } = await start();
    await putBlob(open(), sourceOf(LARGE));
    const unread = {
      ...sourceOf(LARGE),
      open: () => {
        throw new Error('read');
      },
    };
    expect(await open().createFrom(blobKey(unread.digest), unread)).toBe('exists');
  });

  it('is read by anyone where it is public, and by those who may where it is not', async () => {
    const { github, repository, open } = await start();
    await putBlob(open(), sourceOf(LARGE));
    expect(await readBlob(open('no token'), sourceOf(LARGE).digest)).toEqual(LARGE);
    repository.isPrivate = true;
    const reader = github.createUser('reader');
    repository.allow(reader, 'read');
    expect(await readBlob(open({ user: reader }), sourceOf(LARGE).digest)).toEqual(LARGE);
    const stranger = await failureOf(open({ user: github.createUser('stranger') }).get(KEY));
    expect(stranger.code).toBe('store_denied');
    expect(stranger.message).toMatch(/shows no repository acme\/churn.*"contents: read"/);
    expect((await failureOf(open('no token').get(KEY))).message).toMatch(/GITHUB_TOKEN="\$\(gh auth token\)"/);
  });

  it.each(['file', 'blob'] as const)('says which permission is missing to write a %s', async (what) => {
    const { repository, open } = await start();
    await openRegistry(open(), 'write');
    const write = (store: RegistryStore): Promise<unknown> =>
      what === 'file' ? store.create(KEY, bytes('{}')) : putBlob(store, sourceOf(LARGE));
    const reading = await failureOf(write(open({ workflowOf: repository, permissions: { contents: 'read' } })));
    expect(reading.code).toBe('store_denied');
    expect(reading.message).toMatch(
      /403 \(Resource not accessible by integration\).*permissions: \{ contents: write \}/,
    );
    const anonymous = await failureOf(write(open('no token')));
    expect(anonymous.code).toBe('store_denied');
    expect(anonymous.message).toMatch(/GITHUB_TOKEN or GH_TOKEN.*gh auth token/);
    expect(await write(open({ workflowOf: repository, permissions: { contents: 'write' } }))).not.toBe('exists');
  });

  it.each([
    ['Repository was archived so is read-only.', 403, /Unarchive/],
    [
      'Repository rule violations found\n\nCannot create ref due to creations being restricted.',
      409,
      /Exempt the branch "touchstone"/,
    ],
  ])('says what mends "%s"', async (message, status, remedy) => {
    const { github, open } = await start();
    await openRegistry(open(), 'write');
    github.faults.next({ operation: /^PUT /, answer: { status, body: { message, status: String(status) } }, times: 9 });
    const failure = await failureOf(open().create(KEY, bytes('{}')));
    github.faults.clear();
    expect(failure.code).toBe('store_denied');
    expect(failure.message).toMatch(remedy);
  });

  it('in a repository without a commit asks for one', async () => {
    const { open } = await start({ empty: true });
    await openRegistry(open(), 'read');
    const mistake = await mistakeIn(openRegistry(open(), 'write'));
    expect(mistake.code).toBe('repository-empty');
    expect(mistake.message).toMatch(/Push one/);
  });

  it('is not taken for an empty one where GitHub refuses to say where its branch is', async () => {
    const { github, open } = await start();
    await openRegistry(open(), 'write');
    const conflict = { status: 409, body: { message: 'is at 1 but expected 2', status: '409' } };
    github.faults.next({ operation: 'GET /repos/{owner}/{repo}/git/ref/{ref}', answer: conflict });
    expect((await failureOf(openRegistry(open(), 'read'))).code).toBe('store_failed');
  });

  it('is none where the branch holds something else', async () => {
    const { repository, open } = await start();
    await repository.commit('touchstone', { 'notes.md': 'mine' }, { parent: null });
    expect((await mistakeIn(openRegistry(open(), 'write'))).code).toBe('not_a_registry');
  });

  it('is listed folder by folder where GitHub cuts a list short', async () => {
    const { repository, open } = await start();
    const store = open();
    const keys = ['environments/production/churn/log/1', 'models/a/log/1', 'models/a/log/2', 'models/b/log/1'].map(
      parseStoreKey,
    );
    for (const key of keys) await store.create(key, bytes(key));
    repository.mostTreeEntries = 4;
    expect(await listAll(open(), WHOLE_STORE)).toEqual(keys);
    expect(await open().get(keys[3] ?? KEY)).toEqual(Buffer.from(bytes('models/b/log/1')));
  });

  it('waits as long as GitHub asks for, and goes on', async () => {
    const { github, open } = await start();
    await openRegistry(open(), 'write');
    const waits: string[] = [];
    const store = patient(github.apiUrl, github.token({ user: place.repository.owner }), (seconds, because) => {
      waits.push(`${seconds} s, ${because}`);
    });
    github.faults.next({ operation: /^PUT /, answer: secondaryLimit(60) });
    github.faults.next({ operation: /^POST .*assets/, answer: secondaryLimit(30, 429) });
    expect(await store.create(KEY, bytes('{}'))).toBe('created');
    // The body is read from its beginning again.
    await putBlob(store, sourceOf(LARGE));
    expect(await readBlob(open(), sourceOf(LARGE).digest)).toEqual(LARGE);
    expect(waits).toEqual(['60 s, secondary rate limit', '30 s, secondary rate limit']);
  });
});

function patient(baseUrl: string, token: string, onWait: (seconds: number, because: string) => void): GitHubStore {
  const client = openGitHub({ baseUrl, token, onWait, msPerSecond: 1 });
  return new GitHubStore({
    client,
    repository: parseRepositoryName('acme/churn'),
    hasToken: true,
    pause: () => Promise.resolve(),
  });
}

describe('the releases of a registry', () => {
  const { digest } = sourceOf(LARGE);
  const tag = `touchstone-blobs-${digest.slice(0, 1)}`;

  /** The release that the large blob belongs to, with something in it. */
  async function release(): Promise<Release> {
    const { repository } = await start();
    await openRegistry(place.open(), 'write');
    const other = Buffer.concat([LARGE, LARGE]);
    await putBlob(place.open(), sourceOf(other));
    repository.releases.all.length = 0;
    return repository.releases.create({
      tag,
      target: 'touchstone',
      name: tag,
      body: null,
      isDraft: false,
      isPrerelease: true,
      author: repository.owner,
    });
  }
  const asset = (name: string, content: Uint8Array = LARGE) => ({
    name,
    label: null,
    contentType: 'application/octet-stream',
    bytes: content,
    uploader: place.repository.owner,
  });

  /** A digest that lies in the same release. */
  const beside = (at: number) => parseDigest(`${digest.slice(0, 1)}${digestOfBytes(String(at)).slice(1)}`);

  it('overflow into further ones, in which blobs are found again', async () => {
    const full = await release();
    for (let at = 0; at < 1000; at += 1) {
      place.repository.releases.add(full, asset(beside(at), bytes('x')));
    }
    expect(await place.open().createFrom(blobKey(digest), sourceOf(LARGE))).toBe('created');
    expect(place.repository.releases.byTag(`${tag}-2`)?.assets.map(({ name }) => name)).toEqual([digest]);
    expect(await readBlob(place.open(), digest)).toEqual(LARGE);
    expect(await place.open().createFrom(blobKey(digest), sourceOf(LARGE))).toBe('exists');
    // Also after somebody has made room in the first.
    full.assets.splice(10, 1);
    expect(await place.open().createFrom(blobKey(digest), sourceOf(LARGE))).toBe('exists');
    const last = blobKey(beside(999));
    expect(await place.open().get(last)).toEqual(Buffer.from('x'));
  });

  it('are made beside another writer who was quicker', async () => {
    const { open, repository } = await start();
    await openRegistry(open(), 'write');
    const sources = Array.from({ length: 4 }, (_, at) => sourceOf(Buffer.concat([LARGE, Buffer.from([at])])));
    await Promise.all([...sources, ...sources].map((source) => open().createFrom(blobKey(source.digest), source)));
    const names = repository.releases.all.flatMap(({ assets }) => assets.map(({ name }) => name));
    expect(names.sort()).toEqual(sources.map((source) => source.digest).sort());
  });

  it('keep what an upload left that never ended: it is no blob, and gives way when it is old', async () => {
    const own = await release();
    const left = place.repository.releases.add(own, asset(digest));
    left.state = 'open';
    const store = place.open();
    expect(await store.get(blobKey(digest))).toBeUndefined();
    expect(await listAll(store, BLOBS)).not.toContain(blobKey(digest));
    // It is young: somebody may be at it.
    const creating = store.createFrom(blobKey(digest), sourceOf(LARGE));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(own.assets).toEqual([left]);
    left.createdAt = new Date(Date.now() - 6 * 60_000).toISOString();
    expect(await creating).toBe('created');
    expect(own.assets.map(({ state }) => state)).toEqual(['uploaded']);
    expect(await readBlob(place.open(), digest)).toEqual(LARGE);
  });

  it('take the blob of another writer whose upload ends meanwhile', async () => {
    const own = await release();
    const theirs = place.repository.releases.add(own, asset(digest));
    theirs.state = 'open';
    const creating = place.open().createFrom(blobKey(digest), sourceOf(LARGE));
    await new Promise((resolve) => setTimeout(resolve, 50));
    theirs.state = 'uploaded';
    expect(await creating).toBe('exists');
    expect(own.assets).toEqual([theirs]);
  });

  it('hold no blob of another length than it has', async () => {
    const own = await release();
    place.repository.releases.add(own, asset(digest, bytes('cut')));
    expect((await failureOf(place.open().createFrom(blobKey(digest), sourceOf(LARGE)))).code).toBe('registry_damaged');
    expect((await failureOf(readBlob(place.open(), digest))).code).toBe('registry_damaged');
  });

  it('that are immutable are said to be', async () => {
    const { open, repository } = await start();
    await openRegistry(open(), 'write');
    repository.releases.areImmutable = true;
    const failure = await failureOf(putBlob(open(), sourceOf(LARGE)));
    expect(failure.code).toBe('store_denied');
    expect(failure.message).toMatch(/immutable release.*Turn off "Enable release immutability"/);
  });

  it('take no file of 2 GiB, which nobody begins to upload', async () => {
    const { github, open } = await start();
    await openRegistry(open(), 'write');
    const store = open();
    const source = { ...sourceOf(LARGE), bytes: 2 ** 31 };
    const asked = await requestsOf(github, async () => {
      const failure = await failureOf(store.createFrom(blobKey(digest), source));
      expect(failure.code).toBe('store_full');
      expect(failure.message).toMatch(/2,147,483,648 bytes/);
    });
    expect(asked).toEqual([]);
  });

  it('of more than a page are read to the end', async () => {
    const own = await release();
    for (let at = 0; at < 250; at += 1)
      place.repository.releases.add(own, asset(digestOfBytes(String(at)), bytes('x')));
    place.repository.releases.add(own, asset(digest));
    const asked = await requestsOf(place.github, async () => {
      expect(await readBlob(place.open(), digest)).toEqual(LARGE);
    });
    expect(asked.filter((request) => request.includes('{release_id}/assets'))).toHaveLength(3);
  });
});

describe('eight at once on GitHub', () => {
  it('promote against one champion: one wins, and no event is lost', async () => {
    const { open } = await start();
    await openRegistry(open(), 'write');
    const world = new RegistryWorld(open());
    for (let seed = 1; seed <= 5; seed += 1) await world.register(seed);
    await world.promote(1);
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, person) =>
        new RegistryWorld(open()).promote(2 + (person % 4), {
          occasion: world.occasion({ cause: `person ${person}` }),
          expect: parseChampionExpectation(manifestDigestOf(1)),
        }),
      ),
    );
    expect(outcomes.filter(({ kind }) => kind === 'promoted')).toHaveLength(1);
    const verified = await verifyRegistry(open());
    expect(verified.problems).toEqual([]);
    expect(verified.checked.events).toBe(7);
  }, 120_000);
});
