import type { Routes } from '../route.ts';
import { commitRoutes } from './commits.ts';
import { pullRoutes } from './pulls.ts';
import { contentRoutes } from './contents.ts';
import { gitDataRoutes } from './gitData.ts';
import { releaseRoutes } from './releases.ts';
import { repositoryRoutes } from './repositories.ts';
import { reviewRoutes } from './reviews.ts';
import { userRoutes } from './users.ts';

/** Everything the stand-in answers. Each resource has a file of its own, and a line here. */
export const routes: Routes = {
  ...commitRoutes,
  ...pullRoutes,
  ...contentRoutes,
  ...gitDataRoutes,
  ...releaseRoutes,
  ...repositoryRoutes,
  ...reviewRoutes,
  ...userRoutes,
};
