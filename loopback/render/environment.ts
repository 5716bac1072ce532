import type { Environment, Repository, WorkflowRun } from "../model.ts";
import type { State } from "../state.ts";
import { renderTeam } from "./pull.ts";
import { apiUrl, pageUrl } from "./repository.ts";
import { type Json, nodeId, renderUser } from "./user.ts";

/** What GitHub tells of an environment wherever it names one. */
function renderName(state: State, repository: Repository, { id, name }: Environment): Json {
  const filter = `environments_filter=${encodeURIComponent(name)}`;
  return {
    id,
    node_id: nodeId("Environment", id),
    name,
    url: `${apiUrl(state, repository)}/environments/${encodeURIComponent(name)}`,
    html_url: `${pageUrl(state, repository)}/deployments/activity_log?${filter}`,
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
  };
}

function requiredReviewers(state: State, repository: Repository, environment: Environment): Json[] {
  const { id, users, teams, preventSelfReview } = environment;
  if (users.length + teams.length === 0) return [];
  const reviewers = [
    ...users.map((user) => ({ type: "User", reviewer: renderUser(state, user) })),
    ...teams.map((slug) => ({ type: "Team", reviewer: renderTeam(state, repository, slug) })),
  ];
  const rule = { id, node_id: nodeId("GateRule", id), type: "required_reviewers" };
  return [{ ...rule, prevent_self_review: preventSelfReview, reviewers }];
}

/** GitHub's `environment`. */
export function renderEnvironment(state: State, repository: Repository, environment: Environment): Json {
  return {
    ...renderName(state, repository, environment),
    protection_rules: requiredReviewers(state, repository, environment),
    deployment_branch_policy: null,
  };
}

/** GitHub's `environment-approvals`: one review of a run. */
export function renderApproval(
  state: State,
  repository: Repository,
  { state: verdict, user, comment, environment }: WorkflowRun["approvals"][number],
): Json {
  const named = repository.environments.filter(({ name }) => name === environment);
  return {
    state: verdict,
    comment,
    user: renderUser(state, user),
    environments: named.map((each) => renderName(state, repository, each)),
  };
}
