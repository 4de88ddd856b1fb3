import type { Routes } from '../route.ts';

export const rateLimitRoutes: Routes = {
  'GET /rate_limit': { needs: 'none', handle: ({ github, actor }) => github.limits.answer(actor) },
};
