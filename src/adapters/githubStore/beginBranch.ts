import { UserMistake } from '../../failure.ts';
import { messageOf, statusOf } from './gitHubStoreFailure.ts';
import type { StoreSite } from './storeSite.ts';

export const BRANCH = 'touchstone';

/** Begins the branch: git must never touch the bytes of a file, on whatever system it is checked out. */
export const FIRST_FILE = { path: '.gitattributes', content: '* -text\n' } as const;

/**
 * Makes the branch, its first commit without a parent. Answers what GitHub refused it with: that somebody else made it at
 * the same time, or that a rule forbids it, which a look at the branch tells apart.
 */
export async function beginBranch(
  { client, repository, location }: StoreSite,
  place: { readonly owner: string; readonly repo: string },
): Promise<Error | undefined> {
  const { path, content } = FIRST_FILE;
  const tree = await client.rest.git
    .createTree({ ...place, tree: [{ path, content, mode: '100644', type: 'blob' }] })
    .catch((error: unknown) => {
      throw statusOf(error) === 409 && /is empty/i.test(messageOf(error))
        ? emptyRepository(location, repository)
        : error;
    });
  const commit = await client.rest.git.createCommit({
    ...place,
    message: `Begin a registry of models\n\nWritten by Touchstone: see docs/registry.md. Never merge or delete this branch.\n\n[skip ci]`,
    tree: tree.data.sha,
    parents: [],
  });
  try {
    await client.rest.git.createRef({ ...place, ref: `refs/heads/${BRANCH}`, sha: commit.data.sha });
    return undefined;
  } catch (error) {
    if (!(error instanceof Error) || statusOf(error) !== 422) throw error;
    return error;
  }
}

function emptyRepository(where: string, repository: string): UserMistake {
  return new UserMistake('repository-empty', {
    where,
    found: `${repository} has no commit yet, and GitHub makes no branch in an empty repository`,
    expected: 'a repository with a first commit',
    remedy: 'Push one, and run the command again',
  });
}
