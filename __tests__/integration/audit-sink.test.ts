import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { openAudit } from "../../src/adapters/audit/open-audit.ts";
import { resendTrail } from "../../src/adapters/audit/resend.ts";
import { createSink } from "../../src/adapters/audit/sink.ts";
import { systemClock } from "../../src/adapters/clock.ts";
import type { TrailState } from "../../src/audit/trail.ts";
import { anEntry } from "../builders/audit.ts";
import { type Seen, type Turn, withScriptedGitHub } from "../builders/scripted-github.ts";
import { someSettings } from "../builders/settings.ts";
import { createFakeLog } from "../fakes/log.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "audit-sink-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const IDS = (requests: Seen[]) => requests.map(({ body }) => (body as { event_id: string }).event_id);

/** A trail of three events that is sent to a sink which answers so; then what it left is sent again. */
async function sendTo(turns: Turn[], tamper: (state: TrailState) => void = () => {}) {
  return await withScriptedGitHub(turns, async (sink) => {
    const settings = someSettings({ "audit-url": `${sink.url}/base`, "audit-token": "the-sink's-token" });
    const log = createFakeLog();
    const states: TrailState[] = [];
    const workflow = { run: { id: "42", attempt: 1 }, temporaryFolder: folder, gha: null };
    const saveState = (state: TrailState) => void states.push(state);
    const trail = openAudit(settings, workflow, {
      log,
      redact: String,
      cancellation: new AbortController().signal,
      saveState,
    });
    for (const resource of ["a", "b", "c"]) trail.record(anEntry({ resource }));
    const end = await trail.close();
    const [state] = states.slice(-1);
    const before = sink.requests.length;
    if (state) {
      tamper(state);
      await resendTrail(settings, state, { clock: systemClock, log });
    }
    const lines = readFileSync(end.file, "utf8").trimEnd().split("\n");
    return { requests: sink.requests, again: sink.requests.slice(before), end, lines, log };
  });
}

describe("a sink of audit events", () => {
  test("gets each event as it stands in the file, by one POST, with the token", async () => {
    const { requests, lines, end } = await sendTo(Array<Turn>(3).fill({ status: 201 }));
    expect(end.undelivered).toBe(0);
    expect(requests.map(({ body }) => JSON.stringify(body)).sort()).toEqual([...lines].sort());
    for (const { method, path, headers } of requests) {
      expect([method, path]).toEqual(["POST", "/base/v1/events"]);
      expect(headers).toMatchObject({
        "content-type": "application/json",
        authorization: "Bearer the-sink's-token",
      });
    }
  });

  test("gets in the post step what it refused before, and nothing twice", async () => {
    const refused: Turn = { status: 403 };
    // Two rounds of the main step; then the post step finds it open.
    const { again, end, lines, log } = await sendTo([
      ...[{ status: 201 }, refused, refused, refused, refused],
      ...Array<Turn>(2).fill({ status: 201 }),
    ]);
    expect(end.undelivered).toBe(2);
    expect(IDS(again).sort()).toEqual(
      lines
        .slice(1)
        .map((line) => JSON.parse(line).event_id)
        .sort(),
    );
    expect(log.texts("info")).toEqual(["2 audit events were sent again."]);
  });

  test("gets again in the post step what it never took, though it is out of order at first", async () => {
    const refused: Turn = { status: 403 };
    const { again, log } = await sendTo([
      ...[{ status: 201 }, { status: 201 }, refused, refused],
      ...[{ status: 500 }, { status: 201 }],
    ]);
    expect(again).toHaveLength(2);
    expect(log.texts("info")).toEqual(["1 audit events were sent again."]);
  });

  test.each<[string, (state: TrailState) => void]>([
    ["was changed", ({ file }) => writeFileSync(file, readFileSync(file, "utf8").replace('"b"', '"x"'))],
    ["was cut", ({ file }) => writeFileSync(file, `${readFileSync(file, "utf8").split("\n")[0]}\n`)],
    ["is another one", (state) => Object.assign(state, { head: "f".repeat(64) })],
    ["is gone", ({ file }) => writeFileSync(file, "")],
  ])("gets nothing of a file that %s", async (_what, tamper) => {
    const { again, log } = await sendTo(Array<Turn>(6).fill({ status: 403 }), tamper);
    expect(again).toEqual([]);
    expect(log.texts("warning").join()).toMatch(/^The audit trail was changed \(line \d: .*\), so none/);
  });

  test("follows no redirect, wherever it leads", async () => {
    await withScriptedGitHub([{ status: 200 }], async (elsewhere) => {
      const { end } = await sendTo(
        Array<Turn>(12).fill({ status: 307, headers: { location: elsewhere.url } }),
      );
      expect([end.undelivered, elsewhere.requests.length]).toEqual([3, 0]);
    });
  });

  test.each([
    "",
    "/",
    "/v1/events",
    "/v1/events/",
  ])("is found below an address that ends in %p", async (path) => {
    await withScriptedGitHub([{ status: 201 }], async ({ url, requests }) => {
      const sink = createSink(new URL(`${url}/in${path}`), null);
      expect(await sink.send("{}", new AbortController().signal)).toEqual({ kind: "answered", status: 201 });
      expect(requests[0]?.path).toBe("/in/v1/events");
      expect(requests[0]?.headers.authorization).toBeUndefined();
    });
  });

  test.each<Turn>([
    "drop",
    "hang",
  ])("that does not answer (%p) leaves it open whether the event is stored", async (turn) => {
    await withScriptedGitHub([turn], async ({ url }) => {
      const sink = createSink(new URL(url), null);
      expect(await sink.send("{}", AbortSignal.timeout(300))).toMatchObject({ kind: "lost" });
    });
  });
});
