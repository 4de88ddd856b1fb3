import type { Json } from '../route.ts';
import { nodeId } from './account.ts';
import type { StandInRepository } from './repository.ts';

interface Signature {
  readonly name: string;
  readonly email: string;
  readonly date: string;
}

/** A commit as git has it. */
export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
}

const FIELDS = ['%H', '%T', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'];
/** NUL is the one character that no message, however hostile, can hold. */
const FORMATTED = ['-z', `--format=tformat:${FIELDS.join('%x00')}`];

/** What `git log` with these arguments comes to, newest first. */
export async function readCommits(repository: StandInRepository, args: readonly string[]): Promise<Commit[]> {
  const isOfIds = args.every((arg) => arg.startsWith('--') || /^[0-9a-f]{40}(?:\.\.[0-9a-f]{40})?$/.test(arg));
  const log = ['log', ...FORMATTED, ...args];
  return parse(
    await (isOfIds && !args.some((arg) => /branches|all|exclude/.test(arg))
      ? repository.runOnce(log)
      : repository.run(log)),
  );
}

/** One commit; the id must be there. */
export async function readCommit(repository: StandInRepository, sha: string): Promise<Commit> {
  const found = await repository.objects.read(sha);
  if (found?.type !== 'commit') throw new Error(`${repository.fullName} has no commit ${sha}`);
  const text = found.bytes.toString();
  const end = text.indexOf('\n\n');
  const all = (name: string): string[] =>
    [...text.slice(0, end).matchAll(new RegExp(`^${name} (.*)$`, 'gm'))].map(([, value = '']) => value);
  const [tree = ''] = all('tree');
  return {
    sha,
    tree,
    parents: all('parent'),
    author: signatureOf(all('author')[0]),
    committer: signatureOf(all('committer')[0]),
    message: text.slice(end + 2).replace(/\n+$/, ''),
  };
}

function parse(printed: string): Commit[] {
  const fields = printed.split('\0');
  return Array.from({ length: Math.floor(fields.length / FIELDS.length) }, (_, index) => {
    const at = index * FIELDS.length;
    const [sha = '', tree = '', parents = '', ...written] = fields.slice(at, at + FIELDS.length);
    const [an = '', ae = '', ai = '', cn = '', ce = '', ci = '', message = ''] = written;
    return {
      sha,
      tree,
      parents: parents.split(' ').filter((parent) => parent !== ''),
      author: { name: an, email: ae, date: utc(ai) },
      committer: { name: cn, email: ce, date: utc(ci) },
      message: message.replace(/\n+$/, ''),
    };
  });
}

/** `NAME <EMAIL> SECONDS ZONE`. */
function signatureOf(line = ''): Signature {
  const [, name = '', email = '', seconds = ''] = /^(.*?) ?<(.*?)> (\d+) [+-]\d{4}$/.exec(line) ?? [];
  return { name, email, date: utc(new Date(1000 * Number(seconds)).toISOString()) };
}

/** `commit` in GitHub's description. */
export function commitJson(repository: StandInRepository, commit: Commit): Json {
  const { url, htmlUrl } = repository;
  const { sha } = commit;
  return {
    sha,
    node_id: nodeId('C', repository.id, sha),
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
      url: `${url}/git/commits/${sha}`,
      comment_count: 0,
      verification: { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null },
    },
    url: `${url}/commits/${sha}`,
    html_url: `${htmlUrl}/commit/${sha}`,
    comments_url: `${url}/commits/${sha}/comments`,
    author: repository.github.accountOfEmail(commit.author.email)?.json ?? null,
    committer: repository.github.accountOfEmail(commit.committer.email)?.json ?? null,
    parents: commit.parents.map((parent) => ({
      sha: parent,
      url: `${url}/commits/${parent}`,
      html_url: `${htmlUrl}/commit/${parent}`,
    })),
  };
}

/** A commit as events carry it, without the files of a push. */
export function eventCommit(commit: Commit): Json {
  return {
    id: commit.sha,
    tree_id: commit.tree,
    message: commit.message,
    timestamp: commit.committer.date,
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
  };
}

function utc(date: string): string {
  return `${new Date(date).toISOString().slice(0, 19)}Z`;
}
