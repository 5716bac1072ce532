import { inlineCode } from "../harmless.ts";
import { blocks, noteList, section, table } from "../report/markdown.ts";
import type { Job } from "../service/queue/queue.ts";
import type { Listed } from "./list-tasks.ts";

/** What was listed, for people (Markdown). Titles are left out: they are anybody's. */
export function renderListed({ tasks, further, denied }: Listed): string {
  const rows = tasks.map(({ dispatch, priority, since }) => [
    nameOf({ dispatch }),
    priority,
    inlineCode(dispatch.sender.login),
    since,
  ]);
  return blocks(
    `## ${tasks.length} ${tasks.length === 1 ? "task" : "tasks"} to run`,
    rows.length > 0 ? table(["issue", "priority", "asked for by", "since"], rows) : null,
    further > 0 ? `Waiting for the next sweep: ${further} more.` : null,
    section("Left out", noteList(denied.map(({ job, reason }) => `${nameOf(job)}: ${reason}`))),
  );
}

function nameOf({ dispatch }: Pick<Job, "dispatch">): string {
  return `${dispatch.repository}#${dispatch.issueNumber}`;
}
