import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../../src/failure.ts";
import { firstJob, type Job } from "../../../src/service/queue/queue.ts";
import { type WorkNeeds, workOff } from "../../../src/service/work.ts";
import { aDispatch } from "../../builders/dispatch.ts";
import { someSettings } from "../../builders/settings.ts";
import { aBody, aWorld, type World } from "../../fakes/world.ts";

/** A job of the world's issue, and what its queue and its poller are told. */
function aScene(world: World = aWorld()) {
  const told: string[] = [];
  const watched: string[] = [];
  const tell = (what: string) => async () => void told.push(what);
  const needs: WorkNeeds = {
    queue: {
      done: tell("done"),
      async fail(_, leastPause = 0) {
        told.push(leastPause ? `fail, and pause for ${leastPause / 1000} s` : "fail");
        return "given-up";
      },
    },
    openPorts: async () => ({ ...world.ports, close: async () => void watched.push("closed") }),
    rateLimitPause: () => 90_000,
    recheck: (_, milliseconds) => told.push(`recheck in ${milliseconds / 1000} s`),
    observe({ kind }) {
      if (kind === "given-up" || kind === "not-begun") told.push(kind);
      else if (kind !== "stage") watched.push(kind);
    },
  };
  const options = {
    settings: someSettings({ command: "true" }),
    serverUrl: "https://github.com",
    leaseSeconds: 120,
    runUrlBase: "http://runner.example",
  };
  const { issue } = world;
  const job: Job = firstJob(aDispatch(issue), issue, issue.updatedAt);
  const work = () => workOff(needs, options, job, world.cancellation.signal);
  return { ...world, needs, work, told, watched };
}

describe("a job", () => {
  test("is over when its task has ended", async () => {
    const { work, told, watched } = aScene();
    expect((await work()).outcome.kind).toBe("opened");
    expect(told).toEqual(["done"]);
    expect(watched).toEqual(["started", "ended", "closed"]);
  });

  test("that met the rate limit pauses at least until it may be tried again", async () => {
    const { work, told, steps } = aScene();
    steps.work = () => {
      throw new TaskFailure("rate-limited", "Not before the reset.");
    };
    await work();
    expect(told).toEqual(["fail, and pause for 90 s", "given-up"]);
  });

  test("failed where another try may end better, and its issue is told when there is none", async () => {
    const { work, told, steps, github, issue } = aScene();
    steps.work = () => ({ end: { kind: "exit", code: 1 } });
    await work();
    expect(told).toEqual(["fail", "given-up"]);
    expect(github.bodiesOn(issue.number).at(-1)).toMatch(/^⛔ \*\*Given up after 1 try/);
  });

  test("is given up by no stop of the service, whichever try it was", async () => {
    const { work, told, steps, cancellation, github, issue } = aScene();
    steps.work = () => {
      cancellation.abort(new TaskFailure("cancelled", "The runner was stopped."));
      return { end: { kind: "cancelled" } };
    };
    expect((await work()).outcome.kind).toBe("cancelled");
    expect(told).toEqual(["done"]);
    expect(github.bodiesOn(issue.number).join()).not.toContain("Given up");
  });

  test("was not tried where this machine could not even begin it, and is looked at again soon", async () => {
    const { work, told, needs } = aScene();
    needs.openPorts = async () => Promise.reject(new Error("no space left"));
    await expect(work()).rejects.toThrow("no space left");
    expect(told).toEqual(["not-begun", "done", "recheck in 60 s"]);
  });

  test.each<[string, (world: World) => void]>([
    ["closed", ({ github, issue }) => Object.assign(github.issue(issue.number), { state: "closed" })],
    ["unlabelled", ({ github, issue }) => Object.assign(github.issue(issue.number), { labels: ["bug"] })],
    ["deleted", ({ github }) => github.issues.splice(0)],
    [
      "transferred",
      ({ github, issue }) => Object.assign(github.issue(issue.number), { repository: "your-org/app" }),
    ],
  ])("is not begun where its issue was %s before its turn came", async (_, change) => {
    const world = aWorld();
    const { work, told, steps, github, issue } = aScene(world);
    change(world);
    expect((await work()).outcome.kind).toBe("ignored");
    expect(told).toEqual(["done"]);
    expect([steps.steps, github.bodiesOn(issue.number)]).toEqual([[], []]);
  });

  test("is begun with the text that its issue has by then", async () => {
    const { work, steps, github, issue } = aScene();
    github.issue(issue.number).body = aBody("Do something else.");
    await work();
    expect(steps.steps[0]?.input).toContain("Do something else.");
  });

  test("reports what is wrong where its issue cannot be read", async () => {
    const { work, told, github } = aScene();
    const refusal = new TaskFailure("missing-permission", "No.");
    github.script.plan("issue", refusal, refusal);
    expect((await work()).outcome).toMatchObject({ kind: "failed", code: "missing-permission" });
    expect(told).toEqual(["done"]);
  });
});
