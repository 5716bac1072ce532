import { describe, expect, test } from "@jest/globals";
import { terminate } from "../../../../src/adapters/steps/terminate.ts";

/** Processes that end at the given signal; what was sent, in its order. */
function aHerd(endsAt: Record<number, NodeJS.Signals | "never">, isBornLater?: number) {
  const alive = new Set(Object.keys(endsAt).map(Number));
  const sent: string[] = [];
  if (isBornLater) alive.delete(isBornLater);
  const send = (pids: readonly number[], name: NodeJS.Signals) => {
    sent.push(`${name} ${pids.join(",")}`);
    for (const pid of pids) if (endsAt[pid] === name) alive.delete(pid);
    if (isBornLater && name === "SIGTERM") alive.add(isBornLater);
  };
  return { find: () => [...alive], send, sent };
}

describe("terminate", () => {
  test("sends nothing where there is nobody", async () => {
    const { find, send, sent } = aHerd({});
    expect(await terminate(find, 0, send)).toEqual([]);
    expect(sent).toEqual([]);
  });

  test("asks once, lets the stopped go on, and is content when all have ended", async () => {
    const { find, send, sent } = aHerd({ 11: "SIGTERM", 12: "SIGCONT" });
    expect(await terminate(find, 10_000, send)).toEqual([]);
    expect(sent).toEqual(["SIGTERM 11,12", "SIGCONT 11,12"]);
  });

  test("kills what does not listen within its grace", async () => {
    const { find, send, sent } = aHerd({ 11: "SIGTERM", 12: "SIGKILL" });
    expect(await terminate(find, 1, send)).toEqual([]);
    expect(sent.at(0)).toBe("SIGTERM 11,12");
    expect(sent.at(-1)).toBe("SIGKILL 12");
  });

  test("kills what appeared meanwhile", async () => {
    const { find, send, sent } = aHerd({ 11: "SIGTERM", 12: "SIGKILL" }, 12);
    expect(await terminate(find, 1, send)).toEqual([]);
    expect(sent.at(-1)).toBe("SIGKILL 12");
  });

  test("tells whom it could not kill", async () => {
    const { find, send } = aHerd({ 11: "SIGTERM", 12: "never" });
    expect(await terminate(find, 1, send)).toEqual([12]);
  });
});
