import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { type Exposition, readExposition } from "../builders/exposition.ts";
import { checkMetrics, testWithPromtool, WHY_NOT } from "../builders/promtool.ts";
import { DISPATCH, LABEL, OWNER, type ServiceScene, TOKEN, until, withService } from "../builders/service.ts";

// A whole service runs here, on machines that have other work too.
jest.setTimeout(200_000);

const STATUS_TOKEN = "correct-horse-battery";
const STRANGER = { login: "mallory", type: "User" } as const;

interface MetricsScene extends ServiceScene {
  url: string;
  /** Lets the task that runs go on. */
  release(): void;
}

/** Plays `act` with a service that has ended three tasks, well, badly and not at all, runs another, and lets a fifth one wait. */
async function withBusyService(act: (scene: MetricsScene) => Promise<void>): Promise<void> {
  await withService(async (scene) => {
    const { github, workspace, open, start } = scene;
    const authors = [OWNER, OWNER, STRANGER, OWNER];
    const [good = 0, bad = 0, denied = 0, running = 0] = authors.map((author) =>
      github.createIssue(DISPATCH, { title: "Task", body: "Do it.", author, labels: [LABEL] }),
    );
    open(1, ["priority:low"]);
    const gate = join(workspace, "gate");
    const service = start(["serve"], {
      AGENT_COMMAND: [
        `case "$AGENT_ISSUE_NUMBER" in`,
        `${bad}) exit 3;;`,
        `${running}) until [ -e ${gate} ]; do sleep 0.1; done;;`,
        `esac; date > "$AGENT_ISSUE_NUMBER.txt"`,
      ].join("\n"),
      ...{ AGENT_CONCURRENCY: "1", AGENT_MAX_ATTEMPTS: "1", POLL_INTERVAL_SECONDS: "0" },
    });
    const labels = (number: number) => github.issue(DISPATCH, number).labels;
    await until("the fourth task runs", () => labels(running).includes("agent-processing"));
    expect(labels(good)).toContain("agent-completed");
    expect(labels(bad)).toContain("agent-failed");
    expect(github.issue(DISPATCH, denied).comments).toHaveLength(1);
    await act({ ...scene, url: await service.url(), release: () => writeFileSync(gate, "") });
  });
}

async function scrape(url: string): Promise<Exposition> {
  return readExposition(await (await fetch(`${url}/metrics`)).text());
}

describe("the metrics of a service", () => {
  test("tell what became of its tasks, what runs, and what waits", async () => {
    await withBusyService(async ({ url, release }) => {
      const { value, counts } = await scrape(url);
      expect(counts("agent_tasks_processed_total")).toEqual({ opened: 1, failed: 1, denied: 1 });
      expect(counts("agent_task_failures_total")).toEqual({ "command-failed": 1, "not-permitted": 1 });
      expect(counts("agent_task_duration_seconds_count")).toEqual({ opened: 1, failed: 1, denied: 1 });
      expect(counts("agent_tasks_waiting")).toEqual({ low: 1 });
      const expected = {
        ...{ agent_tasks_queued_total: 5, agent_tasks_given_up_total: 1, agent_tasks_running: 1 },
        ...{ agent_tasks_concurrency: 1, agent_tasks_stuck: 0, agent_queue_up: 1, agent_polls_total: 1 },
        agent_task_dispatch_to_pull_request_seconds_count: 1,
      };
      const told = Object.keys(expected).map((name) => [name, value(name)]);
      expect(Object.fromEntries(told)).toEqual(expected);
      expect(value("agent_tasks_oldest_pending_age_seconds")).toBeGreaterThan(0);
      expect(value("agent_runner_info", { name: "agent-runner" })).toBe(1);
      release();
      await until("all have ended", async () => {
        const { value, counts } = await scrape(url);
        return counts("agent_tasks_processed_total").opened === 3 && value("agent_tasks_running") === 0;
      });
      expect((await scrape(url)).counts("agent_tasks_waiting")).toEqual({});
    });
  });

  test("count GitHub's API as GitHub does", async () => {
    await withBusyService(async ({ url, github }) => {
      const byStatus = () => {
        const counted: Record<string, number> = {};
        for (const { kind, status } of github.requests)
          if (kind === "api") counted[status] = (counted[status] ?? 0) + 1;
        return counted;
      };
      await until("the two agree", async () => {
        const { counts } = await scrape(url);
        return JSON.stringify(counts("github_api_requests_total")) === JSON.stringify(byStatus());
      });
      const { value } = await scrape(url);
      const { rate } = github.state.tokens.get(TOKEN) ?? {};
      expect(value("github_api_rate_limit_limit")).toBe(5000);
      expect(value("github_api_rate_limit_remaining")).toBe(5000 - (rate?.used ?? 0));
    });
  });

  test("tell of the process that serves them", async () => {
    await withService(async ({ start }) => {
      const before = Date.now() / 1000;
      const url = await start(["serve"]).url();
      const { value } = await scrape(url);
      const startedAt = value("process_start_time_seconds") ?? 0;
      expect(startedAt).toBeGreaterThan(before - 1);
      expect(startedAt).toBeLessThan(Date.now() / 1000 + 1);
      expect(value("process_resident_memory_bytes")).toBeGreaterThan(20_000_000);
      expect(value("process_cpu_seconds_total")).toBeGreaterThan(0.01);
    });
  });

  test("are for whoever has the token where the service can be reached from elsewhere", async () => {
    await withService(async ({ start }) => {
      const statusOf = async (variables: Record<string, string>, headers: Record<string, string> = {}) => {
        const url = await start(["serve"], { AGENT_HOST: "0.0.0.0", ...variables }).url();
        return (await fetch(`${url.replace("0.0.0.0", "127.0.0.1")}/metrics`, { headers })).status;
      };
      const token = { AGENT_STATUS_TOKEN: STATUS_TOKEN };
      expect(await statusOf({})).toBe(403);
      expect(await statusOf(token)).toBe(401);
      expect(await statusOf(token, { authorization: `Bearer ${STATUS_TOKEN}` })).toBe(200);
    });
  });

  testWithPromtool(`have nothing in them that promtool would not have${WHY_NOT}`, async () => {
    await withBusyService(async ({ url }) => {
      const text = await (await fetch(`${url}/metrics`)).text();
      expect(checkMetrics(text)).toEqual({ status: 0, complaints: "" });
      expect(checkMetrics(text.replaceAll(" counter\n", " gauge\n")).status).not.toBe(0);
    });
  });
});
