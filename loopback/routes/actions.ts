import { notFound, ok } from "../answer.ts";
import type { WorkflowRun } from "../model.ts";
import { renderJob, renderRun } from "../render/actions.ts";
import { apiUrl, pageUrl } from "../render/repository.ts";
import { type Json, nodeId, renderUser } from "../render/user.ts";
import { pageOf, param, type RepositoryCall, type RepositoryRoutes } from "./route.ts";

function findRun(call: RepositoryCall): WorkflowRun {
  const run = call.repository.runs.find(({ id }) => id === Number(param(call, "run_id")));
  if (run === undefined) throw notFound();
  return run;
}

function findEnvironment(call: RepositoryCall): Json {
  const wanted = param(call, "environment_name");
  const found = call.repository.environments.find(({ name }) => name === wanted);
  if (found === undefined) throw notFound();
  const id = Number(found.id);
  const path = `environments/${encodeURIComponent(wanted)}`;
  return {
    node_id: nodeId("Environment", id),
    url: `${apiUrl(call.state, call.repository)}/${path}`,
    html_url: `${pageUrl(call.state, call.repository)}/deployments/activity_log?environments_filter=${wanted}`,
    created_at: call.repository.createdAt,
    updated_at: call.repository.createdAt,
    deployment_branch_policy: null,
    protection_rules: [],
    ...found,
  };
}

function listApprovals(call: RepositoryCall) {
  return ok(
    findRun(call).approvals.map(({ state, user, comment, environment }) => ({
      state,
      comment,
      user: renderUser(call.state, user),
      environments: call.repository.environments.filter(({ name }) => name === environment),
    })),
  );
}

const READ = ["actions:read"] as const;
const SETTINGS = { needs: ["administration:read"], role: "admin" } as const;

export const actionsRoutes: RepositoryRoutes = {
  "GET /repos/{owner}/{repo}/actions/runs/{run_id}": {
    needs: READ,
    handle: (call) => ok(renderRun(call.state, call.repository, findRun(call))),
  },
  "GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}": {
    needs: READ,
    handle: (call) => {
      const run = findRun(call);
      const attempt = Number(param(call, "attempt_number"));
      if (attempt < 1 || attempt > run.attempt) throw notFound();
      const ended =
        attempt < run.attempt ? { status: "completed", conclusion: run.conclusion ?? "failure" } : {};
      return ok(renderRun(call.state, call.repository, { ...run, ...ended, attempt }));
    },
  },
  "GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals": { needs: READ, handle: listApprovals },
  "GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs": {
    needs: READ,
    handle: (call) => {
      const run = findRun(call);
      const { items } = pageOf(call, run.jobs);
      return ok({
        total_count: run.jobs.length,
        jobs: items.map((job) => renderJob(call.state, call.repository, run, job)),
      });
    },
  },
  "GET /repos/{owner}/{repo}/environments/{environment_name}": {
    needs: READ,
    handle: (call) => ok(findEnvironment(call)),
  },
  "GET /repos/{owner}/{repo}/actions/permissions": {
    ...SETTINGS,
    handle: ({ repository }) => ok({ enabled: repository.actionsEnabled, allowed_actions: "all" }),
  },
  "GET /repos/{owner}/{repo}/actions/permissions/workflow": {
    ...SETTINGS,
    handle: ({ repository }) =>
      ok({
        default_workflow_permissions: repository.defaultWorkflowPermissions,
        can_approve_pull_request_reviews: repository.actionsMayCreatePullRequests,
      }),
  },
};
