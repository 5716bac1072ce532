import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import { type Call, FAULTS, flawsOf, listCalls, renderMatrix, runCases } from "../builders/fault-matrix.ts";

const PAGE = readFileSync(new URL("../../docs/reliability.md", import.meta.url), "utf8");

jest.setTimeout(600_000);

describe("one fault in one request of a first run, then a clean run, leave everything once", () => {
  let calls: Call[];
  beforeAll(async () => {
    calls = await listCalls();
  });

  test.each(Object.keys(FAULTS))("%s", async (fault) => {
    // A hung request is waited for, not worked on.
    const cases = await runCases(calls, [fault], fault === "hung" ? calls.length : 4);
    expect(cases.flatMap(flawsOf)).toEqual([]);
  });

  test("docs/reliability.md has a row for each request", () => {
    const rows = renderMatrix(calls, []).split("\n").slice(2);
    for (const row of rows) expect(PAGE).toContain(`\n${row.split(" | ")[0]} |`);
  });
});
