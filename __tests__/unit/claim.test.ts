import { describe, expect, test } from "@jest/globals";
import { claimRef, claimTask, findOwnClaim } from "../../src/claim.ts";
import { TaskFailure } from "../../src/failure.ts";
import type { Run } from "../../src/task.ts";
import { aRun, aTask } from "../builders/task.ts";
import { aWorld, type World } from "../fakes/world.ts";

const TASK = aTask();
const LEASE_MS = 45 * 60_000;
const FIRST = aRun({ id: "1", url: "https://github.com/r/1" });
const SECOND = aRun({ id: "2", url: "https://github.com/r/2" });

function claim({ ports }: World, run: Run, leaseMs = LEASE_MS) {
  return claimTask(ports, TASK, run, leaseMs);
}

function holder({ remote }: World): string | undefined {
  return remote.commits.get(remote.refs.get(claimRef(TASK)) ?? "")?.message;
}

describe("a claim", () => {
  test("is a ref of the target that is no branch, and says who has it, since when and for how long", async () => {
    const world = aWorld();
    expect((await claim(world, FIRST)).kind).toBe("won");
    expect(claimRef(TASK)).toMatch(/^refs\/agent-runner\/claims\/agent-task-7-[0-9a-f]{8}$/);
    expect(JSON.parse(holder(world) ?? "")).toEqual({
      run_id: "1",
      run_attempt: 1,
      run_url: "https://github.com/r/1",
      repository: "your-org/dispatch",
      since: "2026-01-02T03:05:05.000Z",
      lease_seconds: 2700,
    });
  });

  test("is won by one of eight at once, and the others learn of it", async () => {
    const world = aWorld();
    const runs = Array.from({ length: 8 }, (_, index) => aRun({ id: String(index) }));
    const claims = await Promise.all(runs.map((run) => claim(world, run)));
    expect(claims.map(({ kind }) => kind).sort()).toEqual([...Array(7).fill("taken"), "won"]);
  });

  test("is free again once it is given back", async () => {
    const world = aWorld();
    const first = await claim(world, FIRST);
    if (first.kind === "won") await first.release();
    expect(holder(world)).toBeUndefined();
    expect((await claim(world, SECOND)).kind).toBe("won");
  });

  test("is left alone while its run goes on", async () => {
    const world = aWorld();
    world.github.runs.set(1, { createdAt: "", ended: false });
    await claim(world, FIRST);
    expect(await claim(world, SECOND)).toEqual({ kind: "taken", by: FIRST.url });
  });

  test("is taken over where its run has ended", async () => {
    const world = aWorld();
    world.github.runs.set(1, { createdAt: "", ended: true });
    await claim(world, FIRST);
    expect((await claim(world, SECOND)).kind).toBe("won");
    expect(holder(world)).toContain('"run_id":"2"');
  });

  test("is taken over where its lease is over, by GitHub's clock", async () => {
    const world = aWorld();
    await claim(world, FIRST);
    await world.clock.pass(LEASE_MS);
    expect((await claim(world, SECOND)).kind).toBe("taken");
    await world.clock.pass(1000);
    expect((await claim(world, SECOND)).kind).toBe("won");
  });

  test("has a lease also where the time is a fraction of a minute", async () => {
    const world = aWorld();
    await claim(world, FIRST, 0.6);
    expect(holder(world)).toContain('"lease_seconds":1}');
  });

  test("is taken over by a later attempt of the same run, and by no other job of this attempt", async () => {
    const world = aWorld();
    await claim(world, FIRST);
    expect((await claim(world, { ...FIRST, url: "https://github.com/r/1#job" })).kind).toBe("taken");
    expect((await claim(world, { ...FIRST, attempt: 2 })).kind).toBe("won");
  });

  test("lasts for its lease where the job may not read other runs", async () => {
    const world = aWorld();
    world.github.runs.set(1, { createdAt: "", ended: true });
    world.github.script.plan("workflowRun", new TaskFailure("missing-permission", "actions: read"));
    await claim(world, FIRST);
    expect((await claim(world, SECOND)).kind).toBe("taken");
  });

  test("whose owner cannot be read is nobody's", async () => {
    const world = aWorld();
    world.remote.grow("x", {}, { message: "not JSON" });
    world.remote.refs.set(claimRef(TASK), world.remote.refs.get("refs/heads/x") ?? "");
    expect((await claim(world, FIRST)).kind).toBe("won");
  });

  test("that is taken over by one of two at once is won by one", async () => {
    const world = aWorld();
    world.github.runs.set(1, { createdAt: "", ended: true });
    await claim(world, FIRST);
    const claims = await Promise.all([claim(world, SECOND), claim(world, aRun({ id: "3" }))]);
    expect(claims.map(({ kind }) => kind).sort()).toEqual(["taken", "won"]);
  });

  test("is not given back by a run that it was taken from", async () => {
    const world = aWorld();
    world.github.runs.set(1, { createdAt: "", ended: true });
    const first = await claim(world, FIRST);
    await claim(world, SECOND);
    if (first.kind === "won") await first.release();
    expect(holder(world)).toContain('"run_id":"2"');
  });

  test("that is given back between the two looks counts as taken: its task has just ended", async () => {
    const world = aWorld();
    await claim(world, FIRST);
    world.git.script.before("readRef", () => world.remote.refs.delete(claimRef(TASK)));
    expect(await claim(world, SECOND)).toEqual({ kind: "taken", by: "a run that has just finished" });
  });

  test("leaves no git store behind, whatever its end", async () => {
    const world = aWorld();
    await claim(world, FIRST);
    await claim(world, SECOND);
    world.git.script.plan("createRef", new TaskFailure("git-failed", "no"));
    await expect(claim(world, SECOND)).rejects.toThrow("git-failed");
    expect(world.git.left()).toBe(0);
  });
});

describe("the claim that a killed run left", () => {
  test("is found by the same run and attempt, and by no other", async () => {
    const world = aWorld();
    expect(await findOwnClaim(world.ports, TASK, FIRST)).toBeNull();
    await claim(world, FIRST);
    expect(await findOwnClaim(world.ports, TASK, SECOND)).toBeNull();
    expect(await findOwnClaim(world.ports, TASK, { ...FIRST, attempt: 2 })).toBeNull();
    const own = await findOwnClaim(world.ports, TASK, FIRST);
    await own?.release();
    expect(holder(world)).toBeUndefined();
  });
});
