import { authoriseSender, type Decision } from "./authorise.ts";
import { TaskFailure } from "./failure.ts";
import { cutText } from "./harmless.ts";
import type { Settings } from "./inputs.ts";
import { createOnce, repeatWrite } from "./once.ts";
import { parseTask, unfiledTaskBody } from "./parse-task.ts";
import { permitSender } from "./policy/permit.ts";
import { readPolicy } from "./policy/policy.ts";
import type { Ports } from "./ports.ts";
import type { Dispatch, Issue, ParsedTask, Trigger, UnfiledTask } from "./task.ts";

type Unfiled = Extract<Trigger, { kind: "unfiled" }>;

/** GitHub's limit is 256 characters. */
const LONGEST_TITLE = 120;

/** Whether the sender may have an issue filed: that is done with our own right, and its label may start a run. */
export async function authoriseUnfiled(
  ports: Pick<Ports, "dispatch">,
  settings: Settings,
  { repository, sender }: Unfiled,
): Promise<Decision> {
  const decision = await authoriseSender(ports, { repository, sender }, settings);
  if (!decision.allowed) return decision;
  return permitSender(await readPolicy(ports, settings, repository), sender, settings);
}

/** Gives a task that came without an issue its dispatch issue, once: a redelivered payload finds the first one. */
export async function fileTask(
  ports: Pick<Ports, "dispatch" | "clock" | "log">,
  settings: Pick<Settings, "triggerLabel">,
  unfiled: Unfiled,
): Promise<Dispatch> {
  const { repository, payload } = unfiled;
  const title = oneLine(payload.title?.trim() || titleFor(payload));
  const body = unfiledTaskBody(payload);
  // What would be refused as an issue is refused before one is made of it.
  if (!isSameTask(parseTask({ repository, number: 0, title, body }, { requireMetadata: true }), payload)) {
    throw new TaskFailure(
      "invalid-task",
      "`client_payload`: written as an issue it would be another task; take control characters out of it.",
    );
  }
  const lookUp = () => findFiled(ports, settings, unfiled);
  const create = async () => {
    const labels = [settings.triggerLabel];
    return asDispatch(unfiled, await ports.dispatch.createIssue(repository, { title, body, labels }));
  };
  const found = await lookUp();
  if (found) return found;
  const filed = await createOnce(ports.clock, "Filing the dispatch issue", create, lookUp);
  return await giveWay(ports, filed, await lookUp());
}

/** Two runs may file the same task at the same time: the oldest issue is the task's, the other one is closed. */
async function giveWay(
  { dispatch, clock, log }: Pick<Ports, "dispatch" | "clock" | "log">,
  own: Dispatch,
  oldest: Dispatch | null,
): Promise<Dispatch> {
  if (!oldest || oldest.issueNumber === own.issueNumber) return own;
  const { repository, issueNumber } = own;
  await repeatWrite(clock, "Closing the second issue", () =>
    dispatch.closeIssue(repository, issueNumber),
  ).catch((thrown) => log.warning(`${repository}#${issueNumber} is filed twice: ${String(thrown)}`));
  return oldest;
}

/** The dispatch of a task that has been filed before; `null` where it has not. */
export async function findFiled(
  { dispatch }: Pick<Ports, "dispatch">,
  { triggerLabel }: Pick<Settings, "triggerLabel">,
  unfiled: Unfiled,
): Promise<Dispatch | null> {
  const issues = await dispatch.issuesLabelled(unfiled.repository, triggerLabel, "all");
  const issue = issues.find((each) => !each.isPullRequest && holds(each, unfiled.payload));
  return issue ? asDispatch(unfiled, issue) : null;
}

/** Somebody else's issue with the same task id and another instruction is not this task. */
function holds(issue: Issue, payload: UnfiledTask): boolean {
  try {
    return isSameTask(parseTask(issue, { requireMetadata: true }), payload);
  } catch {
    return false;
  }
}

function isSameTask(parsed: ParsedTask, { taskId, instruction, targetRepository }: UnfiledTask): boolean {
  return (
    parsed.taskId === taskId &&
    parsed.instruction.trim() === instruction.trim() &&
    parsed.targetRepository?.toLowerCase() === targetRepository?.toLowerCase()
  );
}

function asDispatch({ repository, sender }: Unfiled, issue: Issue): Dispatch {
  return {
    event: "repository_dispatch",
    repository,
    issueNumber: issue.number,
    sender,
    manual: true,
    happenedAt: null,
    issue,
    commentId: null,
  };
}

/** The instruction's first line; where a fence begins there, it says nothing. */
function titleFor({ taskId, instruction }: UnfiledTask): string {
  const [line = ""] = instruction.trim().split(/[\r\n]/, 1);
  return /^(?:```|~~~)/.test(line) ? `Task ${taskId}` : line;
}

function oneLine(title: string): string {
  return cutText(title.replace(/\s+/gu, " "), LONGEST_TITLE);
}
