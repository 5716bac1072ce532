import { notFound, ok } from "../answer.ts";
import type { Environment, WorkflowRun } from "../model.ts";
import { renderJob, renderRun } from "../render/actions.ts";
import { renderApproval, renderEnvironment } from "../render/environment.ts";
import { pageOf, param, type RepositoryCall, type RepositoryRoutes } from "./route.ts";

function findRun(call: RepositoryCall): WorkflowRun {
  const run = call.repository.runs.find(({ id }) => id === Number(param(call, "run_id")));
  if (run === undefined) throw notFound();
  return run;
}

/** GitHub takes no account of the case of an environment's name. */
function findEnvironment(call: RepositoryCall): Environment {
  const wanted = param(call, "environment_name").toLowerCase();
  const found = call.repository.environments.find(({ name }) => name.toLowerCase() === wanted);
  if (found === undefined) throw notFound();
  return found;
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
  "GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals": {
    needs: READ,
    handle: (call) =>
      ok(findRun(call).approvals.map((approval) => renderApproval(call.state, call.repository, approval))),
  },
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
    handle: (call) => ok(renderEnvironment(call.state, call.repository, findEnvironment(call))),
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
