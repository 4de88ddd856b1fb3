import { accountOf } from '../actor.ts';
import { type Answer, type Call, type Permission, type Routes, listed, notFound } from '../route.ts';
import { type ReactionContent, reactionJson } from '../state/reactions.ts';

const READ: readonly Permission[] = ['issues: read', 'pull_requests: read'];
const WRITE: readonly Permission[] = ['issues: write', 'pull_requests: write'];

type Of<Params> = Pick<Call, 'repository' | 'actor'> & { readonly params: Params };

export const reactionRoutes: Routes = {
  'GET /repos/{owner}/{repo}/issues/{issue_number}/reactions': {
    needs: READ,
    handle: (call) => listed(call, fitting(call, issueOf(call), call.query.content), reactionJson),
  },
  'POST /repos/{owner}/{repo}/issues/{issue_number}/reactions': {
    needs: WRITE,
    handle: (call) => react(call, issueOf(call), call.body.content),
  },
  'DELETE /repos/{owner}/{repo}/issues/{issue_number}/reactions/{reaction_id}': {
    needs: WRITE,
    handle: (call) => takeBack(call, issueOf(call)),
  },
  'GET /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions': {
    needs: READ,
    handle: (call) => listed(call, fitting(call, commentOf(call), call.query.content), reactionJson),
  },
  'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions': {
    needs: WRITE,
    handle: (call) => react(call, commentOf(call), call.body.content),
  },
  'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}': {
    needs: WRITE,
    handle: (call) => takeBack(call, commentOf(call)),
  },
};

function issueOf({
  repository,
  params,
}: Pick<Call, 'repository'> & { readonly params: { readonly issue_number: number } }): string {
  if (!repository.issues.has(params.issue_number)) throw notFound();
  return `issue ${params.issue_number}`;
}

function commentOf({
  repository,
  params,
}: Pick<Call, 'repository'> & { readonly params: { readonly comment_id: number } }): string {
  if (!repository.issues.comments.some(({ id }) => id === params.comment_id)) throw notFound();
  return `comment ${params.comment_id}`;
}

function fitting(
  { repository }: Pick<Call, 'repository'>,
  subject: string,
  content: ReactionContent | undefined,
): ReturnType<typeof repository.reactions.of> {
  return repository.reactions.of(subject).filter((reaction) => content === undefined || reaction.content === content);
}

/** 201 where it is new, 200 where it was there: that tells the first of two who answer one comment. */
function react({ repository, actor }: Of<unknown>, subject: string, content: ReactionContent): Answer {
  const { reaction, isNew } = repository.reactions.add(subject, content, accountOf(actor));
  return { status: isNew ? 201 : 200, body: reactionJson(reaction) };
}

function takeBack({ repository, params }: Of<{ readonly reaction_id: number }>, subject: string): Answer {
  if (!repository.reactions.remove(subject, params.reaction_id)) throw notFound();
  return { status: 204 };
}
