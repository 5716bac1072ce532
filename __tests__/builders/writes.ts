import type { RequestRecord } from "../../loopback/faults.ts";

/** Whether a request could change something at GitHub: neither a read, nor what GraphQL is asked, nor git's negotiation of what to fetch. */
export function isWrite({ kind, method, path, query }: RequestRecord): boolean {
  if (query.service === "git-receive-pack") return true;
  const isQuestion = kind === "git" ? path.endsWith("/git-upload-pack") : path === "/graphql";
  return method !== "GET" && !isQuestion;
}
