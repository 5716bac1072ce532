import { expect, test } from "@jest/globals";
import { readingOnly } from "../../../src/investigation/reading-only.ts";
import type { GitHub, GitStore } from "../../../src/ports.ts";
import { aWorld, DISPATCH } from "../../fakes/world.ts";

/** What only reads; whatever else the ports have, or get, must be refused. */
const GITHUB_READS =
  /^(?:now|viewer|repository|permission|issue|pullRequest|commitsAhead|textFile|workflowRun|environmentReviewers|runReviews|.*(?:Labelled|Since|From|labelledBy|comments))$/;
const GIT_OWN =
  /^(?:fetch\w*|apply\w+|writeFiles|snapshot|treeOf|changes|stat|patch|readBlobs|readRefs?|commit|bundle|dispose)$/;

test("every write at GitHub is refused, also one that is added to its port", async () => {
  const world = aWorld();
  for (const port of ["dispatch", "target"] as const) {
    const github = readingOnly(world.ports)[port];
    const writes = Object.keys(github).filter((name) => !GITHUB_READS.test(name)) as (keyof GitHub)[];
    expect(writes.length).toBeGreaterThan(10);
    for (const name of writes)
      await expect(
        (github[name] as (...args: unknown[]) => Promise<unknown>)(DISPATCH, 7, [], []),
      ).rejects.toThrow("An investigation may not write");
  }
  expect(world.github.script.names()).toEqual([]);
});

test("every ref of a remote stays where it is", async () => {
  const world = aWorld();
  for (const port of ["git", "claims"] as const) {
    const store = await readingOnly(world.ports)[port].open("");
    const writes = Object.keys(store).filter((name) => !GIT_OWN.test(name)) as (keyof GitStore)[];
    expect(writes.sort()).toEqual(["createRef", "deleteRef", "push", "replaceRef"]);
    for (const name of writes)
      await expect((store[name] as (...args: unknown[]) => Promise<unknown>)("x", "y")).rejects.toThrow(
        "may not write",
      );
  }
});

test("nobody is called back, and reading works as ever", async () => {
  const world = aWorld();
  const ports = readingOnly({ ...world.ports, callback: { deliver: async () => {} } });
  expect(ports.callback).toBeUndefined();
  expect((await ports.dispatch.issue(DISPATCH, 7))?.number).toBe(7);
});
