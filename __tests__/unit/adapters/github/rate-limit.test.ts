import { describe, expect, test } from "@jest/globals";
import { createRateLimitGate, rateLimitWait } from "../../../../src/adapters/github/rate-limit.ts";
import { aClock } from "../../../builders/clock.ts";

const NOW = new Date("2026-01-02T03:04:05Z");
const DATE = "Fri, 02 Jan 2026 03:10:00 GMT";
const RESET = String(Date.parse("2026-01-02T03:10:30Z") / 1000);

function wait(status: number, headers: Record<string, string>, body: unknown = {}): number | null {
  return rateLimitWait({ status, headers, body }, NOW);
}

describe("how long GitHub asks to wait", () => {
  test.each([
    ["seconds", { "retry-after": "17" }, 17_000],
    ["a date, by GitHub's clock", { "retry-after": "Fri, 02 Jan 2026 03:10:20 GMT", date: DATE }, 20_000],
    [
      "a date, by ours where GitHub's is not told",
      { "retry-after": "Fri, 02 Jan 2026 03:04:15 GMT" },
      10_000,
    ],
    ["no time at all", { "retry-after": "0" }, 1_000],
    ["a date that has passed", { "retry-after": "Fri, 02 Jan 2026 03:00:00 GMT", date: DATE }, 1_000],
    ["something that nobody can read", { "retry-after": "soon" }, 60_000],
    [
      "the reset, by GitHub's clock",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": RESET, date: DATE },
      30_000,
    ],
    ["no reset", { "x-ratelimit-remaining": "0" }, 60_000],
    [
      "both: what it says outright",
      { "retry-after": "5", "x-ratelimit-remaining": "0", "x-ratelimit-reset": RESET, date: DATE },
      5_000,
    ],
  ])("is read from %s, in a 429 and a 403 alike", (_, headers, expected) => {
    expect(wait(429, headers)).toBe(expected);
    expect(wait(403, headers)).toBe(expected);
  });

  test("is a minute for a 429 that says nothing", () => {
    expect(wait(429, {})).toBe(60_000);
  });

  test.each([
    [{ message: "You have exceeded a secondary rate limit. Please wait." }],
    [{ message: "You have triggered an abuse detection mechanism." }],
    [{ documentation_url: "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api" }],
    [
      {
        documentation_url:
          "https://docs.github.com/rest/overview/resources-in-the-rest-api#secondary-rate-limits",
      },
    ],
  ])("is a minute for a 403 whose body alone tells of a limit: %j", (body) => {
    expect(wait(403, { "x-ratelimit-remaining": "4000" }, body)).toBe(60_000);
  });

  test.each([
    [
      "a 403 about a permission",
      403,
      { "x-ratelimit-remaining": "4000" },
      { message: "Resource not accessible" },
    ],
    ["a 403 with a page for a body", 403, {}, "<html>"],
    ["a success with the last call of the hour", 200, { "x-ratelimit-remaining": "0" }, {}],
    ["a 503 with retry-after", 503, { "retry-after": "5" }, {}],
  ])("is not asked by %s", (_, status, headers, body) => {
    expect(wait(status, headers as Record<string, string>, body)).toBeNull();
  });
});

describe("the gate", () => {
  test("lets calls pass until it is shut, and again when the time is over", async () => {
    const clock = aClock();
    const gate = createRateLimitGate(clock, 60_000);
    await gate.pass();
    gate.shut(5_000);
    await gate.pass();
    await gate.pass();
    expect(clock.pauses).toEqual([5_000]);
  });

  test("takes a limit that many calls meet together from the budget once", async () => {
    const clock = aClock();
    const gate = createRateLimitGate(clock, 6_000);
    for (let call = 0; call < 8; call++) gate.shut(5_000);
    await Promise.all([gate.pass(), gate.pass()]);
    expect(clock.now().toISOString()).toBe("2026-01-02T03:04:10.000Z");
  });

  test("never waits beyond the budget, and lets calls pass once that time is over", async () => {
    const clock = aClock();
    const gate = createRateLimitGate(clock, 6_000);
    gate.shut(7_000);
    await expect(gate.pass()).rejects.toMatchObject({
      code: "rate-limited",
      detail: "GitHub asks to wait until **2026-01-02 03:04:12 UTC**.",
    });
    expect(clock.pauses).toEqual([]);
    await clock.pause(7_000);
    await gate.pass();
    expect(clock.pauses).toEqual([7_000]);
  });
});
