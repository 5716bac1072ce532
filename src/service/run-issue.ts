import { TaskFailure } from "../failure.ts";
import type { Ports } from "../ports.ts";
import type { FinalReport } from "../report/report.ts";
import { runTask } from "../run-task.ts";
import type { Actor, Dispatch } from "../task.ts";
import type { Configuration } from "./configuration.ts";
import { jobId } from "./queue/queue.ts";
import { newRun, type WorkNeeds } from "./work.ts";

type IssueName = Pick<Dispatch, "repository" | "issueNumber">;

export interface RunIssueNeeds extends Pick<WorkNeeds, "openPorts"> {
  dispatch: Ports["dispatch"];
}

/** Reads `owner/name#12`. Throws `invalid-input`. */
export function readIssueName(text: string): IssueName {
  const [, repository, number] = /^([\w-]+\/[\w.-]+)#([1-9]\d{0,8})$/.exec(text.trim()) ?? [];
  if (repository && number) return { repository, issueNumber: Number(number) };
  throw new TaskFailure("invalid-input", `${JSON.stringify(text)} names no issue: write \`owner/name#12\`.`);
}

/** Runs the task of one issue now, whatever its label and its past. */
export async function runIssue(
  needs: RunIssueNeeds,
  { settings, serverUrl, leaseSeconds, runUrlBase, host, port }: Configuration,
  name: IssueName,
  stop: AbortSignal,
): Promise<FinalReport> {
  const base = runUrlBase ?? `http://${host}:${port}`;
  const run = newRun({ serverUrl, leaseSeconds, runUrlBase: base }, 1);
  const ports = await needs.openPorts({ id: jobId(name) }, run, stop);
  try {
    const sender = await senderOf(needs, settings.triggerLabel, name);
    const moment = { manual: true, happenedAt: null, issue: null, commentId: null };
    const dispatch: Dispatch = { event: "command-line", ...name, sender, ...moment };
    return await runTask(ports, settings, run, { kind: "dispatch", dispatch });
  } finally {
    await ports.close();
  }
}

/** Whoever holds the token asks; an App is nobody, so it runs what somebody has labelled. */
async function senderOf(
  { dispatch }: RunIssueNeeds,
  label: string,
  { repository, issueNumber }: IssueName,
): Promise<Actor> {
  const viewer = await dispatch.viewer();
  if (viewer?.type === "User") return viewer;
  const labelling = await dispatch.labelledBy(repository, issueNumber, label);
  if (labelling) return labelling.actor;
  const issue = await dispatch.issue(repository, issueNumber);
  return issue?.author ?? { login: "ghost", type: "User" };
}
