import type { Git, GitHub, GitStore, Ports } from "../ports.ts";

const GITHUB_WRITES = [
  "createIssue",
  "closeIssue",
  "createComment",
  "updateComment",
  "deleteComment",
  "addLabels",
  "replaceLabels",
  "createPullRequest",
  "updatePullRequest",
  "requestReviewers",
  "addAssignees",
  "acknowledge",
] as const satisfies (keyof GitHub)[];
const GIT_WRITES = ["push", "createRef", "replaceRef", "deleteRef"] as const satisfies (keyof GitStore)[];

/** Ports that can change nothing outside this machine: whatever the investigating half does, it only reads. A write is a bug, and throws. */
export function readingOnly({ callback: _, ...ports }: Ports): Ports {
  return {
    ...ports,
    dispatch: refusing(ports.dispatch, GITHUB_WRITES),
    target: refusing(ports.target, GITHUB_WRITES),
    git: readingGit(ports.git),
    claims: readingGit(ports.claims),
  };
}

function readingGit(git: Git): Git {
  return { ...git, open: async (url) => refusing(await git.open(url), GIT_WRITES) };
}

function refusing<T extends object>(port: T, writes: readonly (keyof T & string)[]): T {
  const refuse = (name: string) => async () => {
    throw new Error(`An investigation may not write: ${name}.`);
  };
  return { ...port, ...Object.fromEntries(writes.map((name) => [name, refuse(name)])) };
}
