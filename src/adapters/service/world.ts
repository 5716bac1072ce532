import { join } from "node:path";
import type { Logger } from "pino";
import { describeTrail } from "../../audit/end.ts";
import type { Log, Ports } from "../../ports.ts";
import type { Redactor } from "../../redact.ts";
import { type Configuration, namingVariables } from "../../service/configuration.ts";
import type { Inspector, TokenKind } from "../../service/doctor/facts.ts";
import type { Observe } from "../../service/observer.ts";
import { createPace, pacing } from "../../service/pace.ts";
import type { IssueFeed, Machine, RateLimit } from "../../service/ports.ts";
import type { Job } from "../../service/queue/queue.ts";
import type { TaskPorts } from "../../service/work.ts";
import type { Run } from "../../task.ts";
import { openAudit } from "../audit/open-audit.ts";
import { systemClock } from "../clock.ts";
import { createMirrors } from "../git/mirrors.ts";
import { type ClientOptions, createClient } from "../github/client.ts";
import type { Answer } from "../github/exchange.ts";
import { createGitHub } from "../github/github.ts";
import { rateLimitWait } from "../github/rate-limit.ts";
import { inheritedEnvironment } from "../steps/environment.ts";
import { openPortsWith } from "../world.ts";
import { openServiceAccess } from "./access.ts";
import { createInspector, tokenKind } from "./inspector.ts";
import { createIssueFeed } from "./issue-feed.ts";
import { asLog } from "./logger.ts";
import { availableMemory } from "./machine.ts";
import type { Workspace } from "./workspace.ts";

/** What the service has on this machine: its credentials, limits and folders are shared by all of its tasks. */
export interface World {
  log: Log;
  /** For the service itself; it does not wait for rate limits, but says so. */
  dispatch: Ports["dispatch"];
  feed: IssueFeed;
  machine: Machine;
  rateLimit(): RateLimit | null;
  openPorts(job: Pick<Job, "id">, run: Run, stop: AbortSignal): Promise<TaskPorts>;
  /** The same two tokens for `doctor`; one inspector where they are one. */
  inspectors(): { dispatch: Inspector; target: Inspector };
  /** Ends tokens that were made. */
  close(): Promise<void>;
}

export interface WorldOptions {
  configuration: Configuration;
  logger: Logger;
  redactor: Redactor;
  workspace: Pick<Workspace, "folder" | "kept" | "ensure">;
  /** Told of every call of GitHub's API. */
  observe: Observe;
}

/**
 * Opens the world for a service that is configured so. Throws `invalid-input` for an App's key that cannot be read, and for a
 * variable in `AGENT_PASS_ENV` that no step may have.
 */
export function openWorld(options: WorldOptions): World {
  const { configuration, logger, redactor } = options;
  const { redact } = redactor;
  const log = asLog(logger, redact);
  for (const secret of configuration.secrets) redactor.add(secret);
  let limit: RateLimit | null = null;
  const onAnswer = (answer: Answer | null) => {
    const told = answer && readRateLimit(answer);
    limit = told ?? limit;
    const isLimited = answer !== null && rateLimitWait(answer, systemClock.now()) !== null;
    options.observe({ kind: "called", status: answer?.status ?? null, limit: told, isLimited });
  };
  const api = { baseUrl: configuration.apiUrl, clock: systemClock, log, redact, onAnswer };
  const access = openServiceAccess(configuration, { ...api, conceal: redactor.add });
  // Each task would else find it out, and fail.
  namingVariables(() => inheritedEnvironment(process.env, configuration.settings.passEnv, access.secrets));
  // Without isolation a step could find the mirrors, and change what later tasks see.
  const mirrors =
    configuration.settings.isolation === "none"
      ? undefined
      : createMirrors(join(options.workspace.folder, "mirrors"));
  const pace = createPace(systemClock, configuration.pace);
  const own: ClientOptions = { ...api, token: access.dispatch, budgetMs: 0 };
  const dispatch = createGitHub(own);
  return {
    log,
    dispatch,
    feed: createIssueFeed(createClient(own)),
    machine: { availableMemory },
    rateLimit: () => limit,
    close: access.close,
    inspectors() {
      const { credentials, settings } = configuration;
      const kind = credentials.kind === "app" ? "app" : tokenKind(credentials.token);
      const inspect = (token: ClientOptions["token"], of: TokenKind) =>
        createInspector(createClient({ ...own, token }), of);
      const forDispatch = inspect(access.dispatch, kind);
      if (access.isOne) return { dispatch: forDispatch, target: forDispatch };
      const targetKind = settings.targetToken ? tokenKind(settings.targetToken) : kind;
      return { dispatch: forDispatch, target: inspect(access.target, targetKind) };
    },
    async openPorts({ id }, run, stop) {
      await options.workspace.ensure();
      const taskLog = asLog(logger, redact, { task: id, run: run.id });
      const audit = openAudit(
        configuration.settings,
        { run, temporaryFolder: options.workspace.kept, gha: null },
        { log: taskLog, redact, cancellation: stop },
      );
      const ports = openPortsWith(access, configuration.settings, {
        ...{
          apiUrl: configuration.apiUrl,
          temporaryFolder: options.workspace.folder,
          redactor,
          onAnswer,
          mirrors,
        },
        ...{ log: taskLog, cancellation: stop, audit, keptFolder: options.workspace.kept },
      });
      return {
        ...ports,
        dispatch: { ...pacing(ports.dispatch, pace, stop), viewer: dispatch.viewer },
        target: pacing(ports.target, pace, stop),
        async close() {
          const end = await audit.close();
          taskLog.info(describeTrail(end));
          if (end.problem) taskLog.warning(end.problem);
        },
      };
    },
  };
}

function readRateLimit({ headers }: Answer): RateLimit | null {
  // GraphQL has a limit of its own.
  if (headers["x-ratelimit-resource"] === "graphql") return null;
  const [limit, remaining, reset] = ["limit", "remaining", "reset"].map((name) =>
    Number(headers[`x-ratelimit-${name}`]),
  );
  if (!limit || remaining === undefined || Number.isNaN(remaining) || !reset) return null;
  return { limit, remaining, resetAt: reset * 1000 };
}
