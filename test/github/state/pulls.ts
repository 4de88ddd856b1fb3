import type { Actor } from '../actor.ts';
import type { Json } from '../route.ts';
import { type Account, nodeId } from './account.ts';
import { GitFailure } from './git.ts';
import type { StandInRepository } from './repository.ts';
import { lackOf } from './requiredChecks.ts';
import { Reviews } from './reviews.ts';

export interface Proposal {
  readonly title: string;
  readonly body?: string | null;
  readonly head: { readonly repository: StandInRepository; readonly ref: string; readonly sha: string };
  readonly base: { readonly ref: string; readonly sha: string };
  readonly draft?: boolean;
  readonly by: Actor & { readonly account: Account };
}

/** Whether a head can be merged, and the commit that GitHub made to try. */
export type TestMerge = { readonly kind: 'clean'; readonly commit: string } | { readonly kind: 'conflict' };

export type MergeMethod = 'merge' | 'squash' | 'rebase';

/** A push to the head that took commits away. */
export interface ForcePush {
  readonly before: string;
  readonly after: string;
  readonly by: Actor;
  readonly at: string;
}

/** A pull request: a head that asks to be merged into a base of `repository`. */
export class PullRequest {
  readonly repository: StandInRepository;
  readonly id: number;
  readonly number: number;
  readonly author: Account;
  readonly createdAt: string;
  readonly head: { readonly repository: StandInRepository; readonly ref: string };
  readonly reviews: Reviews;
  title: string;
  body: string | null;
  isDraft: boolean;
  state: 'open' | 'closed' = 'open';
  base: { readonly ref: string; readonly sha: string };
  headSha: string;
  updatedAt: string;
  closedAt: string | null = null;
  merged: { readonly at: string; readonly by: Account; readonly commit: string } | undefined;
  readonly forcePushes: ForcePush[] = [];
  /** GitHub has not tried yet whether it can be merged, and says so. */
  isUntried = false;
  #tried: { readonly base: string; readonly head: string; readonly merge: TestMerge } | undefined;

  constructor(repository: StandInRepository, number: number, made: Proposal) {
    const { github } = repository;
    this.repository = repository;
    this.id = github.nextId('pull');
    this.number = number;
    this.author = made.by.account;
    this.createdAt = github.time();
    this.updatedAt = this.createdAt;
    this.head = { repository: made.head.repository, ref: made.head.ref };
    this.headSha = made.head.sha;
    this.base = made.base;
    this.title = made.title;
    this.body = made.body ?? null;
    this.isDraft = made.draft ?? false;
    this.reviews = new Reviews(this);
  }

  get nodeId(): string {
    return nodeId('PR', this.repository.id, this.number);
  }

  get url(): string {
    return `${this.repository.url}/pulls/${this.number}`;
  }

  get htmlUrl(): string {
    return `${this.repository.htmlUrl}/pull/${this.number}`;
  }

  /** Tells that something of it changed. */
  touch(): void {
    this.updatedAt = this.repository.github.time();
  }

