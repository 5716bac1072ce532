import { readFileSync } from "node:fs";
import { describe, expect, jest, test } from "@jest/globals";
import { countEnds, until, withService } from "../builders/service.ts";

// Whole services run here, on machines that have other work too.
jest.setTimeout(200_000);

const PAGE = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");
const TASKS = 10;

/** The numbers in the third column of the row that begins so, in "How much one token can do". */
function reckonedWith(row: string): number[] {
  const line = PAGE.split("\n").find((each) => each.startsWith(`| ${row} |`)) ?? "";
  return (line.split("|")[3]?.match(/\d+/g) ?? []).map(Number);
}

/** Calls a task, of those that count against a limit: all of them, and those that create content. */
async function callsPerTask(environment: Record<string, string>): Promise<{ all: number; content: number }> {
  return await withService(async ({ github, open, start }) => {
    const numbers = open(TASKS);
    const service = start(["serve"], environment);
    const isOver = () => github.requests.slice(-5).every(({ status }) => status === 304);
    await until("every task has ended, and polls have nothing new", () => {
      return !countEnds(github, numbers).results.includes(0) && isOver();
    });
    service.process.kill("SIGTERM");
    expect(await service.ended()).toBe(0);
    expect(countEnds(github, numbers)).toEqual({
      results: numbers.map(() => 1),
      pulls: numbers.map(() => 1),
    });
    const counted = github.requests.filter(({ kind, status }) => kind === "api" && status !== 304);
    const content = counted.filter(
      ({ method, path }) =>
        ["POST", "PATCH"].includes(method) && /\/(?:comments|comments\/\d+|pulls)$/.test(path),
    );
    return { all: counted.length / TASKS, content: content.length / TASKS };
  });
}

describe("a task of the service takes the calls that docs/operations.md reckons with", () => {
  test("with its status comment", async () => {
    const { all, content } = await callsPerTask({});
    const [least = 0, most = 0] = reckonedWith("primary");
    expect(all).toBeGreaterThanOrEqual(least);
    expect(all).toBeLessThanOrEqual(most);
    const contentCalls = reckonedWith("content-creating calls").slice(-2);
    expect(content).toBeGreaterThanOrEqual(contentCalls[0] ?? Infinity);
    expect(content).toBeLessThanOrEqual(contentCalls[1] ?? 0);
  });

  test("without it", async () => {
    const { content } = await callsPerTask({ AGENT_STATUS_COMMENT: "false" });
    expect(PAGE).toContain("| pull request and result: 2 |");
    expect(content).toBe(2);
  });
});
