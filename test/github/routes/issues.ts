import { accountOf, demand, isAtLeast } from '../actor.ts';
import { type Call, type Permission, Refusal, type Routes, invalid, listed, notFound } from '../route.ts';
import type { Account } from '../state/account.ts';
import type { Comment, Issue } from '../state/issues.ts';
import { named } from './pulls.ts';

const READ: readonly Permission[] = ['issues: read', 'pull_requests: read'];
const WRITE: readonly Permission[] = ['issues: write', 'pull_requests: write'];

type Numbered = Pick<Call, 'repository' | 'actor'> & { readonly params: { readonly issue_number: number } };
type OfComment = Pick<Call, 'repository' | 'actor'> & { readonly params: { readonly comment_id: number } };

export const issueRoutes: Routes = {
  'GET /repos/{owner}/{repo}/issues': {
    needs: 'issues: read',
    handle(call) {
      const { issues } = call.repository;
      const { state = 'open', labels, since, creator } = call.query;
      const wanted = labels?.split(',').filter((name) => name !== '') ?? [];
      const fitting = issues.all.filter(
        (issue) =>
          (state === 'all' || issue.state === state) &&
          wanted.every((name) => issue.labels.some((label) => label.name === name)) &&
          (since === undefined || issue.updatedAt >= since) &&
          (creator === undefined || issue.author.login === creator),
      );
      return listed(call, fitting.toReversed(), ({ number }) => issues.json(number));
    },
  },
  'POST /repos/{owner}/{repo}/issues': {
    needs: 'issues: write',
    handle(call) {
      const { repository, body, actor } = call;
      const issue = repository.issues.open({ title: String(body.title), body: body.body ?? null, by: named(actor) });
      // Of those who may not push they are dropped in silence.
      if (mayTriage(call)) {
        issue.labels = (body.labels ?? []).map((label) => repository.issues.label(nameOfLabel(label)));
        issue.assignees = accounts(call, body.assignees ?? []);
      }
      repository.issues.tell(issue, 'opened', actor);
      return { status: 201, body: repository.issues.json(issue.number) };
    },
  },
  'GET /repos/{owner}/{repo}/issues/{issue_number}': {
    needs: READ,
    handle: (call) => ({ status: 200, body: call.repository.issues.json(numberOf(call, 'read')) }),
  },
  'PATCH /repos/{owner}/{repo}/issues/{issue_number}': {
    needs: 'issues: write',
    handle(call) {
      const { repository, body = {}, actor } = call;
      const issue = issueOf(call);
      if (actor.kind === 'user' && actor.account !== issue.author && !mayTriage(call)) {
        throw new Refusal(403, 'Must have admin rights to Repository.');
      }
      if (body.title !== undefined && body.title !== null) issue.title = String(body.title);
      if (body.body !== undefined) issue.body = body.body;
      if (body.labels) issue.labels = body.labels.map((label) => repository.issues.label(nameOfLabel(label)));
      if (body.assignees) issue.assignees = accounts(call, body.assignees);
      if (body.state !== undefined && body.state !== issue.state) {
        issue.state = body.state;
        issue.closedAt = body.state === 'closed' ? repository.github.time() : null;
        issue.stateReason = body.state_reason ?? (body.state === 'closed' ? 'completed' : 'reopened');
        repository.issues.tell(issue, body.state === 'closed' ? 'closed' : 'reopened', actor);
      } else repository.issues.tell(issue, 'edited', actor);
      return { status: 200, body: repository.issues.json(issue.number) };
    },
  },
  'POST /repos/{owner}/{repo}/issues/{issue_number}/labels': {
    needs: WRITE,
    handle(call) {
      const { repository } = call;
      const issue = issueOf(call);
      const given = (call.body ?? {}) as { readonly labels?: readonly unknown[] };
      const added = (given.labels ?? []).map((label) => repository.issues.label(nameOfLabel(label)));
      issue.labels = [...new Set([...issue.labels, ...added])];
      repository.issues.tell(issue, 'labeled', call.actor);
      return { status: 200, body: issue.labels.map((label) => repository.issues.labelJson(label)) };
    },
  },
  'DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}': {
    needs: WRITE,
    handle(call) {
      const issue = issueOf(call);
      const left = issue.labels.filter(({ name }) => name !== call.params.name);
      if (left.length === issue.labels.length) throw notFound();
      issue.labels = left;
      call.repository.issues.tell(issue, 'unlabeled', call.actor);
      return { status: 200, body: left.map((label) => call.repository.issues.labelJson(label)) };
    },
  },
  'POST /repos/{owner}/{repo}/issues/{issue_number}/assignees': {
    needs: 'issues: write',
    handle(call) {
      const issue = issueOf(call);
      issue.assignees = [...new Set([...issue.assignees, ...accounts(call, call.body?.assignees ?? [])])];
      call.repository.issues.tell(issue, 'assigned', call.actor);
      return { status: 201, body: call.repository.issues.json(issue.number) };
    },
  },
  'GET /repos/{owner}/{repo}/issues/{issue_number}/comments': {
    needs: READ,
    handle(call) {
      const all = call.repository.issues.commentsOf(numberOf(call, 'read'));
      return listed(call, changedSince(all, call.query.since), ({ json }) => json);
    },
  },
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments': {
    needs: WRITE,
    handle(call) {
      const comment = call.repository.issues.comment(numberOf(call, 'write'), call.body.body, named(call.actor));
      return { status: 201, body: comment.json };
    },
  },
  'GET /repos/{owner}/{repo}/issues/comments': {
    needs: READ,
    handle(call) {
      const { since, sort, direction } = call.query;
      const fitting = changedSince(call.repository.issues.comments, since);
      // Oldest first where nothing is said; `direction` says nothing by itself.
      if (!call.url.searchParams.has('sort')) return listed(call, fitting, ({ json }) => json);
      const at = (comment: Comment): string => (sort === 'updated' ? comment.updatedAt : comment.createdAt);
      const sorted = fitting.toSorted((a, b) => Date.parse(at(a)) - Date.parse(at(b)) || a.id - b.id);
      return listed(call, direction === 'asc' ? sorted : sorted.reverse(), ({ json }) => json);
    },
  },
  'GET /repos/{owner}/{repo}/issues/comments/{comment_id}': {
    needs: READ,
    handle: (call) => ({ status: 200, body: commentOf(call).json }),
  },
  'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}': {
    needs: WRITE,
    handle(call) {
      const comment = commentOf(call);
      mayChange(call, comment);
      call.repository.issues.edit(comment, call.body.body, named(call.actor));
      return { status: 200, body: comment.json };
    },
  },
  'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}': {
    needs: WRITE,
    handle(call) {
      const comment = commentOf(call);
      mayChange(call, comment);
      call.repository.issues.remove(comment, call.actor);
      return { status: 204 };
    },
  },
};

