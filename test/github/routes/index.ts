import type { Routes } from '../route.ts';
import { actionsRoutes } from './actions.ts';
import { appRoutes } from './apps.ts';
import { checkRoutes } from './checks.ts';
import { collaboratorRoutes } from './collaborators.ts';
import { commitRoutes } from './commits.ts';
import { contentRoutes } from './contents.ts';
import { deliveryRoutes } from './deliveries.ts';
import { deploymentRoutes } from './deployments.ts';
import { gitDataRoutes } from './gitData.ts';
import { graphQlRoutes } from './graphql.ts';
import { issueRoutes } from './issues.ts';
import { pullRoutes } from './pulls.ts';
import { rateLimitRoutes } from './rateLimit.ts';
import { reactionRoutes } from './reactions.ts';
import { releaseRoutes } from './releases.ts';
import { repositoryRoutes } from './repositories.ts';
import { reviewRoutes } from './reviews.ts';
import { settingRoutes } from './settings.ts';
import { statusRoutes } from './statuses.ts';
import { userRoutes } from './users.ts';

/** Everything the stand-in answers. Each resource has a file of its own, and a line here. */
export const routes: Routes = {
  ...actionsRoutes,
  ...appRoutes,
  ...checkRoutes,
  ...collaboratorRoutes,
  ...commitRoutes,
  ...contentRoutes,
  ...deliveryRoutes,
  ...deploymentRoutes,
  ...gitDataRoutes,
  ...graphQlRoutes,
  ...issueRoutes,
  ...pullRoutes,
  ...rateLimitRoutes,
  ...reactionRoutes,
  ...releaseRoutes,
  ...repositoryRoutes,
  ...reviewRoutes,
  ...settingRoutes,
  ...statusRoutes,
  ...userRoutes,
};
