import { TaskFailure } from "../../../failure.ts";

/** The failure for a level that the machine cannot give: what is missing, and the commands that help. */
export function refusal(why: string, remedy: string, quote?: string): TaskFailure {
  return new TaskFailure("isolation-unavailable", `${why} ${remedy}`, quote ? { quote } : {});
}
