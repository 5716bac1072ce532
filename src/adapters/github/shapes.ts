import { z } from "zod";
import type { Comment, ComparedCommit, Permission, Repository } from "../../ports.ts";
import type { PullRequest } from "../../task.ts";
import {
  GHOST,
  issueShape as issueOfEvent,
  labelShape,
  actorShape as nobodyDeleted,
  toIssue,
} from "../../triggers/payload.ts";

// The few fields that are used, of GitHub's answers, turned into our nouns; unknown fields are ignored.

/** An account; `null` stands for one that was deleted. */
export const actorShape = nobodyDeleted.nullable().transform((actor) => actor ?? GHOST);

/** The names of an issue's labels. */
export const labelsShape = z.array(labelShape).transform((labels) => labels.map(({ name }) => name));

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");
const oid = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);

/** An answer leaves nothing out: where it does, it is broken. */
export const issueShape = issueOfEvent
  .extend({
    repository_url: z.string(),
    labels: z.array(labelShape),
    state: z.enum(["open", "closed"]),
    comments: z.number(),
  })
  .transform((issue) => toIssue(repositoryIn(issue.repository_url), issue));

export const commentShape = z
  .object({
    id: z.number(),
    html_url: z.string(),
    body: text,
    user: actorShape,
    performed_via_github_app: z.object({}).nullish(),
    created_at: z.string(),
  })
  .transform(
    (comment): Comment => ({
      id: comment.id,
      url: comment.html_url,
      body: comment.body,
      author: comment.user,
      viaApp: comment.performed_via_github_app != null,
      createdAt: comment.created_at,
    }),
  );

export const repositoryShape = z
  .object({
    full_name: z.string(),
    default_branch: z.string(),
    archived: z.boolean(),
    // Older servers know no repository without.
    has_pull_requests: z.boolean().default(true),
  })
  .transform(
    (repository): Repository => ({
      name: repository.full_name,
      defaultBranch: repository.default_branch,
      archived: repository.archived,
      hasPullRequests: repository.has_pull_requests,
    }),
  );

const ROLES = ["admin", "maintain", "write", "triage", "read", "none"] as const;

/** A role of the organisation's own has a name of its own; `permission` then says which of the basic ones it builds on. */
export const permissionShape = z
  .object({ permission: z.enum(ROLES), role_name: z.enum(ROLES).nullish().catch(null) })
  .transform(({ permission, role_name }): Permission => role_name ?? permission);

const repositoryIdShape = z.object({ id: z.number(), full_name: z.string() });
const pullShape = z.object({
  number: z.number(),
  html_url: z.string(),
  state: z.enum(["open", "closed"]),
  // Lists leave `merged` out.
  merged_at: z.string().nullish(),
  draft: z.boolean().default(false),
  title: z.string(),
  body: text,
  // `null` once the fork was deleted.
  head: z.object({ ref: z.string(), sha: oid, repo: repositoryIdShape.nullable() }),
  base: z.object({ ref: z.string(), repo: repositoryIdShape }),
});

export const pullRequestShape = pullShape.transform(toPullRequest);

/** A list of pull requests without those from forks: one owner may have a fork beside the repository itself. */
export const ownPullRequestsShape = z
  .array(pullShape)
  .transform((pulls) => pulls.filter(({ head, base }) => head.repo?.id === base.repo.id).map(toPullRequest));

function toPullRequest(pull: z.output<typeof pullShape>): PullRequest {
  return {
    number: pull.number,
    url: pull.html_url,
    state: pull.state,
    merged: pull.merged_at != null,
    draft: pull.draft,
    title: pull.title,
    body: pull.body,
    head: { repository: pull.head.repo?.full_name ?? null, ref: pull.head.ref, oid: pull.head.sha },
    base: { ref: pull.base.ref },
  };
}

const identityShape = z
  .object({ name: text, email: text })
  .nullish()
  .transform((identity) => identity ?? { name: "", email: "" });

/** A commit in an answer to `GET /compare`. */
export const comparedCommitShape = z
  .object({
    commit: z.object({
      message: z.string(),
      author: identityShape,
      committer: identityShape,
      verification: z.object({ verified: z.boolean() }).nullish(),
    }),
  })
  .transform(({ commit: { message, author, committer, verification } }): ComparedCommit => {
    // Nobody else has a key for this address, which is `noreply@HOST` on an enterprise server.
    const byGitHub = verification?.verified === true && committer.email.startsWith("noreply@");
    return { message, committer, signedFor: byGitHub ? author : null };
  });

/** `https://…/repos/owner/name` → `owner/name`. */
function repositoryIn(url: string): string {
  return url.split("/").slice(-2).join("/");
}
