import { type ChildProcess, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { LoopbackGitHub } from "../../loopback/github.ts";
import { type ActionEnd, actionNode } from "../../loopback/runner.ts";
import type { AuditEvent } from "../../src/audit/event.ts";
import { verifyTrail } from "../../src/audit/verify.ts";
import { startAuditSink } from "../builders/audit-sink.ts";
import { aLabelledIssue, type Job, runJob, TOKEN, withGitHub } from "../builders/job.ts";

jest.setTimeout(120_000);

const RUNNER = fileURLToPath(new URL("../../dist/runner/index.js", import.meta.url));
const COMMAND = "echo changed >> src/a.txt";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "agent-runner-audit-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a job on a new issue, in the folder of the test. */
async function run(github: LoopbackGitHub, job: Job = {}): Promise<ActionEnd> {
  const event = await aLabelledIssue(github, "Do it");
  return await runJob(github, event, { folder, ...job, inputs: { command: COMMAND, ...job.inputs } });
}

function linesOf(path: string): string[] {
  return readFileSync(path, "utf8").trimEnd().split("\n");
}

function eventsIn(path: string): AuditEvent[] {
  return linesOf(path).map((line) => JSON.parse(line));
}

function eventsOf(end: ActionEnd): AuditEvent[] {
  return eventsIn(end.outputs["audit-file"] ?? "");
}

/** What `agent-runner audit verify` says, and its exit status. */
function verify(...args: string[]): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(actionNode(), [RUNNER, "audit", "verify", ...args], {
    encoding: "utf8",
    env: { PATH: process.env.PATH ?? "" },
  });
  return { status, text: stdout + stderr };
}

describe("a job's audit trail", () => {
  test("is whole, private, and told of in outputs, result file, log and summary", () =>
    withGitHub(async (github) => {
      const end = await run(github, { inputs: { "trace-id": "alert-7" } });
      const { "audit-file": file = "", "trace-id": trace, "result-file": result = "" } = end.outputs;
      expect(trace).toBe("alert-7");
      expect(file).toBe(join(folder, "temp", "agent-audit-1001-1.jsonl"));
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const verified = verifyTrail(linesOf(file));
      const head = verified.ok ? verified.head : "not whole";
      expect(end.log).toContain(`head \`${head}\``);
      expect(end.summary).toContain(`head \`${head}\``);
      expect(JSON.parse(readFileSync(result, "utf8"))).toMatchObject({
        trace_id: "alert-7",
        audit_file: file,
      });
      const events = eventsOf(end);
      expect(new Set(events.map(({ trace_id: id }) => id))).toEqual(new Set(["alert-7"]));
      expect(new Set(events.map((event) => event.agent_instance_id))).toEqual(new Set(["gh-actions-1001"]));
      expect(events[0]?.metadata.gha).toMatchObject({
        run_id: "1001",
        workflow: "agent-runner",
        job: "agent",
      });
      expect(readFileSync(file, "utf8")).not.toContain(TOKEN);
    }));

  test("that the step writes to is put right, and says so", () =>
    withGitHub(async (github) => {
      const forge =
        'echo {} >> "$(dirname "$AGENT_TASK_FILE" | sed "s,/temp/.*,/temp,")"/agent-audit-1001-1.jsonl';
      const end = await run(github, { inputs: { command: `${COMMAND}; ${forge}` } });
      expect(end.outputs.outcome).toBe("opened");
      expect(end.log).toContain("The audit trail was changed by somebody else, which was undone.");
      expect(verifyTrail(linesOf(end.outputs["audit-file"] ?? ""))).toMatchObject({ ok: true });
      expect(eventsOf(end).at(-1)).toMatchObject({ status: "error", metadata: { step: "audit-file" } });
    }));

  test("is written where the workflow says, and nowhere over a file that is there", () =>
    withGitHub(async (github) => {
      const [taken, free] = [join(folder, "taken.jsonl"), join(folder, "free.jsonl")];
      writeFileSync(taken, "kept");
      const refused = await run(github, { inputs: { "audit-file": taken } });
      expect(refused.outputs).toMatchObject({ outcome: "failed", "failure-code": "invalid-input" });
      expect(readFileSync(taken, "utf8")).toBe("kept");
      expect((await run(github, { inputs: { "audit-file": free } })).outputs["audit-file"]).toBe(free);
    }));
});

