import type { Actor } from '../actor.ts';
import { type Json, invalid } from '../route.ts';
import { type Account, nodeId } from './account.ts';
import type { App } from './app.ts';
import type { PullRequest } from './pulls.ts';
import { REACTIONS } from './reactions.ts';
import type { StandInRepository } from './repository.ts';

type Person = Actor & { readonly account: Account };

// GitHub's are past what 32 bits hold, and clients that forget it break.
const FIRST_COMMENT = 3_000_000_000;
/** What GitHub takes, in characters. */
const LONGEST_BODY = 65_536;

export interface Label {
  readonly id: number;
  readonly name: string;
  readonly color: string;
  readonly description: string | null;
}

/** Something that somebody wrote below an issue or a pull request. */
export class Comment {
  readonly id: number;
  readonly subject: number;
  readonly author: Account;
  readonly app: App | undefined;
  readonly createdAt: string;
  readonly #repository: StandInRepository;
  body: string;
  updatedAt: string;
  minimized: string | undefined;
  /** Who changed its body last, and when: its author, or somebody else who may write to the repository. */
  edited: { readonly by: Account; readonly at: string } | undefined;

  constructor(repository: StandInRepository, made: { subject: number; body: string; by: Person }) {
    this.#repository = repository;
    this.id = FIRST_COMMENT + repository.github.nextId('comment');
    this.subject = made.subject;
    this.body = bounded(made.body);
    this.author = made.by.account;
    this.app = made.by.kind === 'installation' ? made.by.app : undefined;
    this.createdAt = repository.github.time();
    this.updatedAt = this.createdAt;
  }

  get nodeId(): string {
    return nodeId('IC', this.id);
  }

  get htmlUrl(): string {
    const { htmlUrl, pulls } = this.#repository;
    const kind = pulls.find(this.subject) ? 'pull' : 'issues';
    return `${htmlUrl}/${kind}/${this.subject}#issuecomment-${this.id}`;
  }

  edit(body: string, by: Account): void {
    this.body = bounded(body);
    this.updatedAt = this.#repository.github.time();
    this.edited = { by, at: this.updatedAt };
  }

  /** `issue-comment` in GitHub's description. */
  get json(): Json {
    const { url } = this.#repository;
    return {
      id: this.id,
      node_id: this.nodeId,
      url: `${url}/issues/comments/${this.id}`,
      html_url: this.htmlUrl,
      issue_url: `${url}/issues/${this.subject}`,
      body: this.body,
      user: this.author.json,
      created_at: this.createdAt,
      updated_at: this.updatedAt,
      author_association: this.#repository.associationOf(this.author),
      performed_via_github_app: this.app?.json ?? null,
      reactions: this.#repository.issues.reactions(`comment ${this.id}`, `${url}/issues/comments/${this.id}`),
    };
  }
}

function bounded(body: string): string {
  if (body.trim() === '') {
    throw invalid({ resource: 'IssueComment', field: 'body', code: 'custom', message: 'Body cannot be blank' });
  }
  if ([...body].length > LONGEST_BODY) {
    const message = `Body is too long (maximum is ${LONGEST_BODY} characters)`;
    throw invalid({ resource: 'IssueComment', field: 'body', code: 'unprocessable', message });
  }
  return body;
}

export class Issue {
  readonly number: number;
  readonly id: number;
  readonly author: Account;
  readonly createdAt: string;
  title: string;
  body: string | null;
  state: 'open' | 'closed' = 'open';
  stateReason: 'completed' | 'not_planned' | 'duplicate' | 'reopened' | null = null;
  labels: readonly Label[] = [];
  assignees: readonly Account[] = [];
  updatedAt: string;
  closedAt: string | null = null;

  constructor(repository: StandInRepository, made: { title: string; body: string | null; by: Person }) {
    this.number = repository.nextNumber();
    this.id = repository.github.nextId('issue');
    this.author = made.by.account;
    this.title = made.title;
    this.body = made.body;
    this.createdAt = repository.github.time();
    this.updatedAt = this.createdAt;
  }
}

/** The issues of one repository, and what is written below them and below its pull requests. */
export class Issues {
  readonly all: Issue[] = [];
  readonly comments: Comment[] = [];
  readonly labels = new Map<string, Label>();
  readonly #repository: StandInRepository;

  constructor(repository: StandInRepository) {
    this.#repository = repository;
  }

  /** Whether an issue or a pull request has this number. */
  has(number: number): boolean {
    return this.find(number) !== undefined || this.#repository.pulls.find(number) !== undefined;
  }

  find(number: number): Issue | undefined {
    return this.all.find((issue) => issue.number === number);
  }

