import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../../src/failure.ts";
import { firstJob, type Job } from "../../../src/service/queue/queue.ts";
import { type WorkNeeds, workOff } from "../../../src/service/work.ts";
import { aDispatch } from "../../builders/dispatch.ts";
import { someSettings } from "../../builders/settings.ts";
import { aWorld, type World } from "../../fakes/world.ts";

/** A job of the world's issue, and what its queue and its poller are told. */
function aScene(world: World = aWorld()) {
  const told: string[] = [];
  const tell = (what: string) => async () => void told.push(what);
  const needs: WorkNeeds = {
    queue: {
      done: tell("done"),
      async fail() {
        told.push("fail");
        return "given-up";
      },
    },
    openPorts: async () => ({ ...world.ports, close: async () => {} }),
    rateLimitPause: () => 0,
    recheck: (_, milliseconds) => told.push(`recheck in ${milliseconds / 1000} s`),
    observe: ({ kind }) => kind === "given-up" && told.push(kind),
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
  return { ...world, needs, work, told };
}

describe("a job", () => {
  test("is over when its task has ended", async () => {
    const { work, told } = aScene();
    expect((await work()).outcome.kind).toBe("opened");
    expect(told).toEqual(["done"]);
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
    expect(told).toEqual(["done", "recheck in 60 s"]);
  });
});
