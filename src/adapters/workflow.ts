import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { z } from "zod";
import type { WorkflowContext } from "../audit/event.ts";
import { TaskFailure } from "../failure.ts";
import type { Actor, Run } from "../task.ts";
import { eventPath } from "./event-file.ts";

type Environment = Record<string, string | undefined>;

const told = z.string().nullable().default(null);

/** What GitHub Actions tells an action about its run, by the default environment variables. */
const variables = z.object({
  GITHUB_REPOSITORY: z.string().regex(/^[^/\s]+\/[^/\s]+$/),
  GITHUB_EVENT_NAME: z.string().min(1),
  GITHUB_RUN_ID: z.string().min(1),
  GITHUB_RUN_ATTEMPT: z.coerce.number().int().positive().default(1),
  GITHUB_SERVER_URL: z.url().default("https://github.com"),
  GITHUB_API_URL: z.url().default("https://api.github.com"),
  GITHUB_ACTOR: z.string().default("ghost"),
  ...{ GITHUB_WORKFLOW: told, GITHUB_JOB: told, GITHUB_SHA: told, GITHUB_REF: told },
  RUNNER_TEMP: z.string().min(1).default(tmpdir()),
});

export interface Workflow {
  run: Run;
  apiUrl: string;
  actor: Actor;
  eventName: string;
  repository: string;
  /** Emptied by the runner before and after each job. */
  temporaryFolder: string;
  /** For the audit trail. */
  gha: WorkflowContext;
}

/** Throws `invalid-event` naming the variable: then this is no run of GitHub Actions. */
export function readWorkflow(environment: Environment): Workflow {
  // A workflow can only set a variable to nothing, never take it away.
  const given = Object.entries(environment).filter(([, value]) => value !== "");
  const parsed = variables.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const name = String(parsed.error.issues[0]?.path[0]);
    throw new TaskFailure(
      "invalid-event",
      `The environment variable \`${name}\`, which GitHub Actions sets, is missing or not valid.`,
    );
  }
  const found = parsed.data;
  const serverUrl = found.GITHUB_SERVER_URL.replace(/\/+$/, "");
  const url = `${serverUrl}/${found.GITHUB_REPOSITORY}/actions/runs/${found.GITHUB_RUN_ID}`;
  return {
    run: {
      id: found.GITHUB_RUN_ID,
      attempt: found.GITHUB_RUN_ATTEMPT,
      url: found.GITHUB_RUN_ATTEMPT > 1 ? `${url}/attempts/${found.GITHUB_RUN_ATTEMPT}` : url,
      repository: found.GITHUB_REPOSITORY,
      serverUrl,
    },
    apiUrl: found.GITHUB_API_URL.replace(/\/+$/, ""),
    actor: { login: found.GITHUB_ACTOR, type: found.GITHUB_ACTOR.endsWith("[bot]") ? "Bot" : "User" },
    eventName: found.GITHUB_EVENT_NAME,
    repository: found.GITHUB_REPOSITORY,
    temporaryFolder: found.RUNNER_TEMP,
    gha: {
      run_id: found.GITHUB_RUN_ID,
      run_attempt: found.GITHUB_RUN_ATTEMPT,
      workflow: found.GITHUB_WORKFLOW,
      job: found.GITHUB_JOB,
      repository: found.GITHUB_REPOSITORY,
      sha: found.GITHUB_SHA,
      ref: found.GITHUB_REF,
    },
  };
}

/** The webhook's payload. Throws `invalid-event` where the file cannot be read as JSON. */
export function readEventPayload(): unknown {
  if (!eventPath) {
    throw new TaskFailure(
      "invalid-event",
      "`GITHUB_EVENT_PATH` is not set: this is no run of GitHub Actions.",
    );
  }
  try {
    return JSON.parse(readFileSync(eventPath, "utf8").replace(/^\uFEFF/, ""));
  } catch (cause) {
    const detail = "The file that `GITHUB_EVENT_PATH` names does not hold JSON.";
    throw new TaskFailure("invalid-event", detail, { cause });
  }
}
