import { type Call, type Routes, invalid, listed, notFound } from '../route.ts';
import type { Review } from '../state/reviews.ts';
import { named, pullOf } from './pulls.ts';

const STATES = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const;

export const reviewRoutes: Routes = {
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews': {
    needs: 'pull_requests: read',
    handle: (call) => listed(call, pullOf(call).reviews.all, ({ json }) => json),
  },
  'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews': {
    needs: 'pull_requests: write',
    async handle(call) {
      const { body = {} } = call;
      const by = named(call.actor);
      const pull = pullOf(call);
      const state = body.event === undefined ? 'PENDING' : STATES[body.event];
      if (by.account === pull.author && (state === 'APPROVED' || state === 'CHANGES_REQUESTED')) {
        throw invalid(
          state === 'APPROVED'
            ? 'Can not approve your own pull request'
            : 'Can not request changes on your own pull request',
        );
      }
      const review = await pull.reviews.submit({
        state,
        by,
        ...(body.body !== undefined && { body: body.body }),
        ...(body.commit_id !== undefined && { commit: body.commit_id }),
      });
      return { status: 200, body: review.json };
    },
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}': {
    needs: 'pull_requests: read',
    handle: (call) => ({ status: 200, body: reviewOf(call).json }),
  },
  'PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals': {
    needs: 'pull_requests: write',
    async handle(call) {
      const review = reviewOf(call);
      await pullOf(call).reviews.dismiss(review, call.actor);
      return { status: 200, body: review.json };
    },
  },
};

function reviewOf(
  call: Pick<Call, 'repository'> & { readonly params: { readonly pull_number: number; readonly review_id: number } },
): Review {
  const review = pullOf(call).reviews.all.find(({ id }) => id === call.params.review_id);
  if (!review) throw notFound();
  return review;
}
