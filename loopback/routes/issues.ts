import { covers, grantFor } from "../access.ts";
import { created, notFound, ok, Refusal } from "../answer.ts";
import { assign, openIssue, setLabels, setState, setTitle } from "../issues.ts";
import type { Issue } from "../model.ts";
import { renderEvent, renderIssue, renderTimelineComment } from "../render/issue.ts";
import { authorOf } from "../state.ts";
import { checkText } from "../text-limits.ts";
import { paged, param, type RepositoryCall, type RepositoryRoutes } from "./route.ts";

/** What lets a token write to an issue or to a pull request's conversation. */
export const ISSUE_WRITE = ["issues:write", "pull_requests:write"] as const;
export const ISSUE_READ = ["issues:read", "pull_requests:read"] as const;

/** The issue or pull request that the path names. */
export function findIssue(call: RepositoryCall): Issue {
  const number = Number(param(call, "issue_number"));
  const issue = call.repository.issues.find((one) => one.number === number);
  if (issue === undefined) throw notFound();
  return issue;
}

/** Whether the token may do what takes more than taking part: label, assign, close what others opened. */
function mayTriage({ state, token, repository }: RepositoryCall): boolean {
  return ISSUE_WRITE.some((need) => covers(grantFor(state, token, repository), need, "triage"));
}

function labelNames(labels: unknown): string[] {
  return ((labels ?? []) as (string | { name: string })[]).map((one) =>
    typeof one === "string" ? one : one.name,
  );
}

function matches(call: RepositoryCall, issue: Issue): boolean {
  const { query } = call;
  const state = query.get("state") ?? "open";
  const since = query.get("since");
  const labels = (query.get("labels") ?? "").split(",").filter((name) => name !== "");
  const assignee = query.get("assignee");
  const creator = query.get("creator");
  const has = (name: string) => issue.labels.some((label) => label.name.toLowerCase() === name.toLowerCase());
  return (
    (state === "all" || issue.state === state) &&
    (since === null || Date.parse(issue.updatedAt) >= Date.parse(since)) &&
    labels.every(has) &&
    (assignee === null || issue.assignees.some(({ login }) => login === assignee)) &&
    (creator === null || issue.author.login === creator)
  );
}

function sorted(call: RepositoryCall, issues: Issue[]): Issue[] {
  const sort = call.query.get("sort") ?? "created";
  const sign = call.query.get("direction") === "asc" ? 1 : -1;
  const key = (issue: Issue): string | number =>
    sort === "comments" ? issue.comments.length : sort === "updated" ? issue.updatedAt : issue.createdAt;
  const order = (a: Issue, b: Issue) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.number - b.number);
  return issues.sort((a, b) => sign * order(a, b));
}

function createIssue(call: RepositoryCall) {
  const { state, repository, body } = call;
  checkText("Issue", body.title, body.body);
  // GitHub drops in silence what the author may not set.
  const extra = mayTriage(call) ? { labels: labelNames(body.labels), assignees: body.assignees ?? [] } : {};
  const wanted = { title: String(body.title), body: body.body ?? null, ...extra };
  const issue = openIssue(state, repository, wanted, authorOf(state, call.token));
  const rendered = renderIssue(state, repository, issue);
  return created(rendered, { location: String(rendered.url) });
}

function updateIssue(call: RepositoryCall) {
  const { state, repository, body } = call;
  const issue = findIssue(call);
  const by = authorOf(state, call.token);
  const triage = mayTriage(call);
  if (!triage && by.author !== issue.author) throw new Refusal(403, "Must have admin rights to Repository.");
  checkText("Issue", body.title ?? undefined, body.body);
  if (body.title !== undefined && body.title !== null) setTitle(state, issue, String(body.title), by);
  if (body.body !== undefined) {
    issue.body = body.body;
    issue.updatedAt = state.now();
  }
  if (triage && body.labels !== undefined) setLabels(state, repository, issue, labelNames(body.labels), by);
  if (triage && body.assignees !== undefined) {
    issue.assignees = issue.assignees.filter(({ login }) => body.assignees.includes(login));
    assign(state, repository, issue, body.assignees, by);
  }
  if (body.state !== undefined) setState(state, issue, body.state, by, body.state_reason ?? undefined);
  return ok(renderIssue(state, repository, issue));
}

export const issueRoutes: RepositoryRoutes = {
  "GET /repos/{owner}/{repo}/issues": {
    needs: ["issues:read"],
    handle: (call) => {
      const found = sorted(
        call,
        call.repository.issues.filter((issue) => matches(call, issue)),
      );
      return paged(call, "/issues", found, (issue) => renderIssue(call.state, call.repository, issue));
    },
  },
  "POST /repos/{owner}/{repo}/issues": { needs: ["issues:write"], role: "read", handle: createIssue },
  "GET /repos/{owner}/{repo}/issues/{issue_number}": {
    needs: ISSUE_READ,
    handle: (call) => ok(renderIssue(call.state, call.repository, findIssue(call))),
  },
  "PATCH /repos/{owner}/{repo}/issues/{issue_number}": {
    needs: ISSUE_WRITE,
    role: "read",
    handle: updateIssue,
  },
  "POST /repos/{owner}/{repo}/issues/{issue_number}/assignees": {
    needs: ISSUE_WRITE,
    handle: (call) => {
      const issue = findIssue(call);
      assign(call.state, call.repository, issue, call.body.assignees ?? [], authorOf(call.state, call.token));
      return created(renderIssue(call.state, call.repository, issue));
    },
  },
  "GET /repos/{owner}/{repo}/issues/{issue_number}/events": {
    needs: ISSUE_READ,
    handle: (call) => {
      const { events, number } = findIssue(call);
      return paged(call, `/issues/${number}/events`, events, (one) =>
        renderEvent(call.state, call.repository, one),
      );
    },
  },
  "GET /repos/{owner}/{repo}/issues/events": {
    needs: ISSUE_READ,
    handle: (call) => {
      const { state, repository } = call;
      const rows = repository.issues
        .flatMap((issue) => issue.events.map((event) => ({ issue, event })))
        .sort((one, other) => other.event.id - one.event.id);
      return paged(call, "/issues/events", rows, ({ issue, event }) => ({
        ...renderEvent(state, repository, event),
        issue: renderIssue(state, repository, issue),
      }));
    },
  },
  "GET /repos/{owner}/{repo}/issues/{issue_number}/timeline": {
    needs: ISSUE_READ,
    handle: (call) => {
      const { state, repository } = call;
      const issue = findIssue(call);
      const rows = [
        ...issue.events.map((event) => ({ id: event.id, row: renderEvent(state, repository, event) })),
        ...issue.comments.map((one) => ({
          id: one.id,
          row: renderTimelineComment(state, repository, issue, one),
        })),
      ].sort((a, b) => a.id - b.id);
      return paged(call, `/issues/${issue.number}/timeline`, rows, ({ row }) => row);
    },
  },
};