  /** What its merge into the base as it now stands comes to; GitHub keeps the commit at `refs/pull/N/merge`. */
  async testMerge(): Promise<TestMerge> {
    const { repository, number } = this;
    const base = (await repository.resolve(`refs/heads/${this.base.ref}`)) ?? this.base.sha;
    if (this.#tried?.base === base && this.#tried.head === this.headSha) return this.#tried.merge;
    const head = this.headSha;
    const tree = await mergedTree(repository, base, head);
    let merge: TestMerge = { kind: 'conflict' };
    if (tree !== undefined) {
      const commit = await repository.writeCommit(tree, [base, head], {
        message: `Merge ${head} into ${base}`,
        author: this.author,
      });
      await repository.run(['update-ref', `refs/pull/${number}/merge`, commit]);
      merge = { kind: 'clean', commit };
    }
    this.#tried = { base, head, merge };
    return merge;
  }

  /** `pull-request-simple` in GitHub's description: as lists have it. */
  async simpleJson(): Promise<Json> {
    const { repository, url, htmlUrl, number, headSha } = this;
    const issue = `${repository.url}/issues/${number}`;
    const statuses = `${repository.url}/statuses/${headSha}`;
    const merge = this.state === 'open' ? await this.testMerge() : undefined;
    return {
      url,
      id: this.id,
      node_id: this.nodeId,
      html_url: htmlUrl,
      diff_url: `${htmlUrl}.diff`,
      patch_url: `${htmlUrl}.patch`,
      issue_url: issue,
      commits_url: `${url}/commits`,
      review_comments_url: `${url}/comments`,
      review_comment_url: `${repository.url}/pulls/comments{/number}`,
      comments_url: `${issue}/comments`,
      statuses_url: statuses,
      number,
      state: this.state,
      locked: false,
      title: this.title,
      user: this.author.json,
      body: this.body,
      labels: [],
      milestone: null,
      active_lock_reason: null,
      created_at: this.createdAt,
      updated_at: this.updatedAt,
      closed_at: this.closedAt,
      merged_at: this.merged?.at ?? null,
      merge_commit_sha: this.merged?.commit ?? (merge?.kind === 'clean' ? merge.commit : null),
      assignee: null,
      assignees: [],
      requested_reviewers: [],
      requested_teams: [],
      head: end(this.head.repository, this.head.ref, headSha),
      base: end(repository, this.base.ref, this.base.sha),
      _links: {
        self: { href: url },
        html: { href: htmlUrl },
        issue: { href: issue },
        comments: { href: `${issue}/comments` },
        review_comments: { href: `${url}/comments` },
        review_comment: { href: `${repository.url}/pulls/comments{/number}` },
        commits: { href: `${url}/commits` },
        statuses: { href: statuses },
      },
      author_association: repository.associationOf(this.author),
      auto_merge: null,
      draft: this.isDraft,
    };
  }

  /** `pull-request` in GitHub's description. */
  async json(): Promise<Json> {
    const { repository, headSha } = this;
    const merge = this.state === 'open' ? await this.testMerge() : undefined;
    const known = this.isUntried ? undefined : merge;
    const range = `${this.base.sha}...${headSha}`;
    const [commits, changed] = await Promise.all([
      repository.runOnce(['rev-list', '--count', `${this.base.sha}..${headSha}`]),
      // Histories without a common ancestor have no such difference.
      repository.runOnce(['diff', '--shortstat', range, '--']).catch(() => ''),
    ]);
    const count = (of: RegExp): number => Number(of.exec(changed)?.[1] ?? 0);
    return {
      ...(await this.simpleJson()),
      merged: this.merged !== undefined,
      mergeable: known ? known.kind === 'clean' : null,
      rebaseable: known ? known.kind === 'clean' : null,
      mergeable_state: this.#mergeableState(known),
      merged_by: this.merged?.by.json ?? null,
      comments: repository.issues.commentsOf(this.number).length,
      review_comments: 0,
      maintainer_can_modify: false,
      commits: Number(commits),
      additions: count(/(\d+) insertion/),
      deletions: count(/(\d+) deletion/),
      changed_files: count(/(\d+) files? changed/),
    };
  }

  #mergeableState(merge: TestMerge | undefined): string {
    if (!merge) return 'unknown';
    if (merge.kind === 'conflict') return 'dirty';
    if (this.isDraft) return 'draft';
    return lackOf(this.repository, this.base.ref, this.headSha) === undefined ? 'clean' : 'blocked';
  }
}

/** The tree of two commits merged; nothing where they cannot be. */
export async function mergedTree(
  repository: StandInRepository,
  base: string,
  head: string,
): Promise<string | undefined> {
  try {
    const printed = await repository.run(['merge-tree', '--write-tree', '--no-messages', base, head]);
    return printed.split('\n')[0];
  } catch (error) {
    // 1: conflicts; 128: histories that have nothing in common.
    if (error instanceof GitFailure && (error.code === 1 || error.code === 128)) return undefined;
    throw error;
  }
}

function end(repository: StandInRepository, ref: string, sha: string): Json {
  return {
    label: `${repository.owner.login}:${ref}`,
    ref,
    sha,
    user: repository.owner.json,
    repo: repository.json,
  };
}

/** The pull requests of one repository, and what happens to them. */
export class Pulls {
  readonly all: PullRequest[] = [];
  readonly #repository: StandInRepository;

  constructor(repository: StandInRepository) {
    this.#repository = repository;
  }

  find(number: number): PullRequest | undefined {
    return this.all.find((pull) => pull.number === number);
  }

  /** Opens one, whose head and base are known to be there. */
  async open(made: Proposal): Promise<PullRequest> {
    const repository = this.#repository;
    const pull = new PullRequest(repository, repository.nextNumber(), made);
    this.all.push(pull);
    await repository.run(['update-ref', `refs/pull/${pull.number}/head`, pull.headSha]);
    await this.tell(pull, 'opened', made.by);
    return pull;
  }

