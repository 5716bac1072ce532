import type { Repository, WorkflowRun } from "../model.ts";
import type { State } from "../state.ts";
import { apiUrl, pageUrl, renderRepository } from "./repository.ts";
import { type Json, nodeId, renderUser } from "./user.ts";

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

/** GitHub's `workflow-run`. */
export function renderRun(state: State, repository: Repository, run: WorkflowRun): Json {
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

/** GitHub's `job`. */
export function renderJob(
  state: State,
  repository: Repository,
  run: WorkflowRun,
  job: WorkflowRun["jobs"][number],
): Json {
  const api = `${apiUrl(state, repository)}/actions`;
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
    html_url: `${pageUrl(state, repository)}/actions/runs/${run.id}/job/${job.id}`,
    status: job.status,
    conclusion: job.conclusion,
    created_at: run.createdAt,
    started_at: run.createdAt,
    completed_at: job.conclusion === null ? null : run.createdAt,
    name: job.name,
    steps: [],
    check_run_url: `${apiUrl(state, repository)}/check-runs/${job.id}`,
    labels: ["ubuntu-latest"],
    runner_id: 1,
    runner_name: "GitHub Actions 1",
    runner_group_id: 0,
    runner_group_name: "GitHub Actions",
  };
}
