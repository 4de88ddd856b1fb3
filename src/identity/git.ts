/** A commit of a repository: 40 hex digits. */
export type CommitSha = string & { readonly __brand: 'CommitSha' };

/** A repository on GitHub: `owner/name`. */
export type RepositoryName = string & { readonly __brand: 'RepositoryName' };

const COMMIT = /^[0-9a-f]{40}$/;
// https://docs.github.com/en/rest/repos/repos: letters, digits, "-", "_" and "."; never "." or ".." alone.
const REPOSITORY = /^(?!-)[A-Za-z0-9-]{1,39}\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;

export function isCommitSha(text: string): text is CommitSha {
  return COMMIT.test(text);
}

export function isRepositoryName(text: string): text is RepositoryName {
  return REPOSITORY.test(text);
}

/** @throws RangeError where the text is not a whole commit id: a prefix may come to mean another one. */
export function parseCommitSha(text: string): CommitSha {
  if (!isCommitSha(text)) throw new RangeError(`Invalid commit ${JSON.stringify(text)}: expected 40 hex digits.`);
  return text;
}

/** @throws RangeError */
export function parseRepositoryName(text: string): RepositoryName {
  if (!isRepositoryName(text)) throw new RangeError(`Invalid repository ${JSON.stringify(text)}: expected OWNER/NAME.`);
  return text;
}

/** The two halves, as GitHub's API takes them. */
export function splitRepositoryName(name: RepositoryName): { readonly owner: string; readonly repo: string } {
  const [owner = '', repo = ''] = name.split('/');
  return { owner, repo };
}
