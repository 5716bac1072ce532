import { authoriseTarget, readTarget } from "./authorise.ts";
import { TaskFailure } from "./failure.ts";
import type { Settings } from "./inputs.ts";
import { branchFor } from "./naming.ts";
import { parseTask } from "./parse-task.ts";
import type { Ports, Repository } from "./ports.ts";
import type { Dispatch, Issue, ParsedTask, Run, Task } from "./task.ts";

type Needs = Pick<Ports, "target">;

/** The issue as it is now. Throws `issue-not-found`. */
export async function readIssue(
  { dispatch: github }: Pick<Ports, "dispatch">,
  { repository, issueNumber }: Dispatch,
): Promise<Issue> {
  const issue = await github.issue(repository, issueNumber);
  if (!issue)
    throw new TaskFailure("issue-not-found", `\`${repository}\` shows this token no issue ${issueNumber}.`);
  if (issue.isPullRequest)
    throw new TaskFailure(
      "issue-not-found",
      `${issueNumber} is a pull request of \`${repository}\`, not an issue.`,
    );
  return issue;
}

/** A body that does not parse is told only to somebody who may start tasks, so the failure waits. */
export function tryParse(issue: Issue, settings: Settings): ParsedTask | TaskFailure {
  try {
    return parseTask(issue, { requireMetadata: settings.requireMetadata });
  } catch (thrown) {
    if (thrown instanceof TaskFailure) return thrown;
    throw thrown;
  }
}

/** The task with its target; its attempt is still to be counted. Throws `target-not-found` or `target-archived`. */
export async function findTask(
  ports: Needs,
  settings: Settings,
  run: Run,
  issue: Issue,
  parsed: ParsedTask,
): Promise<{ kind: "found"; task: Task } | { kind: "denied"; reason: string }> {
  const named = parsed.targetRepository ?? settings.targetRepository ?? issue.repository;
  // Asked twice: by the issue's name before any look-up, and by the API's, since repositories move.
  const byName = authoriseTarget(named, issue.repository, settings);
  if (!byName.allowed) return { kind: "denied", reason: byName.reason };
  const target = await readTarget(ports, named);
  const decision = authoriseTarget(target.name, issue.repository, settings);
  if (!decision.allowed) return { kind: "denied", reason: decision.reason };
  return { kind: "found", task: await assemble(ports, settings, run, issue, parsed, target) };
}

async function assemble(
  ports: Needs,
  settings: Settings,
  run: Run,
  issue: Issue,
  parsed: ParsedTask,
  target: Repository,
): Promise<Task> {
  const builtOn = await pullRequestToBuildOn(ports, parsed, target);
  return {
    ...parsed,
    issue: { repository: issue.repository, number: issue.number, url: issue.url },
    target: {
      repository: target.name,
      cloneUrl: `${run.serverUrl}/${target.name}.git`,
      base: builtOn?.branch ?? settings.base ?? target.defaultBranch,
      pullRequest: builtOn?.number ?? null,
    },
    branch: branchFor(issue, parsed.taskId, settings.branch),
    attempt: 1,
  };
}

async function pullRequestToBuildOn(
  ports: Needs,
  parsed: ParsedTask,
  target: Repository,
): Promise<{ number: number; branch: string } | null> {
  if (parsed.targetPullRequest === null) return null;
  const pull = await ports.target.pullRequest(target.name, parsed.targetPullRequest);
  if (pull?.state !== "open" || pull.head.repository?.toLowerCase() !== target.name.toLowerCase())
    return null;
  return { number: pull.number, branch: pull.head.ref };
}
