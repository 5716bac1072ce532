import type { GitHub } from "../../ports.ts";
import { type ClientOptions, createClient } from "./client.ts";
import { createDeploymentReads } from "./deployments.ts";
import { createIssueCalls } from "./issues.ts";
import { createPolicyReads } from "./policy-reads.ts";
import { createPullRequestCalls } from "./pulls.ts";
import { createRepositoryCalls } from "./repositories.ts";
import { createViewer } from "./viewer.ts";

/** GitHub's REST API at `baseUrl`, with one token. Proxies are taken from the environment, as `@actions/github` does. */
export function createGitHub(options: ClientOptions): GitHub {
  const client = createClient(options);
  return {
    now: client.now,
    viewer: createViewer(client, options.baseUrl),
    ...createIssueCalls(client),
    ...createPullRequestCalls(client),
    ...createRepositoryCalls(client),
    ...createPolicyReads(client),
    ...createDeploymentReads(client),
  };
}
