import { created, notFound, ok, Refusal } from "../answer.ts";
import { branchOid, mergeBase } from "../git.ts";
import { setState, setTitle } from "../issues.ts";
import { fullName } from "../model.ts";
import { checkActionsMayOpen, countPull, type NewPull, openPull, pullsOf } from "../pulls.ts";
import { readCommits, readDiff, renderCommit } from "../render/git.ts";
import { type PullIssue, renderFullPull, renderPull } from "../render/pull.ts";
import { authorOf } from "../state.ts";
import { checkText } from "../text-limits.ts";
import { paged, param, type RepositoryCall, type RepositoryRoutes } from "./route.ts";

function findPull(call: RepositoryCall): PullIssue {
  const number = Number(param(call, "pull_number"));
  const issue = pullsOf(call.repository).find((one) => one.number === number);
  if (issue === undefined) throw notFound();
  return issue;
}

async function renderFull(call: RepositoryCall, issue: PullIssue) {
  const statistics = await countPull(call.repository, issue);
  return renderFullPull(call.state, call.repository, issue, statistics);
}

function matches(call: RepositoryCall, issue: PullIssue): boolean {
  const { pull } = issue;
  const state = call.query.get("state") ?? "open";
  const head = call.query.get("head");
  const base = call.query.get("base");
  const label = `${pull.head.repository.owner.login}:${pull.head.ref}`;
  return (
    (state === "all" || issue.state === state) &&
    // GitHub ignores a head without its owner, and lists every pull request.
    (head === null || !head.includes(":") || head.toLowerCase() === label.toLowerCase()) &&
    (base === null || base === pull.base.ref)
  );
}

function listPulls(call: RepositoryCall) {
  const found = pullsOf(call.repository).filter((issue) => matches(call, issue));
  const updated = call.query.get("sort") === "updated";
  if (updated) found.sort((a, b) => Date.parse(a.updatedAt) - Date.parse(b.updatedAt) || a.number - b.number);
  const ascending = (call.query.get("direction") ?? (updated ? "asc" : "desc")) === "asc";
  if (!ascending) found.reverse();
  return paged(call, "/pulls", found, (issue) => renderPull(call.state, call.repository, issue));
}

async function createPull(call: RepositoryCall) {
  // GitHub does not document what it answers where the feature is off; it is certain that nothing is made.
  if (!call.repository.hasPullRequests) throw notFound();
  checkActionsMayOpen(call.repository, call.token);
  const by = authorOf(call.state, call.token);
  const issue = await openPull(call.state, call.repository, call.body as NewPull, by);
  const rendered = await renderFull(call, issue);
  return created(
    { ...rendered, mergeable: null, mergeable_state: "unknown" },
    { location: String(rendered.url) },
  );
}

async function updatePull(call: RepositoryCall) {
  const { state, body, repository } = call;
  const issue = findPull(call);
  const by = authorOf(state, call.token);
  checkText("PullRequest", body.title ?? undefined, body.body);
  if (body.base !== undefined && (await branchOid(repository.directory, body.base)) === null) {
    const message = `Proposed base branch '${body.base}' was not found`;
    const error = { resource: "PullRequest", code: "invalid", field: "base", message };
    throw new Refusal(422, "Validation Failed", { errors: [error] });
  }
  if (body.title !== undefined) setTitle(state, issue, body.title, by);
  if (body.body !== undefined) issue.body = body.body;
  if (body.base !== undefined) issue.pull.base.ref = body.base;
  issue.updatedAt = state.now();
  if (body.state !== undefined) {
    const gone = (await branchOid(issue.pull.head.repository.directory, issue.pull.head.ref)) === null;
    if (body.state === "open" && (issue.pull.mergedAt !== null || gone)) {
      const message = "state cannot be changed. The pull request cannot be reopened.";
      throw new Refusal(422, "Validation Failed", {
        errors: [{ resource: "PullRequest", code: "custom", field: "state", message }],
      });
    }
    setState(state, issue, body.state, by);
  }
  return ok(await renderFull(call, issue));
}

function requestReviewers(call: RepositoryCall) {
  const { state, repository, body } = call;
  const issue = findPull(call);
  const logins = (body.reviewers ?? []) as string[];
  for (const login of logins) {
    if (login.toLowerCase() === issue.author.login.toLowerCase()) {
      throw new Refusal(422, "Review cannot be requested from pull request author.");
    }
    if (!repository.collaborators.has(login.toLowerCase())) {
      throw new Refusal(
        422,
        "Reviews may only be requested from collaborators. One or more of the users or teams you specified is " +
          `not a collaborator of the ${fullName(repository)} repository.`,
      );
    }
  }
  for (const login of logins) {
    const user = state.findUser(login);
    if (user !== undefined && !issue.pull.reviewers.includes(user)) issue.pull.reviewers.push(user);
  }
  for (const team of (body.team_reviewers ?? []) as string[]) {
    if (!issue.pull.teams.includes(team)) issue.pull.teams.push(team);
  }
  issue.updatedAt = state.now();
  return created(renderPull(state, repository, issue));
}

export const pullRoutes: RepositoryRoutes = {
  "GET /repos/{owner}/{repo}/pulls": { needs: ["pull_requests:read"], handle: listPulls },
  // Anybody who can read may propose what is on a branch of theirs; a branch of this repository takes a push first.
  "POST /repos/{owner}/{repo}/pulls": { needs: ["pull_requests:write"], role: "read", handle: createPull },
  "GET /repos/{owner}/{repo}/pulls/{pull_number}": {
    needs: ["pull_requests:read"],
    handle: async (call) => ok(await renderFull(call, findPull(call))),
  },
  "PATCH /repos/{owner}/{repo}/pulls/{pull_number}": { needs: ["pull_requests:write"], handle: updatePull },
  "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers": {
    needs: ["pull_requests:write"],
    handle: requestReviewers,
  },
  "GET /repos/{owner}/{repo}/pulls/{pull_number}/files": {
    needs: ["pull_requests:read"],
    handle: async (call) => {
      const { pull, number } = findPull(call);
      const { state, repository } = call;
      const base = await mergeBase(repository.directory, pull.base.oid, pull.head.oid);
      const files = await readDiff(state, repository, base, pull.head.oid);
      return paged(call, `/pulls/${number}/files`, files, (file) => file);
    },
  },
  "GET /repos/{owner}/{repo}/pulls/{pull_number}/commits": {
    needs: ["pull_requests:read"],
    handle: async (call) => {
      const { pull, number } = findPull(call);
      const commits = await readCommits(call.repository, ["--reverse", `${pull.base.oid}..${pull.head.oid}`]);
      const render = (commit: (typeof commits)[number]) => renderCommit(call.state, call.repository, commit);
      return paged(call, `/pulls/${number}/commits`, commits, render);
    },
  },
};
