import type { Routes } from '../route.ts';
import { repositoryRoutes } from './repositories.ts';
import { userRoutes } from './users.ts';

/** Everything the stand-in answers. Each resource has a file of its own, and a line here. */
export const routes: Routes = {
  ...repositoryRoutes,
  ...userRoutes,
};
