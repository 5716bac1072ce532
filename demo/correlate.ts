import { issuesSeenByBackend, metadataSeenByBackend } from "../loopback/backend.ts";
import type { LoopbackGitHub } from "../loopback/github.ts";
import { parseTask } from "../src/parse-task.ts";

/** What a backend's two rules make of a pull request: the contract's way back to the task. */
export interface Correlation {
  /** By the first metadata comment of the body; `null` where it gives none. */
  byMetadata: string | null;
  /** By the issues that the body closes; read only where target and dispatch repository are the same. */
  byIssue: { number: string; taskId: string | null }[] | null;
}

/** Runs the backend's rules on the payload of a `pull_request.opened` event. */
export function correlate(
  github: LoopbackGitHub,
  payload: Record<string, unknown>,
  dispatchRepository: string,
): Correlation {
  const { body } = payload.pull_request as { body: string };
  const { full_name: target } = payload.repository as { full_name: string };
  const json = metadataSeenByBackend(body);
  const isSame = target.toLowerCase() === dispatchRepository.toLowerCase();
  return {
    byMetadata: json === null ? null : taskIdIn(json),
    byIssue: isSame
      ? issuesSeenByBackend(body).map((number) => ({
          number,
          taskId: taskOf(github, target, Number(number)),
        }))
      : null,
  };
}

/** Whether every rule that applies leads to this task, and to no other. */
export function leadsTo({ byMetadata, byIssue }: Correlation, taskId: string): boolean {
  const found = byIssue?.map((one) => one.taskId) ?? [taskId];
  return byMetadata === taskId && found.length > 0 && found.every((id) => id === taskId);
}

function taskIdIn(json: string): string | null {
  try {
    const { task_id: taskId } = JSON.parse(json) as { task_id?: unknown };
    return typeof taskId === "string" ? taskId : null;
  } catch {
    return null;
  }
}

/** The task that the backend keeps for an issue that it wrote. */
function taskOf(github: LoopbackGitHub, repository: string, number: number): string | null {
  try {
    const { title, body } = github.issue(repository, number);
    return parseTask({ repository, number, title, body }, { requireMetadata: false }).taskId;
  } catch {
    return null;
  }
}
