import { describe, expect, test } from "@jest/globals";
import { intervalFor, type PollingState, retryPauseFor } from "../../../../src/service/intake/interval.ts";

function aState(change: Partial<PollingState> = {}): PollingState {
  return { intervalMs: 30_000, quietSweeps: 0, failed: false, limit: null, now: 0, ...change };
}
const limit = (remaining: number) => ({ limit: 5000, remaining, resetAt: 1_000_000 });

describe("the time until the next poll", () => {
  test.each<[string, number, Partial<PollingState>]>([
    ["is the configured one while things happen", 30_000, {}],
    ["grows while nothing happens", 60_000, { quietSweeps: 10 }],
    ["grows to four times as long, and no further", 120_000, { quietSweeps: 1000 }],
    ["is four times as long after a failure", 120_000, { failed: true }],
    ["is as before while enough calls are left", 30_000, { limit: limit(1000) }],
    ["is four times as long when calls run low", 120_000, { limit: limit(999) }],
    ["reaches to the reset when almost none are left", 1_000_000, { limit: limit(249) }],
    ["is an hour at most, whatever this machine's clock says", 3_600_000, { limit: limit(0), now: -1e9 }],
    ["takes no notice of a limit whose reset has passed", 30_000, { limit: limit(0), now: 1_000_000 }],
  ])("%s", (_, expected, change) => {
    expect(intervalFor(aState(change))).toBe(expected);
  });
});

describe("the pause of a task that met a rate limit", () => {
  test("reaches to the reset where no call is left", () => {
    expect(retryPauseFor(limit(0), 400_000)).toBe(600_000);
  });

  test("is an hour at most, whatever this machine's clock says", () => {
    expect(retryPauseFor(limit(0), -1e9)).toBe(3_600_000);
  });

  test("is a minute where calls are left, since the limit was a secondary one", () => {
    expect(retryPauseFor(limit(100), 0)).toBe(60_000);
    expect(retryPauseFor(null, 0)).toBe(60_000);
  });
});
