import { afterEach, describe, expect, test } from "@jest/globals";
import { readTrailState, saveTrailState } from "../../../../src/adapters/audit/state.ts";
import type { TrailState } from "../../../../src/audit/trail.ts";
import { aRun } from "../../../builders/task.ts";

const STATE: TrailState = {
  ...{ file: "/temp/käse.jsonl", traceId: "trace-1", events: 3, head: "a".repeat(64) },
  undelivered: [
    { index: 1, mayBeStored: true },
    { index: 2, mayBeStored: false },
  ],
};

afterEach(() => {
  delete process.env.STATE_audit;
});

/** Saves the state as the main step would, and gives it to the post step after somebody changed it so. */
function handOver(change: (value: string) => string = String): void {
  const saveState = (name: string, value: string) => {
    process.env[`STATE_${name}`] = change(value);
  };
  saveTrailState({ saveState }, aRun(), "the-token", STATE);
}

describe("what the main step tells the post step of its trail", () => {
  test("comes over as it was", () => {
    handOver();
    expect(readTrailState(aRun(), "the-token")).toEqual(STATE);
  });

  test.each<[string, (value: string) => string]>([
    ["another file", (value) => value.replace("käse", "forged")],
    ["another head", (value) => value.replace("aaaa", "bbbb")],
    ["no signature", (value) => value.slice(65)],
    ["nothing", () => ""],
  ])("is not believed with %s", (_what, change) => {
    handOver(change);
    expect(readTrailState(aRun(), "the-token")).toBeNull();
  });

  test("is not believed in another run or attempt, or with another token", () => {
    handOver();
    expect(readTrailState(aRun({ id: "999" }), "the-token")).toBeNull();
    expect(readTrailState(aRun({ attempt: 9 }), "the-token")).toBeNull();
    expect(readTrailState(aRun(), "another-token")).toBeNull();
  });
});
