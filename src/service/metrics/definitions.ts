import { Counter, Gauge, Histogram, type Registry } from "./registry.ts";

const DURATIONS = [1, 5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200];
const WAITS = [5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 21_600, 86_400];

/** Every metric of the service; `docs/operations.md` lists the same. No label takes a text from outside. */
export function defineMetrics(registry: Registry) {
  const define = definer(registry);
  return {
    ...defineTasks(define),
    ...defineQueue(define),
    ...definePolls(define),
    ...defineCalls(define),
    ...defineProcess(define),
  };
}

export type MetricTable = ReturnType<typeof defineMetrics>;

type Definer = ReturnType<typeof definer>;

function definer(registry: Registry) {
  const registers = [registry];
  return {
    counter: <Label extends string = never>(name: string, help: string, ...labelNames: Label[]) =>
      new Counter({ name, help, labelNames, registers }),
    gauge: <Label extends string = never>(name: string, help: string, ...labelNames: Label[]) =>
      new Gauge({ name, help, labelNames, registers }),
    histogram: <Label extends string = never>(
      name: string,
      help: string,
      buckets: number[],
      ...labelNames: Label[]
    ) => new Histogram({ name, help, buckets, labelNames, registers }),
  };
}

function defineTasks({ counter, gauge, histogram }: Definer) {
  return {
    processed: counter("agent_tasks_processed_total", "Tries of tasks that ended, by outcome.", "status"),
    failures: counter("agent_task_failures_total", "Tries that ended badly, by failure code.", "code"),
    givenUp: counter("agent_tasks_given_up_total", "Tasks whose last try failed, and that rest."),
    notBegun: counter("agent_tasks_not_begun_total", "Tries that could not begin on this machine."),
    duration: histogram(
      "agent_task_duration_seconds",
      "Time from the start of a try to its end.",
      DURATIONS,
      "status",
    ),
    toPullRequest: histogram(
      "agent_task_dispatch_to_pull_request_seconds",
      "Time from the wish for a task to its pull request being opened or updated.",
      WAITS,
    ),
    running: gauge("agent_tasks_running", "Tasks that run."),
    concurrency: gauge("agent_tasks_concurrency", "Most tasks that may run at once."),
    stuck: gauge("agent_tasks_stuck", "Tasks that have run for their time limit and ten minutes more."),
  };
}

function defineQueue({ counter, gauge }: Definer) {
  return {
    queueUp: gauge("agent_queue_up", "1 where the queue could be read for this answer, else 0."),
    queued: counter("agent_tasks_queued_total", "Tasks that were new to the queue."),
    waiting: gauge("agent_tasks_waiting", "Tasks that wait, by priority.", "priority"),
    oldestAge: gauge(
      "agent_tasks_oldest_pending_age_seconds",
      "Time since the wish for the oldest task that waits; 0 where none waits.",
    ),
  };
}

function definePolls({ counter, gauge }: Definer) {
  return {
    polls: counter("agent_polls_total", "Polls of all dispatch repositories."),
    pollFailures: counter("agent_poll_failures_total", "Polls that failed, by failure code.", "code"),
    lastPoll: gauge("agent_last_successful_poll_timestamp_seconds", "When a poll last succeeded."),
  };
}

function defineCalls({ counter, gauge }: Definer) {
  return {
    calls: counter("github_api_requests_total", "Calls of GitHub's API, by HTTP status.", "status"),
    callFailures: counter("github_api_request_failures_total", "Calls that were refused or lost.", "reason"),
    limitRemaining: gauge("github_api_rate_limit_remaining", "Calls left of the rate limit."),
    limit: gauge("github_api_rate_limit_limit", "Calls that the rate limit allows."),
    limitReset: gauge("github_api_rate_limit_reset_timestamp_seconds", "When the rate limit begins anew."),
  };
}

function defineProcess({ counter, gauge }: Definer) {
  return {
    info: gauge("agent_runner_info", "Always 1; its label is the service's name.", "name"),
    processStart: gauge("process_start_time_seconds", "When the process was started."),
    processMemory: gauge("process_resident_memory_bytes", "Memory of the process that is in RAM."),
    processCpu: counter("process_cpu_seconds_total", "Processor time that the process has used."),
  };
}