describe("a job's audit sink", () => {
  test("has every event once, though it lost some answers", () =>
    withGitHub(async (github) => {
      const sink = await startAuditSink((call) => (call % 3 === 0 && call < 10 ? "store and drop" : "store"));
      try {
        const end = await run(github, { inputs: { "audit-url": sink.url, "audit-token": "sink-token-1" } });
        const ids = eventsOf(end).map(({ event_id: id }) => id);
        expect([...sink.stored].sort()).toEqual(ids.sort());
        expect(sink.tokens).toEqual(new Set(["Bearer sink-token-1"]));
        expect(end.outputs.outcome).toBe("opened");
      } finally {
        await sink.close();
      }
    }));

  test("that refuses an event changes nothing about the run, which tells how many are left", () =>
    withGitHub(async (github) => {
      const sink = await startAuditSink((_call, event) =>
        event.metadata.step === "outcome" ? "refuse" : "store",
      );
      try {
        const end = await run(github, { inputs: { "audit-url": sink.url }, post: false });
        expect(end.exitCode).toBe(0);
        expect(end.log).toContain("1 of them not delivered yet");
        expect(sink.stored.size).toBe(eventsOf(end).length - 1);
      } finally {
        await sink.close();
      }
    }));

  test("that must have all and refuses: nothing is pushed, the issue says why, the step fails", () =>
    withGitHub(async (github) => {
      const sink = await startAuditSink(() => "refuse");
      try {
        const end = await run(github, { inputs: { "audit-url": sink.url, "audit-required": "true" } });
        expect(end.exitCode).toBe(1);
        expect(end.outputs).toMatchObject({ outcome: "failed", "failure-code": "audit-failed" });
        expect(github.pulls("acme/app")).toEqual([]);
        expect(github.issue("acme/app", 1).comments.at(-1)?.body).toContain(
          "audit events could not be delivered",
        );
      } finally {
        await sink.close();
      }
    }));

  test("that refuses the end of a run that must be delivered fails the step; the outcome stays", () =>
    withGitHub(async (github) => {
      const sink = await startAuditSink((_call, event) =>
        event.metadata.step === "outcome" ? "refuse" : "store",
      );
      try {
        const end = await run(github, { inputs: { "audit-url": sink.url, "audit-required": "true" } });
        expect([end.exitCode, end.outputs.outcome]).toEqual([1, "opened"]);
        expect(end.log).toMatch(/^::error::1 of \d+ audit events could not be delivered\./m);
      } finally {
        await sink.close();
      }
    }));

  test("gets the rest from the post step of a run that was killed", () =>
    withGitHub(async (github) => {
      let main: ChildProcess | undefined;
      const sink = await startAuditSink(() => (main?.killed ? "store" : "refuse"));
      try {
        const end = await run(github, {
          inputs: { command: "sleep 1", "audit-url": sink.url },
          onStart: (started) => {
            main = started;
          },
          onOutput: (text) => {
            if (text.includes("::group::Processing step")) main?.kill("SIGKILL");
          },
        });
        expect(end.signal).toBe("SIGKILL");
        const stem = join(folder, "temp", "agent-audit-1001-1");
        const trails = [`${stem}.jsonl`, `${stem}-2.jsonl`].map(eventsIn);
        expect(trails[0]?.length).toBeGreaterThan(5);
        expect(trails[1]?.[0]).toMatchObject({
          trace_id: trails[0]?.[0]?.trace_id,
          metadata: { step: "unfinished" },
        });
        expect([...sink.stored].sort()).toEqual(
          trails
            .flat()
            .map(({ event_id: id }) => id)
            .sort(),
        );
      } finally {
        await sink.close();
      }
    }));
});

describe("agent-runner audit verify", () => {
  test("finds a trail whole, and each thing that was done to it", () =>
    withGitHub(async (github) => {
      const end = await run(github);
      const file = end.outputs["audit-file"] ?? "";
      const lines = linesOf(file);
      const head = eventsOf(end).at(-1)?.metadata.chain.hash ?? "";
      expect(verify(file)).toMatchObject({ status: 0 });
      expect(verify(file, "--head", head).text).toBe(`whole: ${lines.length} events, head ${head}\n`);
      const put = (changed: string[]) => writeFileSync(file, `${changed.join("\n")}\n`);
      put(lines.with(3, (lines[3] ?? "").replace("system", "human")));
      expect(verify(file)).toMatchObject({ status: 1, text: expect.stringMatching(/^line 4: changed: /) });
      put(lines.toSpliced(3, 1));
      expect(verify(file)).toMatchObject({ status: 1, text: expect.stringMatching(/^line 4: missing: /) });
      put([...lines, "{}"]);
      expect(verify(file, "--head", head).text).toMatch(
        /^line \d+: appended: .*: 1 more than the run wrote\n$/,
      );
      writeFileSync(file, Buffer.concat([Buffer.from(`${lines[0]}\n`), Buffer.from([0xff, 0x0a])]));
      expect(verify(file)).toMatchObject({ status: 1, text: expect.stringMatching(/^line 2: changed: /) });
      put(lines.slice(0, -1));
      expect(verify(file)).toMatchObject({ status: 0 });
      expect(verify(file, "--head", head)).toMatchObject({
        status: 1,
        text: expect.stringMatching(/^line \d+: cut-off: /),
      });
    }));

  test("says which file it cannot read", () => {
    expect(verify(join(folder, "none.jsonl"))).toMatchObject({
      status: 2,
      text: expect.stringMatching(/^agent-runner: The file ".*none\.jsonl" cannot be read\.\n$/),
    });
  });
});
