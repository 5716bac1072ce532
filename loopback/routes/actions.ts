import { notFound, ok } from "../answer.ts";
import type { WorkflowRun } from "../model.ts";
import { apiUrl, pageUrl, renderRepository } from "../render/repository.ts";
import { type Json, nodeId, renderUser } from "../render/user.ts";
import { pageOf, param, type RepositoryCall, type RepositoryRoutes } from "./route.ts";

function findRun(call: RepositoryCall): WorkflowRun {
  const run = call.repository.runs.find(({ id }) => id === Number(param(call, "run_id")));
  if (run === undefined) throw notFound();
  return run;
}

function runAddresses(url: string, page: string): Json {
  return {
    url,
    html_url: page,
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${url}/check-suite`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: null,
    workflow_url: `${url}/workflow`,
  };
}

function renderRun(call: RepositoryCall, run: WorkflowRun): Json {
  const { state, repository } = call;
  const url = `${apiUrl(state, repository)}/actions/runs/${run.id}`;
  const shown = renderRepository(state, repository);
  const person = { name: run.actor.login, email: `${run.actor.login}@users.noreply.github.com` };
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId("WorkflowRun", run.id),
    head_branch: run.headBranch,
    head_sha: run.headOid,
    path: ".github/workflows/agent-runner.yml",
    display_title: run.name,
    run_number: 1,
    run_attempt: run.attempt,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: run.id,
    check_suite_id: run.id,
    pull_requests: [],
    created_at: run.createdAt,
    updated_at: run.createdAt,
    run_started_at: run.createdAt,
    actor: renderUser(state, run.actor),
    triggering_actor: renderUser(state, run.actor),
    ...runAddresses(url, `${pageUrl(state, repository)}/actions/runs/${run.id}`),
    head_commit: {
      id: run.headOid,
      tree_id: run.headOid,
      message: run.name,
      timestamp: run.createdAt,
      author: person,
      committer: person,
    },
    repository: shown,
    head_repository: shown,
  };
}

function renderJob(call: RepositoryCall, run: WorkflowRun, job: WorkflowRun["jobs"][number]): Json {
  const api = `${apiUrl(call.state, call.repository)}/actions`;
  return {
    id: job.id,
    run_id: run.id,
    run_url: `${api}/runs/${run.id}`,
    run_attempt: run.attempt,
    node_id: nodeId("CheckRun", job.id),
    head_sha: run.headOid,
    head_branch: run.headBranch,
    workflow_name: run.name,
    url: `${api}/jobs/${job.id}`,
    html_url: `${pageUrl(call.state, call.repository)}/actions/runs/${run.id}/job/${job.id}`,
    status: job.status,
    conclusion: job.conclusion,
    created_at: run.createdAt,
    started_at: run.createdAt,
    completed_at: job.conclusion === null ? null : run.createdAt,
    name: job.name,
    steps: [],
    check_run_url: `${apiUrl(call.state, call.repository)}/check-runs/${job.id}`,
    labels: ["ubuntu-latest"],
    runner_id: 1,
    runner_name: "GitHub Actions 1",
    runner_group_id: 0,
    runner_group_name: "GitHub Actions",
  };
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
    handle: (call) => ok(renderRun(call, findRun(call))),
  },
  "GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}": {
    needs: READ,
    handle: (call) => {
      const run = findRun(call);
      const attempt = Number(param(call, "attempt_number"));
      if (attempt < 1 || attempt > run.attempt) throw notFound();
      const ended =
        attempt < run.attempt ? { status: "completed", conclusion: run.conclusion ?? "failure" } : {};
      return ok(renderRun(call, { ...run, ...ended, attempt }));
    },
  },
  "GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals": { needs: READ, handle: listApprovals },
  "GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs": {
    needs: READ,
    handle: (call) => {
      const run = findRun(call);
      const { items } = pageOf(call, run.jobs);
      return ok({ total_count: run.jobs.length, jobs: items.map((job) => renderJob(call, run, job)) });
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
