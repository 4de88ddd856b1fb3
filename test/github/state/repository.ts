import type { GitHub } from '../gitHub.ts';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Actor } from '../actor.ts';
import type { Json } from '../route.ts';
import { type Account, nodeId } from './account.ts';
import { RepositoryActions } from './actions.ts';
import { type Commit, eventCommit, readCommit, readCommits } from './commits.ts';
import { Deployments } from './deployments.ts';
import { type GitOptions, GitFailure, runGit } from './git.ts';
import { type FileChanges, type Signed, importCommit } from './importCommit.ts';
import { Checks } from './checks.ts';
import { Issues } from './issues.ts';
import { moveLooseRef } from './looseRef.ts';
import { MergeQueue } from './mergeQueue.ts';
import { ObjectReader } from './objectReader.ts';
import { asPerson } from './person.ts';
import { Pulls } from './pulls.ts';
import { Reactions } from './reactions.ts';
import { Releases } from './releases.ts';
import { Settings } from './settings.ts';
import { CommitStatuses } from './statuses.ts';

export type { FileChanges } from './importCommit.ts';

export type Role = 'read' | 'triage' | 'write' | 'maintain' | 'admin';

export interface CommitDetails {
  readonly message?: string;
  readonly author?: Account;
  /** The commit to build on instead of the branch's own; `null`: none, an orphan. */
  readonly parent?: string | null;
  readonly parents?: readonly string[];
}

export const NO_COMMIT = '0'.repeat(40);

/** A repository: git's part is a real bare one, so that objects, merges and histories are what git makes of them. */
export class StandInRepository {
  readonly github: GitHub;
  readonly id: number;
  readonly owner: Account;
  readonly name: string;
  /** Folder of the bare repository. */
  readonly git: string;
  readonly objects: ObjectReader;
  readonly parent: StandInRepository | undefined;
  readonly createdAt: string;
  isPrivate: boolean;
  defaultBranch = 'main';
  /** Nothing of it can be changed any more. */
  isArchived = false;
  readonly deployments = new Deployments(this);
  readonly checks = new Checks(this);
  readonly issues = new Issues(this);
  readonly pulls = new Pulls(this);
  readonly reactions: Reactions;
  readonly statuses = new CommitStatuses(this);
  readonly releases = new Releases(this);
  /** How long a commit through the API takes before the branch is moved. */
  commitWindowMs = 5;
  /** Above it, a tree that is read all the way down is cut short. */
  mostTreeEntries = 100_000;
  readonly mergeQueue = new MergeQueue(this);
  readonly actions = new RepositoryActions();
  readonly settings = new Settings();
  readonly #roles = new Map<Account, Role>();
  readonly #said = new Map<string, string>();

  constructor(
    github: GitHub,
    made: Pick<StandInRepository, 'id' | 'owner' | 'name' | 'git' | 'isPrivate'> & {
      readonly parent?: StandInRepository | undefined;
    },
  ) {
    this.github = github;
    this.id = made.id;
    this.owner = made.owner;
    this.name = made.name;
    this.git = made.git;
    this.objects = new ObjectReader(made.git);
    this.isPrivate = made.isPrivate;
    this.parent = made.parent;
    this.createdAt = github.time();
    this.reactions = new Reactions(github);
  }

  get fullName(): string {
    return `${this.owner.login}/${this.name}`;
  }

  get url(): string {
    return `${this.github.apiUrl}/repos/${this.fullName}`;
  }

  get htmlUrl(): string {
    return `${this.github.url}/${this.fullName}`;
  }

  /** Gives a person a role in this repository, or takes it away. */
  allow(account: Account, role: Role | undefined): void {
    if (role) this.#roles.set(account, role);
    else this.#roles.delete(account);
  }

  roleOf(account: Account): Role | undefined {
    return account === this.owner ? 'admin' : this.#roles.get(account);
  }

