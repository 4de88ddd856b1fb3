import type { GitHub } from '../gitHub.ts';
import type { Json } from '../route.ts';
import { type Account, nodeId } from './account.ts';
import { type GitOptions, GitFailure, runGit } from './git.ts';

export type Role = 'read' | 'triage' | 'write' | 'maintain' | 'admin';

/** What a commit does to files: their new text or bytes, or `null` where they go. A mode other than that of a plain file is said. */
export type FileChanges = Readonly<Record<string, string | Uint8Array | FileEntry | null>>;
export interface FileEntry {
  /** Symbolic links are `120000`, executables `100755`, submodules `160000` (whose content is a commit's id). */
  readonly mode: '100644' | '100755' | '120000' | '160000';
  readonly content: string | Uint8Array;
}

export interface CommitDetails {
  readonly message?: string;
  readonly author?: Account;
  /** The commit to build on instead of the branch's own; `null`: none, an orphan. */
  readonly parent?: string | null;
  readonly parents?: readonly string[];
}

const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
export const NO_COMMIT = '0'.repeat(40);

/** A repository: git's part is a real bare one, so that objects, merges and histories are what git makes of them. */
export class StandInRepository {
  readonly github: GitHub;
  readonly id: number;
  readonly owner: Account;
  readonly name: string;
  /** Folder of the bare repository. */
  readonly git: string;
  readonly parent: StandInRepository | undefined;
  readonly createdAt: string;
  isPrivate: boolean;
  defaultBranch = 'main';
  readonly #roles = new Map<Account, Role>();

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
    this.isPrivate = made.isPrivate;
    this.parent = made.parent;
    this.createdAt = github.time();
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

  /** Runs git in this repository; what it printed, without the last line's end. */
  async run(args: readonly string[], options: GitOptions = {}): Promise<string> {
    return (await runGit(this.git, args, options)).toString().replace(/\n$/, '');
  }

  /** What git printed, byte for byte. */
  async runForBytes(args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
    return runGit(this.git, args, options);
  }

  /** The commit that a branch, a full ref or an id names. */
  async resolve(name: string): Promise<string | undefined> {
    const tries =
      /^[0-9a-f]{40}$/.test(name) || name.startsWith('refs/')
        ? [name]
        : [`refs/heads/${name}`, `refs/tags/${name}`, name];
    for (const tried of tries) {
      try {
        return await this.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${tried}^{commit}`]);
      } catch (error) {
        if (!(error instanceof GitFailure)) throw error;
      }
    }
    return undefined;
  }

  /**
   * Commits files onto a branch, as a push would, without any event. The branch begins at the default one where it is new.
   * The commit's id.
   */
  async commit(branch: string, files: FileChanges, details: CommitDetails = {}): Promise<string> {
    const ref = `refs/heads/${branch}`;
    const at = await this.resolve(ref);
    const parents = await this.#parents(at, details);
    const tree = await this.writeTree(parents[0], files);
    const commit = await this.writeCommit(tree, parents, details);
    await this.run(['update-ref', ref, commit, at ?? NO_COMMIT]);
    return commit;
  }

  async #parents(at: string | undefined, { parent, parents }: CommitDetails): Promise<readonly string[]> {
    if (parents) return parents;
    if (parent === null) return [];
    const base = parent ?? at ?? (await this.resolve(`refs/heads/${this.defaultBranch}`));
    return base === undefined ? [] : [base];
  }

  /** The tree of `base` with the changes made. Its id. */
  async writeTree(base: string | undefined, files: FileChanges): Promise<string> {
    const index = `${this.git}/index.${this.github.nextId('index')}`;
    const env = { GIT_INDEX_FILE: index };
    const lines: string[] = [];
    for (const [path, change] of Object.entries(files)) {
      if (change === null) {
        lines.push(`0 ${NO_COMMIT}\t${path}`);
        continue;
      }
      const entry =
        typeof change === 'string' || change instanceof Uint8Array ? { mode: '100644', content: change } : change;
      const id =
        entry.mode === '160000'
          ? String(entry.content)
          : await this.run(['hash-object', '-w', '--stdin'], { input: entry.content });
      lines.push(`${entry.mode} ${id}\t${path}`);
    }
    await this.run(['read-tree', base ?? EMPTY_TREE], { env });
    await this.run(['update-index', '-z', '--index-info'], { env, input: lines.map((line) => `${line}\0`).join('') });
    const tree = await this.run(['write-tree'], { env });
    await this.github.remove(index);
    return tree;
  }

  /** A commit of a tree. Its id. */
  async writeCommit(tree: string, parents: readonly string[], details: CommitDetails = {}): Promise<string> {
    const author = details.author ?? this.owner;
    const date = `${Math.floor(this.github.now().getTime() / 1000)} +0000`;
    const email = `${author.id}+${author.login}@users.noreply.github.com`;
    return this.run(['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent])], {
      input: details.message ?? 'Change files',
      env: {
        GIT_AUTHOR_NAME: author.login,
        GIT_AUTHOR_EMAIL: email,
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_NAME: author.login,
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
      archived: false,
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