  /** Tells of a pull request, as it then is. */
  async tell(pull: PullRequest, action: string, by: Actor, more: Json = {}): Promise<void> {
    await pull.testMerge();
    if (!this.#repository.github.isHeard('pull_request')) return;
    const payload = { action, number: pull.number, pull_request: await pull.json(), ...more };
    this.#repository.github.emit('pull_request', this.#repository, by, payload);
  }

  /** Closes it unmerged. */
  async close(pull: PullRequest, by: Actor): Promise<void> {
    pull.state = 'closed';
    pull.closedAt = this.#repository.github.time();
    pull.touch();
    await this.tell(pull, 'closed', by);
  }

  async reopen(pull: PullRequest, by: Actor): Promise<void> {
    pull.state = 'open';
    pull.closedAt = null;
    pull.headSha = (await pull.head.repository.resolve(`refs/heads/${pull.head.ref}`)) ?? pull.headSha;
    await this.#repository.run(['update-ref', `refs/pull/${pull.number}/head`, pull.headSha]);
    pull.touch();
    await this.tell(pull, 'reopened', by);
  }

  /** Asks for it to be merged into another branch. Nothing about its head changes, its checks neither. */
  async retarget(pull: PullRequest, base: { readonly ref: string; readonly sha: string }, by: Actor): Promise<void> {
    const from = pull.base;
    pull.base = base;
    pull.touch();
    await this.tell(pull, 'edited', by, { changes: { base: { ref: { from: from.ref }, sha: { from: from.sha } } } });
  }

  async edit(
    pull: PullRequest,
    { title = pull.title, body = pull.body }: { title?: string; body?: string | null },
    by: Actor,
  ): Promise<void> {
    const changes = {
      ...(title !== pull.title && { title: { from: pull.title } }),
      ...(body !== pull.body && { body: { from: pull.body ?? '' } }),
    };
    pull.title = title;
    pull.body = body;
    pull.touch();
    await this.tell(pull, 'edited', by, { changes });
  }

  async setDraft(pull: PullRequest, isDraft: boolean, by: Actor): Promise<void> {
    pull.isDraft = isDraft;
    pull.touch();
    await this.tell(pull, isDraft ? 'converted_to_draft' : 'ready_for_review', by);
  }

  /** Merges it into its base, which must be possible. The commit that the base is at then. */
  async merge(
    pull: PullRequest,
    method: MergeMethod,
    by: Actor & { readonly account: Account },
    words: { readonly title?: string; readonly message?: string } = {},
  ): Promise<string> {
    const repository = this.#repository;
    const base = `refs/heads/${pull.base.ref}`;
    const before = await repository.resolve(base);
    const tried = await pull.testMerge();
    if (before === undefined || tried.kind === 'conflict')
      throw new Error(`Pull request ${pull.number} cannot be merged`);
    const title =
      words.title ??
      (method === 'merge'
        ? `Merge pull request #${pull.number} from ${pull.head.repository.owner.login}/${pull.head.ref}`
        : `${pull.title} (#${pull.number})`);
    const message = `${title}\n\n${words.message ?? pull.title}`;
    const tree = await repository.run(['rev-parse', `${tried.commit}^{tree}`]);
    const commit = await repository.writeCommit(tree, method === 'merge' ? [before, pull.headSha] : [before], {
      message,
      author: by.account,
    });
    pull.state = 'closed';
    pull.closedAt = repository.github.time();
    pull.merged = { at: pull.closedAt, by: by.account, commit };
    pull.touch();
    await repository.moveRef(base, commit, { before, by });
    await this.tell(pull, 'closed', by);
    return commit;
  }

  /** A branch of this repository or of a fork is at another commit: heads follow, and bases that hold a head have merged it. */
  async follow(repository: StandInRepository, ref: string, before: string, after: string, by: Actor): Promise<void> {
    for (const pull of this.all.filter(({ state }) => state === 'open')) {
      if (pull.head.repository === repository && pull.head.ref === ref) await this.#headMoved(pull, before, after, by);
      else if (repository === this.#repository && pull.base.ref === ref) await this.#baseMoved(pull, after, by);
    }
  }

  async #headMoved(pull: PullRequest, before: string, after: string, by: Actor): Promise<void> {
    if (/^0+$/.test(after)) return this.close(pull, by);
    const { repository } = pull.head;
    pull.headSha = after;
    pull.base = {
      ref: pull.base.ref,
      sha: (await this.#repository.resolve(`refs/heads/${pull.base.ref}`)) ?? pull.base.sha,
    };
    pull.touch();
    if (!(await repository.contains(after, before)))
      pull.forcePushes.push({ before, after, by, at: this.#repository.github.time() });
    await this.#repository.run(['update-ref', `refs/pull/${pull.number}/head`, after]);
    await this.tell(pull, 'synchronize', by, { before, after });
  }

  async #baseMoved(pull: PullRequest, after: string, by: Actor): Promise<void> {
    const isHeld = await this.#repository.contains(after, pull.headSha);
    if (!isHeld || by.kind === 'anonymous') return;
    pull.state = 'closed';
    pull.closedAt = this.#repository.github.time();
    pull.merged = { at: pull.closedAt, by: by.account, commit: after };
    pull.touch();
    await this.tell(pull, 'closed', by);
  }
}