function changedSince(comments: readonly Comment[], since: string | undefined): readonly Comment[] {
  return comments.filter(({ updatedAt }) => since === undefined || Date.parse(updatedAt) >= Date.parse(since));
}

/** The number of the path, of something that the one who asks may see or write below: a pull request takes either permission. */
function numberOf({ repository, actor, params }: Numbered, access: 'read' | 'write'): number {
  const number = params.issue_number;
  if (!repository.issues.has(number)) throw notFound();
  if (!repository.pulls.find(number)) demand(`issues: ${access}`, actor, repository);
  return number;
}

function issueOf({ repository, params }: Numbered): Issue {
  const issue = repository.issues.find(params.issue_number);
  if (!issue) throw notFound();
  return issue;
}

function commentOf({ repository, params }: OfComment): Comment {
  const comment = repository.issues.comments.find(({ id }) => id === params.comment_id);
  if (!comment) throw notFound();
  return comment;
}

/** One's own; those of others only with a role that looks after them. */
function mayChange({ actor, repository }: OfComment, { author }: Comment): void {
  if (actor.kind !== 'user' || actor.account === author) return;
  if (!isAtLeast(repository.roleOf(actor.account), 'write')) {
    throw new Refusal(403, 'Must have admin rights to Repository.');
  }
}

function mayTriage({ actor, repository }: Pick<Call, 'repository' | 'actor'>): boolean {
  return actor.kind !== 'user' || isAtLeast(repository.roleOf(accountOf(actor)), 'triage');
}

function nameOfLabel(label: unknown): string {
  if (typeof label === 'string') return label;
  const { name } = label as { readonly name?: string };
  if (name === undefined) throw invalid({ resource: 'Label', field: 'name', code: 'missing_field' });
  return name;
}

/** Who is not there is left out, as GitHub does. */
function accounts({ repository }: Pick<Call, 'repository'>, given: readonly unknown[]): readonly Account[] {
  const logins = given.map((each) => (typeof each === 'string' ? each : (each as { readonly login: string }).login));
  return logins.flatMap((login) => repository.github.account(login) ?? []);
}
