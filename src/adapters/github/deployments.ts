import { z } from "zod";
import type { GitHub, Reviewers } from "../../ports.ts";
import type { Client } from "./client.ts";
import { ownerAndName } from "./repository-name.ts";
import { actorShape } from "./shapes.ts";

const READ = { needs: "actions: read", missing: "target-not-found" } as const;

const reviewerShape = z.union([
  z.object({ type: z.literal("User"), reviewer: z.object({ login: z.string() }) }),
  z.object({ type: z.literal("Team"), reviewer: z.object({ slug: z.string() }) }),
]);
type Reviewer = z.output<typeof reviewerShape>;

/** An environment has at most one rule of this type; any other rule asks no person. */
const ruleShape = z.union([
  z.object({ type: z.literal("required_reviewers"), reviewers: z.array(reviewerShape) }),
  z.object({ type: z.string().refine((type) => type !== "required_reviewers") }),
]);
const environmentShape = z
  .object({ protection_rules: z.array(ruleShape).default([]) })
  .transform(({ protection_rules: rules }) =>
    toReviewers(rules.flatMap((rule) => ("reviewers" in rule ? rule.reviewers : []))),
  );

const reviewShape = z
  .object({
    state: z.enum(["approved", "rejected", "pending"]),
    user: actorShape,
    comment: z.string().nullish(),
    environments: z.array(z.object({ name: z.string() })),
  })
  .transform(({ state, user, comment, environments }) => ({
    state,
    by: user.login,
    comment: comment ?? "",
    environments: environments.map(({ name }) => name),
  }));

/** Environments, and who let a run deploy to them. All of them are reads. */
export function createDeploymentReads(client: Client): Pick<GitHub, "environmentReviewers" | "runReviews"> {
  return {
    environmentReviewers: (repository, environment_name) =>
      client.call({
        ...READ,
        what: `read the environment ${environment_name} of ${repository}`,
        route: "GET /repos/{owner}/{repo}/environments/{environment_name}",
        parameters: { ...ownerAndName(repository), environment_name },
        shape: environmentShape,
        also: { 404: () => null },
      }),
    runReviews: (repository, run_id) =>
      client.call({
        ...READ,
        what: `read who approved the run ${run_id} of ${repository}`,
        route: "GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals",
        parameters: { ...ownerAndName(repository), run_id },
        shape: z.array(reviewShape),
      }),
  };
}

function toReviewers(reviewers: Reviewer[]): Reviewers {
  return {
    users: reviewers.flatMap((each) => (each.type === "User" ? [each.reviewer.login] : [])),
    teams: reviewers.flatMap((each) => (each.type === "Team" ? [each.reviewer.slug] : [])),
  };
}