  commentsOf(number: number): readonly Comment[] {
    return this.comments.filter(({ subject }) => subject === number);
  }

  label(name: string): Label {
    const { github } = this.#repository;
    const found = this.labels.get(name) ?? {
      id: github.nextId('label'),
      name,
      color: 'ededed',
      description: null,
    };
    this.labels.set(name, found);
    return found;
  }

  open(made: { title: string; body: string | null; by: Person }): Issue {
    const issue = new Issue(this.#repository, made);
    this.all.push(issue);
    return issue;
  }

  /** Tells of an issue, as it then is. */
  tell(issue: Issue, action: string, by: Actor): void {
    issue.updatedAt = this.#repository.github.time();
    this.#repository.github.emit('issues', this.#repository, by, { action, issue: this.json(issue.number) });
  }

  comment(subject: number, body: string, by: Person): Comment {
    const comment = new Comment(this.#repository, { subject, body, by });
    this.comments.push(comment);
    this.tellComment(comment, 'created', by);
    return comment;
  }

  edit(comment: Comment, body: string, by: Person): void {
    const from = comment.body;
    comment.edit(body, by.account);
    this.tellComment(comment, 'edited', by, { changes: { body: { from } } });
  }

  remove(comment: Comment, by: Actor): void {
    this.comments.splice(this.comments.indexOf(comment), 1);
    this.tellComment(comment, 'deleted', by);
  }

  tellComment(comment: Comment, action: 'created' | 'edited' | 'deleted', by: Actor, more: Json = {}): void {
    this.#repository.github.emit('issue_comment', this.#repository, by, {
      action,
      issue: this.json(comment.subject),
      comment: comment.json,
      ...more,
    });
  }

  /** `issue` in GitHub's description; a pull request is one too. */
  json(number: number): Json {
    const issue = this.find(number);
    const pull = this.#repository.pulls.find(number);
    if (issue) return this.#json(number, issue.id, nodeId('I', issue.id), fieldsOf(issue));
    if (!pull) throw new Error(`There is no #${number}`);
    return this.#json(number, pull.id, nodeId('PR', pull.id), pullFields(pull));
  }

  #json(number: number, id: number, node: string, fields: Json): Json {
    const { url, htmlUrl, pulls } = this.#repository;
    const own = `${url}/issues/${number}`;
    return {
      id,
      node_id: node,
      url: own,
      repository_url: url,
      labels_url: `${own}/labels{/name}`,
      comments_url: `${own}/comments`,
      events_url: `${own}/events`,
      html_url: `${htmlUrl}/${pulls.find(number) ? 'pull' : 'issues'}/${number}`,
      number,
      milestone: null,
      locked: false,
      active_lock_reason: null,
      comments: this.commentsOf(number).length,
      performed_via_github_app: null,
      reactions: this.reactions(`issue ${number}`, own),
      timeline_url: `${own}/timeline`,
      ...fields,
      labels: ((fields['labels'] ?? []) as readonly Label[]).map((label) => this.labelJson(label)),
      author_association: this.#repository.associationOf(fields['author'] as Account),
      user: (fields['author'] as Account).json,
      author: undefined,
    };
  }

  labelJson(label: Label): Json {
    const url = `${this.#repository.url}/labels/${encodeURIComponent(label.name)}`;
    return { ...label, node_id: nodeId('LA', label.id), url, default: false };
  }

  /** `reaction-rollup` in GitHub's description. */
  reactions(subject: string, url: string): Json {
    const all = this.#repository.reactions.of(subject);
    const counts = REACTIONS.map((sign) => [sign, all.filter(({ content }) => content === sign).length]);
    return { url: `${url}/reactions`, total_count: all.length, ...(Object.fromEntries(counts) as Json) };
  }
}

function fieldsOf(issue: Issue): Json {
  return {
    author: issue.author,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    state_reason: issue.stateReason,
    labels: issue.labels,
    assignee: issue.assignees[0]?.json ?? null,
    assignees: issue.assignees.map(({ json }) => json),
    closed_at: issue.closedAt,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
  };
}

function pullFields(pull: PullRequest): Json {
  return {
    author: pull.author,
    title: pull.title,
    body: pull.body,
    state: pull.state,
    draft: pull.isDraft,
    assignee: null,
    assignees: [],
    closed_at: pull.closedAt,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    pull_request: {
      url: pull.url,
      html_url: pull.htmlUrl,
      diff_url: `${pull.htmlUrl}.diff`,
      patch_url: `${pull.htmlUrl}.patch`,
      merged_at: pull.merged?.at ?? null,
    },
  };
}
