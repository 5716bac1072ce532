import { actionsRoutes } from "./actions.ts";
import { appRoutes, installationRoutes } from "./apps.ts";
import { branchRoutes } from "./branches.ts";
import { commentRoutes } from "./comments.ts";
import { contentRoutes } from "./contents.ts";
import { issueRoutes } from "./issues.ts";
import { labelRoutes } from "./labels.ts";
import { objectRoutes } from "./objects.ts";
import { pullRoutes } from "./pulls.ts";
import { refRoutes } from "./refs.ts";
import { repositoryRoutes } from "./repositories.ts";
import type { OpenRoutes, RepositoryRoutes } from "./route.ts";
import { treeRoutes } from "./trees.ts";
import { userRoutes } from "./users.ts";

/** Every route under a repository. */
export const REPOSITORY_ROUTES: RepositoryRoutes = {
  ...repositoryRoutes,
  ...issueRoutes,
  ...commentRoutes,
  ...labelRoutes,
  ...pullRoutes,
  ...refRoutes,
  ...objectRoutes,
  ...treeRoutes,
  ...contentRoutes,
  ...branchRoutes,
  ...actionsRoutes,
  ...installationRoutes,
};

/** Every other route. */
export const OPEN_ROUTES: OpenRoutes = { ...userRoutes, ...appRoutes };

/** `METHOD /path` of all that is served, as the pruned OpenAPI description must hold it. */
export const SERVED = [...Object.keys(REPOSITORY_ROUTES), ...Object.keys(OPEN_ROUTES)];
