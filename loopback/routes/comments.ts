import { roleOf } from "../access.ts";
import { created, noContent, notFound, ok, Refusal } from "../answer.ts";
import { addComment, editComment } from "../issues.ts";
import type { Comment, Issue, Reaction } from "../model.ts";
import { renderComment, renderReaction } from "../render/issue.ts";
import { authorOf } from "../state.ts";
import { findIssue, ISSUE_READ, ISSUE_WRITE } from "./issues.ts";
import { paged, param, type RepositoryCall, type RepositoryRoutes } from "./route.ts";

function findComment(call: RepositoryCall): { issue: Issue; comment: Comment } {
  const id = Number(param(call, "comment_id"));
  for (const issue of call.repository.issues) {
    const comment = issue.comments.find((one) => one.id === id);
    if (comment !== undefined) return { issue, comment };
  }
  throw notFound();
}

/** Comments of others are for those who may write to the repository. */
function checkAuthor(call: RepositoryCall, comment: Comment): void {
  const { author } = authorOf(call.state, call.token);
  const role = roleOf(call.repository, author.login);
  const mayEditAll = author.type === "Bot" || ["write", "maintain", "admin"].includes(role);
  if (author !== comment.author && !mayEditAll)
    throw new Refusal(403, "Must have admin rights to Repository.");
}

function newestSince(call: RepositoryCall, comments: Comment[]): Comment[] {
  const since = call.query.get("since");
  return since === null ? comments : comments.filter((one) => Date.parse(one.updatedAt) >= Date.parse(since));
}

/** Adds a reaction once: the same one again is answered 200 with the first. */
function react(call: RepositoryCall, reactions: Reaction[]) {
  const { author } = authorOf(call.state, call.token);
  const known = reactions.find((one) => one.user === author && one.content === call.body.content);
  if (known !== undefined) return ok(renderReaction(call.state, known));
  const { state } = call;
  const reaction = { id: state.nextId(), user: author, content: call.body.content, createdAt: state.now() };
  reactions.push(reaction);
  return created(renderReaction(state, reaction));
}

export const commentRoutes: RepositoryRoutes = {
  "GET /repos/{owner}/{repo}/issues/{issue_number}/comments": {
    needs: ISSUE_READ,
    handle: (call) => {
      const issue = findIssue(call);
      const render = (comment: Comment) => renderComment(call.state, call.repository, issue, comment);
      return paged(call, `/issues/${issue.number}/comments`, newestSince(call, issue.comments), render);
    },
  },
  "POST /repos/{owner}/{repo}/issues/{issue_number}/comments": {
    needs: ISSUE_WRITE,
    role: "read",
    handle: (call) => {
      const issue = findIssue(call);
      const comment = addComment(call.state, issue, call.body.body, authorOf(call.state, call.token));
      const rendered = renderComment(call.state, call.repository, issue, comment);
      return created(rendered, { location: String(rendered.url) });
    },
  },
  "GET /repos/{owner}/{repo}/issues/comments": {
    needs: ISSUE_READ,
    handle: (call) => {
      const { state, repository } = call;
      const all = repository.issues.flatMap((issue) =>
        newestSince(call, issue.comments).map((comment) => ({ issue, comment })),
      );
      all.sort((a, b) => a.comment.id - b.comment.id);
      if (call.query.get("direction") === "desc") all.reverse();
      const render = ({ issue, comment }: (typeof all)[number]) =>
        renderComment(state, repository, issue, comment);
      return paged(call, "/issues/comments", all, render);
    },
  },
  "GET /repos/{owner}/{repo}/issues/comments/{comment_id}": {
    needs: ISSUE_READ,
    handle: (call) => {
      const { issue, comment } = findComment(call);
      return ok(renderComment(call.state, call.repository, issue, comment));
    },
  },
  "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}": {
    needs: ISSUE_WRITE,
    role: "read",
    handle: (call) => {
      const { issue, comment } = findComment(call);
      checkAuthor(call, comment);
      editComment(call.state, comment, call.body.body);
      return ok(renderComment(call.state, call.repository, issue, comment));
    },
  },
  "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}": {
    needs: ISSUE_WRITE,
    role: "read",
    handle: (call) => {
      const { issue, comment } = findComment(call);
      checkAuthor(call, comment);
      issue.comments = issue.comments.filter((one) => one !== comment);
      return noContent();
    },
  },
  "POST /repos/{owner}/{repo}/issues/{issue_number}/reactions": {
    needs: ISSUE_WRITE,
    role: "read",
    handle: (call) => react(call, findIssue(call).reactions),
  },
  "GET /repos/{owner}/{repo}/issues/{issue_number}/reactions": {
    needs: ISSUE_READ,
    handle: (call) => {
      const { reactions, number } = findIssue(call);
      return paged(call, `/issues/${number}/reactions`, reactions, (one) => renderReaction(call.state, one));
    },
  },
  "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions": {
    needs: ISSUE_WRITE,
    role: "read",
    handle: (call) => react(call, findComment(call).comment.reactions),
  },
  "GET /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions": {
    needs: ISSUE_READ,
    handle: (call) => {
      const { comment } = findComment(call);
      const end = `/issues/comments/${comment.id}/reactions`;
      return paged(call, end, comment.reactions, (one) => renderReaction(call.state, one));
    },
  },
};
