import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, jest, test } from "@jest/globals";
import { repositoryDispatchEvent } from "../../loopback/events.ts";
import type { ActionEnd, ActionRun } from "../../loopback/runner.ts";
import { ACTION_RESULT } from "../../src/investigation/action-result.ts";
import { REPORT } from "../../src/investigation/report.ts";
import { startAuditSink } from "../builders/audit-sink.ts";
import {
  APPROVER,
  artifactOf,
  assertOnlyRead,
  readJson,
  type Scene,
  withHalves,
} from "../builders/halves.ts";
import { REPOSITORY } from "../builders/job.ts";
import {
  act,
  aStart,
  investigate,
  marksIn,
  POLICY_PATH,
  RESOURCE,
  reporting,
  setPolicy,
} from "../builders/operations.ts";
import { someFindings } from "../builders/report.ts";

jest.setTimeout(180_000);

const ALLOWED = "allowed_actions: [{ type: restart_service }]";
const LOW = "auto_approve: { risk_level: low, actions: [restart_service] }";
const POLICY = { "operations-policy": POLICY_PATH };

describe("an operation", () => {
  test("is investigated with read-only rights, approved by a person, and carried out once", () =>
    withHalves(async (scene) => {
      const told =
        'cat "$AGENT_CONTEXT_FILE"; echo "SEEN=$AGENT_RESOURCE,$AGENT_ACTION,$AGENT_TRIGGER_SOURCE,$AGENT_TRACE_ID"; ls';
      const investigated = await investigate(scene, {
        command: `${told}\n${reporting(someFindings())}`,
        "action-context": '{"replicas": 3}',
      });
      assertOnlyRead(scene.github);
      expect(investigated.outputs).toMatchObject({
        outcome: "investigated",
        recommendation: "restart_service",
        "safe-to-proceed": "true",
        "risk-level": "low",
        confidence: "0.9",
        action: "restart_service",
        "auto-approved": "false",
        "trace-id": "incident-7",
      });
      expect(investigated.log).toContain(`SEEN=${RESOURCE},,manual,incident-7`);
      expect(investigated.log).toContain("README.md");
      const report = REPORT.parse(readJson(artifactOf(scene, "report-file")));
      expect(report).toMatchObject({
        ...{ resource: RESOURCE, action: "restart_service", context: { replicas: 3 }, task: null },
        ...{ trace_id: "incident-7", trigger_source: "manual", run_id: "1001", run_attempt: 1 },
        base_commit: await scene.github.git(REPOSITORY, "rev-parse", "main"),
      });

      scene.review({ comment: "Go" });
      const done = {
        affected_resources: ["pod/web-1"],
        rollback_available: true,
        changes_made: ["Restarted."],
      };
      const acted = await act(scene, investigated, {
        command: `grep '"analysis"' "$AGENT_REPORT_FILE"\necho "DONE=$AGENT_ACTION,$AGENT_TRACE_ID"\necho '${JSON.stringify(done)}' > "$AGENT_RESULT_FILE"`,
      });
      expect(acted.log).toContain("It leaks memory.");
      expect(acted.log).toContain("DONE=restart_service,incident-7");
      expect(acted.exitCode).toBe(0);
      expect(acted.outputs).toMatchObject({
        ...{ outcome: "acted", "failure-code": "", "approved-by": APPROVER, "action-status": "success" },
      });
      expect(ACTION_RESULT.parse(acted.result)).toMatchObject({
        ...{ resource: RESOURCE, action: "restart_service", status: "success" },
        details: { action_type: "restart_service", ...done },
      });
      expect(acted.summary).toContain("- Restarted.");
      for (const { log } of [investigated, acted])
        expect(log).toMatch(/^Audit trail: trace `[^`]+`, \d+ events, head `[0-9a-f]{64}`$/m);
      expect(await marksIn(scene)).toHaveLength(1);
    }));

  test("is not carried out again by whoever acts again, also at once", () =>
    withHalves(async (scene) => {
      const investigated = await investigate(scene);
      scene.review();
      const [one, other] = await Promise.all([act(scene, investigated), act(scene, investigated)]);
      const third = await act(scene, investigated);
      expect([one, other].map(({ outputs }) => outputs.outcome).sort()).toEqual(["acted", "duplicate"]);
      expect([one, other, third].filter(({ log }) => log.includes("RESTARTED"))).toHaveLength(1);
      expect(third.outputs).toMatchObject({ outcome: "duplicate", "action-status": "skipped" });
      expect(third.exitCode).toBe(0);
      expect(third.summary).toContain("/actions/runs/1001");
    }));

  test("that proposes no action has nothing to act on", () =>
    withHalves(async (scene) => {
      const findings = someFindings({ recommendation: "safe_to_proceed" });
      const investigated = await investigate(scene, { command: reporting(findings) });
      expect(investigated.outputs).toMatchObject({ outcome: "investigated", action: "" });
      const acted = await act(scene, investigated);
      expect(acted.outputs).toMatchObject({ outcome: "ignored", "action-status": "skipped" });
      expect(acted.log).not.toContain("RESTARTED");
    }));

  test("may name the action that is wanted, and gives it where the report only advises", () =>
    withHalves(async (scene) => {
      const findings = someFindings({ recommendation: "proceed_with_caution" });
      const inputs = { command: reporting(findings), action: "s3:PutObject" };
      const investigated = await investigate(scene, inputs);
      scene.review();
      expect((await act(scene, investigated)).result).toMatchObject({
        action: "s3:PutObject",
        status: "success",
      });
    }));

  test("is denied to a sender who may not start tasks", () =>
    withHalves(async (scene) => {
      const investigated = await investigate(scene, {}, aStart(scene, "stranger"));
      expect(investigated.outputs).toMatchObject({ outcome: "denied", "report-digest": "", action: "" });
      expect(investigated.log).not.toContain("Investigation");
    }));

  test("comes from an alert, or by the clock", () =>
    withHalves(async (scene) => {
      const payload = repositoryDispatchEvent(scene.github, {
        ...{ repo: REPOSITORY, eventType: "alert-triggered", clientPayload: {} },
        sender: { login: "alerts[bot]", type: "Bot" },
      });
      const alert = { name: "repository_dispatch", payload };
      const [unknown, known, scheduled] = await Promise.all([
        investigate(scene, {}, alert),
        investigate(scene, { "allowed-bots": "alerts[bot]", command: reporting(someFindings()) }, alert),
        investigate(scene, {}, { name: "schedule", payload: { schedule: "17 3 * * *" } }),
      ]);
      expect(unknown.outputs).toMatchObject({ outcome: "denied" });
      expect(known.outputs).toMatchObject({ outcome: "investigated" });
      expect(scheduled.outputs).toMatchObject({ outcome: "investigated" });
    }));
});

/** Why an approved action is not carried out. */
interface Refusal {
  review?: Parameters<Scene["review"]>[0] | null;
  before?: (scene: Scene) => unknown;
  inputs?: Record<string, string>;
  more?: Partial<ActionRun>;
  code?: string;
  status: string;
  words: string;
}

const REFUSALS: [string, Refusal][] = [
  [
    "a person rejects it",
    { review: { state: "rejected", comment: "Not now" }, status: "denied", words: "Not now" },
  ],
  [
    "nobody approves it",
    { review: null, code: "not-approved", status: "denied", words: "Nobody has approved" },
  ],
  [
    "somebody else lets it pass",
    { review: { by: "root" }, code: "not-approved", status: "denied", words: "`root` let the run pass" },
  ],
  [
    "its approver is not on the list",
    {
      inputs: { "allowed-approvers": "hubot" },
      ...{ code: "not-approved", status: "denied", words: "`allowed-approvers`" },
    },
  ],
  [
    "its environment asks nobody",
    {
      before: ({ github }) => github.setEnvironment(REPOSITORY, "agent-approval"),
      ...{ code: "environment-unprotected", status: "denied", words: "has no required reviewers" },
    },
  ],
  [
    "its environment is misspelled",
    {
      inputs: { environment: "agent-aproval" },
      ...{ code: "environment-unprotected", status: "denied", words: "no environment `agent-aproval`" },
    },
  ],
  [
    "the base has moved",
    {
      before: ({ github }) => github.commit(REPOSITORY, "main", { "a.txt": "new" }),
      ...{ code: "base-moved", status: "failed", words: "was investigated" },
    },
  ],
  [
    "it is for another resource",
    {
      inputs: { resource: "deployment/db" },
      code: "report-mismatch",
      status: "failed",
      words: "`deployment/db`",
    },
  ],
  [
    "it is by another context than the event's",
    {
      inputs: { "action-context": '{"replicas": 3}' },
      ...{ code: "report-mismatch", status: "failed", words: "this run was started with" },
    },
  ],
  [
    "another action is wanted",
    {
      inputs: { action: "scale_service" },
      ...{ code: "report-mismatch", status: "failed", words: "`scale_service` is wanted" },
    },
  ],
  [
    "it is another attempt",
    { more: { runAttempt: 2 }, code: "report-mismatch", status: "failed", words: "attempt" },
  ],
  [
    "the policy has changed its mind",
    {
      before: ({ github }) =>
        github.commit(REPOSITORY, "main", { [POLICY_PATH]: "name: t\nversion: 1\ndenied_actions: ['*']\n" }),
      inputs: POLICY,
      ...{ status: "denied", words: "the policy denies `restart_service`" },
    },
  ],
];

describe("an action that was investigated is not carried out where", () => {
  test.each(REFUSALS)("%s", (_what, refusal) =>
    withHalves(async (scene) => {
      const investigated = await investigate(scene);
      await refusal.before?.(scene);
      if (refusal.review !== null) scene.review(refusal.review);
      const acted = await act(scene, investigated, refusal.inputs, refusal.more);
      expect(acted.outputs).toMatchObject({ "action-status": refusal.status });
      expect(acted.outputs).toMatchObject(
        refusal.code
          ? { outcome: "failed", "failure-code": refusal.code }
          : { outcome: "denied", "failure-code": "not-permitted" },
      );
      expect(acted.summary).toContain(refusal.words);
      expect(acted.log).not.toContain("RESTARTED");
      expect(acted.result).toMatchObject({ status: refusal.status, latency_ms: 0 });
      expect(await marksIn(scene)).toEqual([]);
    }));
});

describe("a policy", () => {
  test("spares the approval of what it is sure of, and is asked again before it happens", () =>
    withHalves(async (scene) => {
      await setPolicy(scene, ALLOWED, LOW);
      const investigated = await investigate(scene, POLICY);
      expect(investigated.outputs).toMatchObject({
        "auto-approved": "true",
        "approval-reason": "A rule of `auto_approve` covers it.",
      });
      const acted = await act(scene, investigated, POLICY);
      expect(acted.outputs).toMatchObject({ outcome: "acted", "approved-by": "policy" });
      // Without the policy, nobody has approved it.
      const other = await act(scene, await investigate(scene, POLICY));
      expect(other.outputs).toMatchObject({ "failure-code": "not-approved" });
    }));

  test("leaves to a person what it is not sure of, and says why", () =>
    withHalves(async (scene) => {
      await setPolicy(scene, "allowed_actions: [{ type: '*', conditions: nobody is deploying }]", LOW);
      const investigated = await investigate(scene, POLICY);
      expect(investigated.outputs["auto-approved"]).toBe("false");
      expect(investigated.outputs["approval-reason"]).toContain("“nobody is deploying”");
      expect(investigated.summary).toContain("“nobody is deploying”");
      scene.review();
      expect((await act(scene, investigated, POLICY)).outputs["approved-by"]).toBe(APPROVER);
    }));

  test("that denies an action spares everybody the question", () =>
    withHalves(async (scene) => {
      await setPolicy(scene, ALLOWED, "denied_actions: [{ type: restart_*, reason: Release week. }]");
      const { outputs, summary, exitCode } = await investigate(scene, POLICY);
      expect(outputs).toMatchObject({ outcome: "denied", action: "", "auto-approved": "false" });
      expect(summary).toContain("Release week.");
      expect(exitCode).toBe(0);
    }));

  test("counts what was begun, and denies what would be too often", () =>
    withHalves(async (scene) => {
      await setPolicy(scene, ALLOWED, LOW, "rate_limits: { restart_service: 1/hour }");
      const [first, second] = [await investigate(scene, POLICY), await investigateAside(scene)];
      expect((await act(scene, first, POLICY)).outputs.outcome).toBe("acted");
      const late = await investigate(scene, POLICY);
      expect(late.outputs).toMatchObject({ outcome: "denied", action: "" });
      expect(late.summary).toContain("1 times within a hour");
      writeFileSync(artifactOf(scene, "report-file"), second.report);
      const acted = await act(scene, second.end, POLICY);
      expect(acted.outputs).toMatchObject({ outcome: "denied", "action-status": "denied" });
      expect(await marksIn(scene)).toHaveLength(1);
    }));

  test("that cannot be applied fails before anybody is asked", () =>
    withHalves(async (scene) => {
      await setPolicy(scene, "rate_limits: { max_actions_per_hour: 10 }");
      const { outputs, log } = await investigate(scene, POLICY);
      expect(outputs).toMatchObject({ outcome: "failed", "failure-code": "invalid-policy", action: "" });
      expect(log).toContain("`rate_limits.max_actions_per_hour`");
    }));
});

/** Another investigation of the same run, whose report is kept aside. */
async function investigateAside(scene: Scene): Promise<{ end: ActionEnd; report: Buffer }> {
  const path = artifactOf(scene, "report-file");
  const kept = readFileSync(path);
  // GitHub's clock counts seconds: within one, two reports of one trace are the same.
  const end = await investigate(scene, { ...POLICY, "trace-id": "incident-8" });
  const report = readFileSync(path);
  writeFileSync(path, kept);
  return { end, report };
}

describe("a bad report", () => {
  test.each([
    ["is no JSON", 'echo nonsense > "$AGENT_REPORT_FILE"', "does not hold JSON"],
    ["is missing", "true", "The command wrote nothing to `AGENT_REPORT_FILE`"],
    ["lacks a field", reporting({ ...someFindings(), risk_level: undefined }), "Field `risk_level`"],
    ["is too sure", reporting({ ...someFindings(), confidence: 1.7 }), "Field `confidence`"],
    [
      "has 50 MB",
      'head -c 50000000 /dev/zero > "$AGENT_REPORT_FILE"',
      "The file that `AGENT_REPORT_FILE` names has 50000000 bytes; at most 1048576 are read",
    ],
    ["is a link", 'ln -s /etc/hostname "$AGENT_REPORT_FILE"', "is not a regular file"],
  ])("that %s fails before the gate, and says what is wrong", (_what, command, words) =>
    withHalves(async (scene) => {
      const { outputs, log, exitCode } = await investigate(scene, { command });
      expect(outputs).toMatchObject({
        ...{ outcome: "failed", "failure-code": "invalid-report", "report-digest": "", action: "" },
      });
      expect(log).toMatch(new RegExp(`^::error::.*${words}`, "m"));
      expect(exitCode).toBe(1);
    }));

  test("is none where the command itself failed", () =>
    withHalves(async (scene) => {
      const command = `${reporting(someFindings())}\nexit 3`;
      const { outputs } = await investigate(scene, { command });
      expect(outputs).toMatchObject({ outcome: "failed", "failure-code": "command-failed", action: "" });
    }));
});

describe("a command that does not end well", () => {
  test.each([
    ["fails", "echo HALF-WAY; exit 3", {}, "Its exit status was 3"],
    ["takes too long", "echo HALF-WAY; sleep 60", { "timeout-minutes": "0.03" }, "`timeout-minutes`"],
  ])("and %s is told as it is, and is not run again", (_what, command, inputs, words) =>
    withHalves(async (scene) => {
      const investigated = await investigate(scene);
      scene.review();
      const done = 'echo \'{"changes_made": ["Stopped pod 1."]}\' > "$AGENT_RESULT_FILE"';
      const acted = await act(scene, investigated, { command: `${done}\n${command}`, ...inputs });
      expect(acted.exitCode).toBe(1);
      expect(acted.outputs).toMatchObject({ outcome: "failed", "failure-code": "action-failed" });
      expect(acted.result).toMatchObject({
        status: "failed",
        details: { affected_resources: [RESOURCE], changes_made: ["Stopped pod 1."] },
      });
      expect(acted.summary).toContain(words);
      expect(acted.summary).toContain("HALF-WAY");
      expect((await act(scene, investigated)).outputs.outcome).toBe("duplicate");
    }));

  test("and is cancelled says so", () =>
    withHalves(async (scene) => {
      const investigated = await investigate(scene);
      scene.review();
      let stop = () => {};
      const acted = await act(
        scene,
        investigated,
        { command: "echo UNDER-WAY; sleep 60" },
        {
          onStart: (main) => {
            stop = () => main.kill("SIGINT");
          },
          onOutput: (text) => {
            if (text.includes("UNDER-WAY")) stop();
          },
        },
      );
      expect(acted.outputs).toMatchObject({ outcome: "cancelled", "action-status": "failed" });
      expect(acted.result).toMatchObject({ status: "failed", action: "restart_service" });
      expect(await marksIn(scene)).toHaveLength(1);
    }));

  test("and is killed tells no issue, and is not run again", () =>
    withHalves(async (scene) => {
      const investigated = await investigate(scene);
      scene.review();
      let stop = () => {};
      const inputs = { resource: RESOURCE, command: "echo UNDER-WAY; sleep 60", "patch-file": "" };
      const killed = await scene.act(aStart(scene), investigated, inputs, {
        onStart: (main) => {
          stop = () => main.kill("SIGKILL");
        },
        onOutput: (text) => {
          if (text.includes("UNDER-WAY")) stop();
        },
      });
      expect([killed.signal, killed.post?.exitCode]).toEqual(["SIGKILL", 0]);
      expect(killed.post?.log).not.toContain("::warning::");
      expect((await act(scene, investigated)).outputs.outcome).toBe("duplicate");
    }));

  test("but leaves a result that cannot be read was carried out all the same", () =>
    withHalves(async (scene) => {
      const investigated = await investigate(scene);
      scene.review();
      const acted = await act(scene, investigated, { command: 'echo nonsense > "$AGENT_RESULT_FILE"' });
      expect(acted.outputs).toMatchObject({ outcome: "acted", "action-status": "success" });
      expect(acted.summary).toContain("`AGENT_RESULT_FILE` does not hold JSON");
    }));
});

describe("an investigation's audit sink", () => {
  test("gets in the post step what it refused before, and nothing is written to GitHub", () =>
    withHalves(async (scene) => {
      let isOpen = false;
      const sink = await startAuditSink(() => (isOpen ? "store" : "refuse"));
      try {
        const end = await investigate(scene, { "audit-url": sink.url }, aStart(scene), {
          onOutput: (text) => {
            isOpen ||= text.includes("Audit trail: trace");
          },
        });
        expect(end.log).toMatch(/(\d+) events, \1 of them not delivered yet/);
        expect(end.post?.log).toMatch(/^\d+ audit events were sent again\.$/m);
        expect(sink.stored.size).toBe(
          readFileSync(end.outputs["audit-file"] ?? "", "utf8")
            .trimEnd()
            .split("\n").length,
        );
        assertOnlyRead(scene.github);
      } finally {
        await sink.close();
      }
    }));
});

describe("inputs that do not fit", () => {
  test("end an operation as one, by its own name", () =>
    withHalves(async (scene) => {
      const investigated = await investigate(scene);
      const acted = await act(scene, investigated, { "approval-result": "maybe" });
      expect(acted.outputs).toMatchObject({ outcome: "failed", "failure-code": "invalid-input" });
      expect(ACTION_RESULT.parse(acted.result)).toMatchObject({
        ...{ resource: RESOURCE, action: null, status: "failed" },
      });
    }));
});

describe("an operation's command", () => {
  test("sees no token, and what `pass-env` names", () =>
    withHalves(async (scene) => {
      const command = `env\n${reporting(someFindings())}`;
      const environment = { MODEL_KEY: "k-1", OTHER_KEY: "k-2" };
      const { log, outputs } = await scene.investigate(
        aStart(scene),
        { resource: RESOURCE, command, "pass-env": "MODEL_KEY" },
        { environment },
      );
      expect(outputs.outcome).toBe("investigated");
      expect(log).toContain("MODEL_KEY=");
      expect(log).not.toMatch(/OTHER_KEY=|INPUT_|GITHUB_OUTPUT=|ghs_/);
    }));
});
