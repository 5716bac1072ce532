import { z } from "zod";
import type { GitHub, IssueLabelling } from "../../ports.ts";
import type { Client } from "./client.ts";
import { ownerAndName } from "./repository-name.ts";
import { actorShape, commentShape } from "./shapes.ts";

type PolicyReads = Pick<GitHub, "labelledBy" | "labellingsSince" | "commentsSince" | "textFile">;

const READ = { needs: "issues: read", missing: "issue-not-found" } as const;

const eventShape = z.object({
  event: z.string(),
  actor: actorShape,
  created_at: z.string(),
  label: z.object({ name: z.string() }).nullish(),
  issue: z.object({ number: z.number(), pull_request: z.object({}).nullish() }).nullish(),
});
type IssueEvent = z.output<typeof eventShape>;
/** An issue's history has rows of many kinds; those that are no such event say nothing here. */
const historyShape = z.array(eventShape.nullable().catch(null));

const issueCommentShape = z
  .intersection(commentShape, z.object({ issue_url: z.string() }))
  .transform(({ issue_url, ...comment }) => ({ ...comment, issueNumber: numberIn(issue_url) }));

/** A folder is answered with a list, a link or submodule with another type. */
const fileShape = z
  .object({ type: z.literal("file"), encoding: z.literal("base64"), content: z.string() })
  .transform(({ content }) => Buffer.from(content, "base64").toString("utf8"))
  .or(z.unknown().transform(() => null));

/** What a policy is decided by: its file, and who asked for tasks. All of it are reads. */
export function createPolicyReads(client: Client): PolicyReads {
  return {
    async labelledBy(repository, number, label) {
      const history = await client.list({
        ...READ,
        what: `read the history of ${repository}#${number}`,
        route: "GET /repos/{owner}/{repo}/issues/{number}/events",
        parameters: { ...ownerAndName(repository), number },
        shape: historyShape,
      });
      const last = history.findLast((event) => event !== null && sets(event, label));
      return last ? { actor: last.actor, at: last.created_at } : null;
    },
    async labellingsSince(repository, label, since) {
      const isOld = ({ created_at }: IssueEvent) => Date.parse(created_at) < Date.parse(since);
      // Newest first, so that the first old one ends it.
      const events = await client.list(
        {
          ...READ,
          what: `read the history of the issues of ${repository}`,
          route: "GET /repos/{owner}/{repo}/issues/events",
          parameters: ownerAndName(repository),
          shape: z.array(eventShape),
        },
        (page) => page.some(isOld),
      );
      return events.filter((event) => !isOld(event)).flatMap((event) => toLabelling(event, label));
    },
    async commentsSince(repository, since) {
      const comments = await client.list({
        ...READ,
        what: `read the latest comments of ${repository}`,
        route: "GET /repos/{owner}/{repo}/issues/comments",
        parameters: { ...ownerAndName(repository), since },
        shape: z.array(issueCommentShape),
      });
      return comments.filter(({ url }) => !new URL(url).pathname.includes("/pull/"));
    },
    textFile: (repository, path) =>
      client.call({
        what: `read the file ${path} of ${repository}`,
        needs: "contents: read",
        missing: "target-not-found",
        route: "GET /repos/{owner}/{repo}/contents/{path}",
        parameters: { ...ownerAndName(repository), path },
        shape: fileShape,
        also: { 404: () => null },
      }),
  };
}

function sets({ event, label }: IssueEvent, wanted: string): boolean {
  return event === "labeled" && label?.name.toLowerCase() === wanted.toLowerCase();
}

function toLabelling(event: IssueEvent, wanted: string): IssueLabelling[] {
  const { issue, actor, created_at } = event;
  if (!sets(event, wanted) || !issue || issue.pull_request) return [];
  return [{ issueNumber: issue.number, actor, at: created_at }];
}

/** `https://…/issues/7` → 7. */
function numberIn(url: string): number {
  return Number(url.split("/").at(-1));
}
