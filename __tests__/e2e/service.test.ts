import { existsSync, readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { issueCommentEvent, issuesEvent } from "../../loopback/events.ts";
import { verifyTrail } from "../../src/audit/verify.ts";
import {
  countEnds,
  DISPATCH,
  LABEL,
  OWNER,
  resultsOf,
  SECRET,
  type ServiceScene,
  TARGET,
  TOKEN,
  until,
  withService,
} from "../builders/service.ts";
import { soak } from "../builders/soak.ts";

// Whole services run here, up to fifty tasks long, on machines that have other work too.
jest.setTimeout(200_000);

const WEBHOOK = { AGENT_WEBHOOK_SECRET: SECRET };

/** Waits until every issue has its result and nothing runs. */
async function finished({ github }: ServiceScene, numbers: number[]): Promise<void> {
  await until("every task has its result", () =>
    numbers.every((number) => github.issue(DISPATCH, number).labels.includes("agent-completed")),
  );
}

describe("run", () => {
  test("runs one issue's task and prints its result", async () => {
    await withService(async ({ github, open, start }) => {
      const [number = 0] = open(1);
      const service = start(["run", "--issue", `${DISPATCH}#${number}`, "--json"]);
      expect(await service.ended()).toBe(0);
      expect(JSON.parse(service.output().stdout)).toMatchObject({ outcome: "opened", attempt: 1 });
      expect(countEnds(github, [number])).toEqual({ results: [1], pulls: [1] });
      expect(github.violations).toEqual([]);
    });
  });

  test("leaves the run's audit trail in the workspace, whole", async () => {
    await withService(async ({ open, start, workspace }) => {
      const [number = 0] = open(1);
      await start(["run", "--issue", `${DISPATCH}#${number}`]).ended();
      const kept = join(workspace, "kept");
      const [name = ""] = readdirSync(kept).filter((file) => file.startsWith("agent-audit-"));
      const lines = readFileSync(join(kept, name), "utf8").trimEnd().split("\n");
      expect(verifyTrail(lines)).toMatchObject({ ok: true });
      const [first, last] = [lines.at(0), lines.at(-1)].map((line) => JSON.parse(line ?? ""));
      expect(first).toMatchObject({ actor: "human", resource: `${DISPATCH}#${number}` });
      expect(first.agent_instance_id).toMatch(/^agent-runner-[0-9a-f-]{36}$/);
      expect(last.metadata.step).toBe("delete-ref");
    });
  });

  test("ends with status 1 where the task fails", async () => {
    await withService(async ({ open, start }) => {
      const [number = 0] = open(1);
      const service = start(["run", "--issue", `${DISPATCH}#${number}`], { AGENT_COMMAND: "exit 3" });
      expect(await service.ended()).toBe(1);
      expect(service.output().stdout).toContain("failed");
    });
  });

  test("ends with status 2 and names the variable where the configuration does not fit", async () => {
    await withService(async ({ start }) => {
      const service = start(["run", "--issue", `${DISPATCH}#1`], { AGENT_TIMEOUT: "30" });
      expect(await service.ended()).toBe(2);
      expect(service.output().stderr).toContain("AGENT_TIMEOUT is no variable of agent-runner");
    });
  });
});

describe("list", () => {
  test("shows what is pending by priority and age, and changes nothing", async () => {
    await withService(async ({ github, open, start }) => {
      const [low = 0] = open(1, ["priority:low"]);
      const [first = 0, second = 0] = open(2);
      const [high = 0] = open(1, ["priority:high"]);
      const service = start(["list", "--json"]);
      expect(await service.ended()).toBe(0);
      const listed = JSON.parse(service.output().stdout) as { issue_number: number; asked_by: string }[];
      expect(listed.map(({ issue_number }) => issue_number)).toEqual([high, first, second, low]);
      expect(listed.map(({ asked_by }) => asked_by)).toEqual(Array(4).fill(OWNER.login));
      expect(github.requests.filter(({ method }) => method !== "GET")).toEqual([]);
    });
  });
});

describe("serve", () => {
  test("runs by polling what is labelled, once, and ends when it is told to", async () => {
    await withService(async (scene) => {
      const { github, open, start } = scene;
      const numbers = open(3);
      const service = start(["serve"], { AGENT_CONCURRENCY: "2" });
      await finished(scene, numbers);
      const later = open(1);
      await finished(scene, later);
      service.process.kill("SIGTERM");
      expect(await service.ended()).toBe(0);
      const all = [...numbers, ...later];
      expect(countEnds(github, all)).toEqual({ results: all.map(() => 1), pulls: all.map(() => 1) });
      expect(service.output().stdout).not.toContain(TOKEN);
      expect(github.violations).toEqual([]);
    });
  });

  test("runs by webhook alone, and a delivery that comes twice is run once", async () => {
    await withService(async (scene) => {
      const { github, start } = scene;
      const service = start(["serve"], { ...WEBHOOK, POLL_INTERVAL_SECONDS: "0" });
      const url = `${await service.url()}/webhook`;
      github.addHook(DISPATCH, { url, secret: SECRET, events: ["issues", "issue_comment"] });
      const number = github.createIssue(DISPATCH, { title: "Task", body: "Do it.", author: OWNER });
      const event = { action: "labeled", repo: DISPATCH, number, sender: OWNER, label: LABEL } as const;
      const payload = issuesEvent(github, event);
      const labelled = { repository: DISPATCH, name: "issues", payload };
      expect(await github.webhook(labelled)).toEqual([202]);
      expect(await github.webhook(labelled)).toEqual([202]);
      await finished(scene, [number]);
      expect(await github.webhook(labelled)).toEqual([202]);
      const comment = issueCommentEvent(github, {
        repo: DISPATCH,
        number,
        sender: OWNER,
        comment: "Thanks!",
      });
      expect(await github.webhook({ repository: DISPATCH, name: "issue_comment", payload: comment })).toEqual(
        [202],
      );
      service.process.kill("SIGTERM");
      expect(await service.ended()).toBe(0);
      expect(countEnds(github, [number])).toEqual({ results: [1], pulls: [1] });
    });
  });

  test("refuses a delivery with a wrong signature", async () => {
    await withService(async ({ start }) => {
      const service = start(["serve"], WEBHOOK);
      const headers = { "x-github-event": "issues", "x-hub-signature-256": `sha256=${"0".repeat(64)}` };
      const answer = await fetch(`${await service.url()}/webhook`, { method: "POST", headers, body: "{}" });
      expect(answer.status).toBe(401);
    });
  });

  test("polls and takes webhooks together without running anything twice", async () => {
    await withService(async (scene) => {
      const { github, open, start } = scene;
      const service = start(["serve"], WEBHOOK);
      const url = `${await service.url()}/webhook`;
      github.addHook(DISPATCH, { url, secret: SECRET, events: ["issues"] });
      const numbers = open(4);
      for (const number of numbers) {
        const event = { action: "opened", repo: DISPATCH, number, sender: OWNER } as const;
        await github.webhook({ repository: DISPATCH, name: "issues", payload: issuesEvent(github, event) });
      }
      await finished(scene, numbers);
      service.process.kill("SIGTERM");
      expect(await service.ended()).toBe(0);
      expect(countEnds(github, numbers)).toEqual({ results: [1, 1, 1, 1], pulls: [1, 1, 1, 1] });
    });
  });

  test("runs fifty tasks, four at a time, each with one pull request and one result", async () => {
    await withService(async (scene) => {
      const { github, open, start } = scene;
      const numbers = open(50);
      const service = start(["serve"], { AGENT_CONCURRENCY: "4" });
      await finished(scene, numbers);
      service.process.kill("SIGTERM");
      expect(await service.ended()).toBe(0);
      expect(countEnds(github, numbers)).toEqual({
        results: numbers.map(() => 1),
        pulls: numbers.map(() => 1),
      });
    });
  });

  const testIsolated = existsSync("/usr/bin/bwrap") ? test : test.skip;
  testIsolated(
    "runs isolated tasks of one target through its mirror, and shows no step where that is",
    async () => {
      await withService(async (scene) => {
        const { github, open, start, workspace } = scene;
        const numbers = open(3);
        const service = start(["serve"], {
          AGENT_ISOLATION: "bubblewrap",
          AGENT_COMMAND:
            'find / -path "*/mirrors/*.git" 2>/dev/null > "found-$AGENT_ISSUE_NUMBER.txt" || true',
          AGENT_CONCURRENCY: "3",
        });
        await finished(scene, numbers);
        expect(
          readdirSync(join(workspace, `process-${service.process.pid}@${hostname()}`, "mirrors")),
        ).toHaveLength(1);
        service.process.kill("SIGTERM");
        expect(await service.ended()).toBe(0);
        for (const { head } of github.pulls(TARGET)) {
          const number = /^agent-task-(\d+)-/.exec(head.ref)?.[1];
          expect(await github.git(TARGET, "show", `${head.oid}:found-${number}.txt`)).toBe("");
        }
      });
    },
  );

  test("shares a dispatch repository with another runner, and no task is run by both", async () => {
    await withService(async (scene) => {
      const { github, open, start } = scene;
      const numbers = open(8);
      const services = [start(["serve"]), start(["serve"])];
      await finished(scene, numbers);
      for (const service of services) service.process.kill("SIGTERM");
      for (const service of services) expect(await service.ended()).toBe(0);
      expect(countEnds(github, numbers)).toEqual({
        results: numbers.map(() => 1),
        pulls: numbers.map(() => 1),
      });
    });
  });

  test("loses and doubles nothing where it is killed at any moment and started again", async () => {
    const seed = Number(process.env.SOAK_SEED ?? Date.now() % 2 ** 31);
    process.stdout.write(`soak: SOAK_SEED=${seed}\n`);
    const plan = { issues: 20, kills: 3, processes: 1, seed, leaseSeconds: 2, patienceMs: 150_000 };
    await withService(async (scene) => {
      expect(await soak(scene, plan)).toMatchObject({ killed: 3, flaws: [] });
    });
  });

  test("gives a task back where it is stopped in the middle, and the next service ends it", async () => {
    await withService(async (scene) => {
      const { github, open, start } = scene;
      const numbers = open(1);
      const [number = 0] = numbers;
      const atOnce = { AGENT_MAX_ATTEMPTS: "1", AGENT_GRACE_SECONDS: "0" };
      const first = start(["serve"], { ...atOnce, AGENT_COMMAND: "echo at work; sleep 600" });
      await until("the step runs", () => first.output().stdout.includes("at work"));
      first.process.kill("SIGTERM");
      expect(await first.ended()).toBe(0);
      expect(resultsOf(github, number)).toEqual([expect.stringContaining('"outcome": "cancelled"')]);
      expect(
        github
          .issue(DISPATCH, number)
          .comments.map(({ body }) => body)
          .join(),
      ).not.toContain("⛔");
      const second = start(["serve"], atOnce);
      await finished(scene, numbers);
      second.process.kill("SIGTERM");
      expect(await second.ended()).toBe(0);
      expect(resultsOf(github, number)).toEqual([
        expect.stringContaining('"outcome": "cancelled"'),
        expect.stringContaining('"outcome": "opened"'),
      ]);
    });
  });

  test("tries a task that fails as often as configured, says once that it gives up, and starts again on a comment", async () => {
    await withService(async ({ github, open, passTime, start }) => {
      const [number = 0] = open(1);
      const service = start(["serve"], {
        AGENT_COMMAND: "exit 1",
        AGENT_MAX_ATTEMPTS: "2",
        AGENT_RETRY_SECONDS: "0.1",
      });
      const givenUp = () =>
        github.issue(DISPATCH, number).comments.filter(({ body }) => body.startsWith("⛔")).length;
      await until("it gives up", () => givenUp() === 1);
      expect(resultsOf(github, number)).toHaveLength(2);
      expect(github.issue(DISPATCH, number).labels).toContain("agent-failed");
      passTime(2000);
      github.comment(DISPATCH, number, "/agent retry", OWNER);
      await until("it gives up again", () => givenUp() === 2);
      service.process.kill("SIGTERM");
      expect(await service.ended()).toBe(0);
      expect(resultsOf(github, number)).toHaveLength(4);
      expect(github.pulls(TARGET)).toEqual([]);
    });
  });
});
