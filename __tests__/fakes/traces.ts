import { branchFor } from "../../src/naming.ts";
import { TASK_ID, type World } from "./world.ts";

/** Everything that the world holds of the task: what an outsider sees. */
export function traces({ github, remote, git, issue }: World) {
  const branch = branchFor(issue, TASK_ID);
  return {
    pulls: github.pulls.length,
    comments: github.bodiesOn(7).map((body) => /<!-- (\w+)/.exec(body.split("\n").at(-1) ?? "")?.[1]),
    labels: github.issue(7).labels,
    branch: remote.filesOn(branch),
    claims: [...remote.refs.keys()].filter((ref) => ref.startsWith("refs/agent-runner/")),
    stores: git.left(),
  };
}

/** The traces of a task that left none. */
export const NOTHING = {
  pulls: 0,
  comments: [],
  labels: ["copilot-agent"],
  branch: null,
  claims: [],
  stores: 0,
};
