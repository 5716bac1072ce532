import type { Job } from "../../src/service/queue/queue.ts";
import { aDispatch } from "./dispatch.ts";
import { anIssue } from "./issue.ts";

/** The first try of an ordinary issue's task; the number also tells its age. */
export function aJob(number: number, change: Partial<Job> = {}): Job {
  return {
    id: `your-org/dispatch#${number}`,
    priority: "normal",
    since: new Date(Date.parse("2026-01-02T03:00:00Z") + number * 1000).toISOString(),
    dispatch: aDispatch(anIssue({ number })),
    title: `Task ${number}`,
    attempt: 1,
    stopped: 0,
    ...change,
  };
}