  get collaborators(): ReadonlyMap<Account, Role> {
    return new Map([[this.owner, 'admin'], ...this.#roles]);
  }

  /** What somebody is to this repository, in the words of `author_association`. */
  associationOf(account: Account): string {
    if (account === this.owner) return 'OWNER';
    if (this.#roles.has(account)) return 'COLLABORATOR';
    return this.pulls.all.some(({ author, merged }) => author === account && merged) ? 'CONTRIBUTOR' : 'NONE';
  }

  /** The next number of an issue or a pull request: they share one row. */
  nextNumber(): number {
    return this.github.nextId(`number of ${this.fullName}`);
  }

  /** Runs git in this repository; what it printed, without the last line's end. */
  async run(args: readonly string[], options: GitOptions = {}): Promise<string> {
    return (await runGit(this.git, args, options)).toString().replace(/\n$/, '');
  }

  /** What git printed, byte for byte. */
  async runForBytes(args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
    return runGit(this.git, args, options);
  }

  /** What git says of objects that are named by id alone: it never changes, so git is asked once. */
  async runOnce(args: readonly string[]): Promise<string> {
    const key = args.join('\0');
    const known = this.#said.get(key);
    if (known !== undefined) return known;
    const said = await this.run(args);
    this.#said.set(key, said);
    return said;
  }

  /** The commit that a branch, a tag, a full ref or an id names. */
  async resolve(name: string): Promise<string | undefined> {
    const isId = /^[0-9a-f]{40}$/.test(name);
    const tries = isId || name.startsWith('refs/') ? [name] : [`refs/heads/${name}`, `refs/tags/${name}`, name];
    for (const tried of tries) {
      const branch = await this.#branch(tried);
      if (branch.kind === 'there') return branch.commit;
      if (branch.kind === 'none') continue;
      if (isId) return (await this.objects.read(`${tried}^{commit}`))?.id;
      try {
        return await this.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${tried}^{commit}`]);
      } catch (error) {
        if (!(error instanceof GitFailure)) throw error;
      }
    }
    return undefined;
  }

  /** A branch read where git writes it, which is much faster than to start git; unknown where that takes git. */
  async #branch(ref: string): Promise<{ kind: 'there'; commit: string } | { kind: 'none' | 'unknown' }> {
    if (!/^refs\/heads\/[\w/-]+$/.test(ref)) return { kind: 'unknown' };
    const read = (file: string): Promise<string> => readFile(join(this.git, file), 'utf8').catch(() => '');
    const loose = (await read(ref)).trim();
    if (/^[0-9a-f]{40}$/.test(loose)) return { kind: 'there', commit: loose };
    return loose === '' && (await read('packed-refs')) === '' ? { kind: 'none' } : { kind: 'unknown' };
  }

  /** Whether `ancestor` is in the history of `commit`. */
  async contains(commit: string, ancestor: string): Promise<boolean> {
    try {
      await this.runOnce(['merge-base', '--is-ancestor', ancestor, commit]);
      return true;
    } catch (error) {
      if (error instanceof GitFailure && error.code === 1) return false;
      throw error;
    }
  }

  /** The commit that two histories part at; nothing where they have none in common. */
  async mergeBase(base: string, head: string): Promise<string | undefined> {
    try {
      return (await this.runOnce(['merge-base', base, head])).split('\n')[0];
    } catch (error) {
      if (error instanceof GitFailure && error.code === 1) return undefined;
      throw error;
    }
  }

  /**
   * Sets a ref (`refs/heads/main`) to a commit, or deletes it (`after` undefined), as long as it is at `before`, and tells
   * of it: a push, and what it means to pull requests. Throws a `GitFailure` where somebody else was faster.
   */
  async moveRef(
    ref: string,
    after: string | undefined,
    how: { readonly by: Actor; readonly before?: string },
  ): Promise<void> {
    const before = how.before ?? (await this.run(['rev-parse', '--verify', '--quiet', ref]).catch(() => NO_COMMIT));
    if (after === undefined) await this.run(['update-ref', '-d', ref, before]);
    else if (!(await moveLooseRef(this.git, ref, before, after))) await this.run(['update-ref', ref, after, before]);
    await this.refMoved(ref, before, after ?? NO_COMMIT, how.by);
  }

  /** Pushes a commit to a branch as somebody, by force where the branch has what the commit has not. */
  async push(branch: string, commit: string, by: Account): Promise<void> {
    await this.moveRef(`refs/heads/${branch}`, commit, { by: asPerson(by) });
  }

  /** A ref has been moved by git itself: tells of the push. */
  async refMoved(ref: string, before: string, after: string, by: Actor): Promise<void> {
    if (before === after) return;
    if (this.github.isHeard('push')) this.github.emit('push', this, by, await this.#push(ref, before, after, by));
    const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
    if (branch === undefined) return;
    for (const repository of this.parent ? [this, this.parent] : [this])
      await repository.pulls.follow(this, branch, before, after, by);
  }

  async #push(ref: string, before: string, after: string, by: Actor): Promise<Json> {
    const isNew = before === NO_COMMIT;
    const isGone = after === NO_COMMIT;
    const range = isNew
      ? [after, '--not', `--exclude=${ref.replace('refs/heads/', '')}`, '--branches']
      : [`${before}..${after}`];
    const isBranch = !isGone && ref.startsWith('refs/heads/');
    const commits = isBranch ? await readCommits(this, ['--reverse', '--max-count=2048', ...range]) : [];
    const head = isGone ? undefined : await readCommit(this, after);
    const pusher = by.kind === 'anonymous' ? this.owner : by.account;
    return {
      ref,
      before,
      after,
      created: isNew,
      deleted: isGone,
      forced: !isNew && !isGone && !(await this.contains(after, before)),
      base_ref: null,
      compare: `${this.htmlUrl}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
      commits: await Promise.all(commits.map((commit) => this.#pushed(commit))),
      head_commit: head ? await this.#pushed(head) : null,
      pusher: { name: pusher.login, email: null },
    };
  }

  /** A commit as a push carries it: with what it does to files, against its first parent. */
  async #pushed(commit: Commit): Promise<Json> {
    const told = await this.runOnce([
      'diff-tree',
      '-r',
      '-z',
      '--root',
      '--no-commit-id',
      '--no-renames',
      '--name-status',
      ...commit.parents.slice(0, 1),
      commit.sha,
    ]);
    const fields = told.split('\0');
    const named = (status: string): string[] =>
      fields.filter((_, index) => index % 2 === 1 && fields[index - 1] === status);
    return {
      ...eventCommit(commit),
      distinct: true,
      url: `${this.htmlUrl}/commit/${commit.sha}`,
      added: named('A'),
      removed: named('D'),
      modified: named('M'),
    };
  }

  /**
   * Commits files onto a branch and pushes, as `author`, who is told of as any push is. The branch begins at the default one
   * where it is new. The commit's id.
   */
  async commit(branch: string, files: FileChanges, details: CommitDetails = {}): Promise<string> {
    const ref = `refs/heads/${branch}`;
    const at = await this.resolve(ref);
    const parents = await this.#parents(at, details);
    const author = details.author ?? this.owner;
    const commit = await importCommit(this, ref, parents, files, {
      message: details.message ?? 'Change files',
      signature: this.#signature(author),
    });
    await this.refMoved(ref, at ?? NO_COMMIT, commit, { kind: 'user', account: author, token: '' });
    return commit;
  }

  #signature(account: Account): Signed {
    return {
      name: account.login,
      email: `${account.id}+${account.login}@users.noreply.github.com`,
      date: `${Math.floor(this.github.now().getTime() / 1000)} +0000`,
    };
  }

  async #parents(at: string | undefined, { parent, parents }: CommitDetails): Promise<readonly string[]> {
    if (parents) return parents;
    if (parent === null) return [];
    const base = parent ?? at ?? (await this.resolve(`refs/heads/${this.defaultBranch}`));
    return base === undefined ? [] : [base];
  }

  /** The tree of a commit (or of nothing) with the changes made. Its id. */
  async writeTree(base: string | undefined, files: FileChanges): Promise<string> {
    const index = `${this.git}/index.${this.github.nextId('index')}`;
    const env = { GIT_INDEX_FILE: index };
    const lines: string[] = [];
    for (const [path, change] of Object.entries(files)) {
      const entry =
        typeof change === 'string' || change instanceof Uint8Array ? { mode: '100644', content: change } : change;
      if (entry === null) lines.push(`0 ${NO_COMMIT}\t${path}`);
      else if (entry.mode === '160000') lines.push(`160000 ${String(entry.content)}\t${path}`);
      else
        lines.push(
          `${entry.mode} ${await this.run(['hash-object', '-w', '--stdin'], { input: entry.content })}\t${path}`,
        );
    }
    await this.run(base === undefined ? ['read-tree', '--empty'] : ['read-tree', base], { env });
    await this.run(['update-index', '-z', '--index-info'], { env, input: lines.map((line) => `${line}\0`).join('') });
    const tree = await this.run(['write-tree'], { env });
    await rm(index, { force: true });
    return tree;
  }

  /** A commit of a tree. Its id. */
  async writeCommit(tree: string, parents: readonly string[], details: CommitDetails = {}): Promise<string> {
    const { name, email, date } = this.#signature(details.author ?? this.owner);
    return this.run(['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent])], {
      input: details.message ?? 'Change files',
      env: {
        GIT_AUTHOR_NAME: name,
        GIT_AUTHOR_EMAIL: email,
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_NAME: name,
        GIT_COMMITTER_EMAIL: email,
        GIT_COMMITTER_DATE: date,
      },
    });
  }

  /** `minimal-repository` in GitHub's description, and most of the full one. */
  get json(): Json {
    const { url } = this;
    return {
      id: this.id,
      node_id: nodeId('R', this.id),
      name: this.name,
      full_name: this.fullName,
      private: this.isPrivate,
      owner: this.owner.json,
      html_url: this.htmlUrl,
      description: null,
      fork: this.parent !== undefined,
      url,
      archive_url: `${url}/{archive_format}{/ref}`,
      assignees_url: `${url}/assignees{/user}`,
      blobs_url: `${url}/git/blobs{/sha}`,
      branches_url: `${url}/branches{/branch}`,
      collaborators_url: `${url}/collaborators{/collaborator}`,
      comments_url: `${url}/comments{/number}`,
      commits_url: `${url}/commits{/sha}`,
      compare_url: `${url}/compare/{base}...{head}`,
      contents_url: `${url}/contents/{+path}`,
      contributors_url: `${url}/contributors`,
      deployments_url: `${url}/deployments`,
      downloads_url: `${url}/downloads`,
      events_url: `${url}/events`,
      forks_url: `${url}/forks`,
      git_commits_url: `${url}/git/commits{/sha}`,
      git_refs_url: `${url}/git/refs{/sha}`,
      git_tags_url: `${url}/git/tags{/sha}`,
      git_url: `git:${this.htmlUrl.replace(/^https?:/, '')}.git`,
      issue_comment_url: `${url}/issues/comments{/number}`,
      issue_events_url: `${url}/issues/events{/number}`,
      issues_url: `${url}/issues{/number}`,
      keys_url: `${url}/keys{/key_id}`,
      labels_url: `${url}/labels{/name}`,
      languages_url: `${url}/languages`,
      merges_url: `${url}/merges`,
      milestones_url: `${url}/milestones{/number}`,
      notifications_url: `${url}/notifications{?since,all,participating}`,
      pulls_url: `${url}/pulls{/number}`,
      releases_url: `${url}/releases{/id}`,
      ssh_url: `git@github.com:${this.fullName}.git`,
      stargazers_url: `${url}/stargazers`,
      statuses_url: `${url}/statuses/{sha}`,
      subscribers_url: `${url}/subscribers`,
      subscription_url: `${url}/subscription`,
      tags_url: `${url}/tags`,
      teams_url: `${url}/teams`,
      trees_url: `${url}/git/trees{/sha}`,
      clone_url: `${this.htmlUrl}.git`,
      mirror_url: null,
      hooks_url: `${url}/hooks`,
      svn_url: this.htmlUrl,
      homepage: null,
      language: null,
      forks_count: 0,
      forks: 0,
      stargazers_count: 0,
      watchers_count: 0,
      watchers: 0,
      size: 0,
      default_branch: this.defaultBranch,
      open_issues_count: 0,
      open_issues: 0,
      is_template: false,
      topics: [],
      has_issues: true,
      has_projects: true,
      has_wiki: true,
      has_pages: false,
      has_downloads: true,
      has_discussions: false,
      archived: this.isArchived,
      disabled: false,
      visibility: this.isPrivate ? 'private' : 'public',
      pushed_at: this.createdAt,
      created_at: this.createdAt,
      updated_at: this.createdAt,
      license: null,
      allow_forking: true,
      web_commit_signoff_required: false,
    };
  }
}
