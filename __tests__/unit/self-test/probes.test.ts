import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import type { IsolationChoice } from "../../../src/isolation.ts";
import {
  brokenPromises,
  type Held,
  PROBES,
  type ProbeName,
  promisesOf,
  renderHeld,
} from "../../../src/self-test/probes.ts";

const NONE: IsolationChoice = { level: "none" };
const BUBBLEWRAP: IsolationChoice = { level: "bubblewrap", network: "none" };

/** All probes held but these. */
function allHeldBut(...open: ProbeName[]): Held {
  const names = Object.keys(PROBES) as ProbeName[];
  return Object.fromEntries(names.map((name) => [name, !open.includes(name)])) as Held;
}

describe("a promise", () => {
  test("is broken where the probe went through, in a level that makes it", () => {
    expect(brokenPromises(BUBBLEWRAP, allHeldBut("runner-files"))).toEqual(["runner-files"]);
    expect(brokenPromises(NONE, allHeldBut("runner-files"))).toEqual([]);
    expect(brokenPromises(NONE, allHeldBut("outlive"))).toEqual(["outlive"]);
  });

  test("is not made for the network where the step is given it", () => {
    const open = allHeldBut("network-loopback", "network-server");
    expect(brokenPromises(BUBBLEWRAP, open)).toEqual(["network-loopback", "network-server"]);
    expect(brokenPromises({ ...BUBBLEWRAP, network: "host" }, open)).toEqual([]);
  });

  test("shows in the table as held, open or broken", () => {
    const open = allHeldBut("runner-files");
    expect(renderHeld(NONE, open)).toContain("| runner-files | open | no |");
    expect(renderHeld(BUBBLEWRAP, open)).toContain("| runner-files | **BROKEN** | yes |");
    expect(renderHeld(BUBBLEWRAP, open)).toContain("| outlive | held | yes |");
  });
});

/** The rows of the page, in the order of the probes that each stands for. */
const ROWS: ProbeName[] = [
  ...(["parent-environment", "parent-memory", "runner-files", "file-commands", "write-runner-temp"] as const),
  ...(["write-tmp", "signal-parent", "kernel-settings", "outlive", "network-server"] as const),
];

test("docs/isolation.md shows the promises that the self-test checks", () => {
  const page = readFileSync(new URL("../../../docs/isolation.md", import.meta.url), "utf8");
  const start = page.indexOf("| A step cannot");
  const rows = page.slice(start, page.indexOf("\n\n", start)).split("\n").slice(2);
  const shown = rows.map((row) =>
    row
      .split("|")
      .slice(2, 6)
      .map((cell) => cell.trim() === "✓"),
  );
  const levels: IsolationChoice[] = [
    NONE,
    { level: "user", user: "agent" },
    BUBBLEWRAP,
    { level: "container", image: "node:24", network: "none" },
  ];
  expect(shown).toEqual(ROWS.map((name) => levels.map((level) => promisesOf(level).includes(name))));
});
