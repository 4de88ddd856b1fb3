import { openGitHub } from '../../../src/adapters/github/gitHubClient.ts';
import { GitHubStore } from '../../../src/adapters/githubStore/githubStore.ts';
import { parseRepositoryName } from '../../../src/identity/git.ts';
import { GitHub, type Grant } from '../../github/gitHub.ts';
import { MemoryStore } from '../../fakes/memoryStore.ts';
import type { StandInRepository } from '../../github/state/repository.ts';

/** A second of waiting, in a test. */
const MS_PER_SECOND = 1;

/** A GitHub with one repository, in which there is code and no registry yet. */
export interface Place {
  readonly github: GitHub;
  readonly repository: StandInRepository;
  /** A store as a process of its own opens it; by a token of the owner unless another grant is given, or none. */
  readonly open: (grant?: Grant | 'no token') => GitHubStore;
  readonly close: () => Promise<void>;
}

export async function storeOnGitHub(
  options: { readonly private?: boolean; readonly empty?: boolean } = {},
): Promise<Place> {
  const github = await GitHub.start();
  const owner = github.createUser('acme');
  const repository = await github.createRepository('churn', { owner, private: options.private ?? false });
  if (options.empty !== true) await repository.commit('main', { 'train.py': 'print("training")\n' });
  github.requests.length = 0;
  return {
    github,
    repository,
    open: (grant = { user: owner }) =>
      new GitHubStore({
        client: openGitHub({
          baseUrl: github.apiUrl,
          msPerSecond: MS_PER_SECOND,
          ...(grant !== 'no token' && { token: github.token(grant) }),
        }),
        repository: parseRepositoryName(repository.fullName),
        hasToken: grant !== 'no token',
        pause: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * MS_PER_SECOND)),
      }),
    close: () => github.close(),
  };
}

/** What was asked of GitHub while something was done: `GET /repos/{owner}/{repo}/git/ref/{ref} 200`. */
export async function requestsOf(github: GitHub, act: () => Promise<unknown>): Promise<readonly string[]> {
  const before = github.requests.length;
  await act();
  return github.requests
    .slice(before)
    .map(({ operation, method, path, status }) => `${operation ?? `${method} ${path}`} ${status}`);
}

/** A copy of what is stored, read with git alone and not asked for: for tests that look often. */
export async function copyOf({ repository }: Place): Promise<MemoryStore> {
  const store = new MemoryStore();
  const listed = await repository.run(['ls-tree', '-r', '-z', 'refs/heads/touchstone']);
  const files = [...listed.matchAll(/\d+ blob ([0-9a-f]+)\t([^\0]+)\0/g)].map(([, id = '', path = '']) => ({
    id,
    path,
  }));
  const batch = await repository.runForBytes(['cat-file', '--batch'], {
    input: files.map(({ id }) => `${id}\n`).join(''),
  });
  let at = 0;
  for (const { path } of files) {
    const header = batch.subarray(at, batch.indexOf('\n', at)).toString();
    const size = Number(header.split(' ')[2]);
    at += header.length + 1;
    if (path !== '.gitattributes') store.objects.set(path, batch.subarray(at, at + size));
    at += size + 1;
  }
  for (const { assets } of repository.releases.all) {
    for (const { name, state, bytes } of assets) {
      if (state === 'uploaded') store.objects.set(`blobs/sha256/${name}`, bytes);
    }
  }
  return store;
}
