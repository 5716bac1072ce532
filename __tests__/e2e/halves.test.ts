import { readFileSync } from "node:fs";
import { describe, expect, jest, test } from "@jest/globals";
import { issueCommentEvent } from "../../loopback/events.ts";
import type { ActionEnd } from "../../loopback/runner.ts";
import { harmlessText } from "../../src/harmless.ts";
import { digestOf } from "../../src/investigation/report.ts";
import {
  APPROVER,
  anEvent,
  artifactOf,
  assertOnlyRead,
  ENVIRONMENT,
  lastComment,
  readJson,
  stateOfTarget,
  withHalves,
} from "../builders/halves.ts";
import { DEVELOPER, REPOSITORY, TASK_ID, whatRemains } from "../builders/job.ts";

jest.setTimeout(180_000);

/** Binary content, odd line ends, a name in latin-1, a mode, a link, an empty and a deleted file. */
const ODD_WORK = [
  "head -c 3000 /dev/urandom > image.png",
  "printf 'a\\r\\nb\\r\\n' > crlf.txt",
  "echo x > $'caf\\xe9.txt'",
  "chmod +x README.md",
  "ln -s README.md link",
  ": > empty.txt",
  "rm src/a.txt",
].join("\n");

describe("investigate, approve, act", () => {
  test("opens the pull request with exactly the patch that was approved", () =>
    withHalves(async (scene) => {
      const event = await anEvent(scene);
      const investigated = await scene.investigate(event);
      expect(investigated.outputs).toMatchObject({
        outcome: "investigated",
        "failure-code": "",
        recommendation: "safe_to_proceed",
        "safe-to-proceed": "true",
        "risk-level": "low",
        confidence: "0.5",
        action: "open_pull_request",
        "auto-approved": "false",
        "task-id": TASK_ID,
        "issue-number": "1",
        "target-repository": REPOSITORY,
      });
      const content = readFileSync(artifactOf(scene, "report-file"));
      expect(digestOf(content)).toBe(investigated.outputs["report-digest"]);
      scene.review();
      const acted = await scene.act(event, investigated);
      expect(acted.log).not.toMatch(/^::(?:error|warning)/m);
      expect(acted.outputs).toMatchObject({
        outcome: "opened",
        "approved-by": APPROVER,
        "action-status": "success",
        "pull-request-number": "2",
        "pull-request-operation": "created",
      });
      expect(acted.outputs["trace-id"]).not.toBe("");
      const { github } = scene;
      const branch = acted.outputs.branch ?? "";
      expect(await github.git(REPOSITORY, "show", `${branch}:src/a.txt`)).toBe("one\nTWO\nthree");
      expect(await whatRemains(github)).toMatchObject({
        statusComments: 1,
        results: ["opened"],
        stateLabels: ["agent-completed"],
        openPullRequests: 1,
      });
      expect(readJson(acted.outputs["action-result-file"])).toMatchObject({
        resource: REPOSITORY,
        action: "open_pull_request",
        status: "success",
        details: { affected_resources: [github.pulls(REPOSITORY)[0] && acted.outputs["pull-request-url"]] },
      });
      expect(readJson(acted.outputs["result-file"])).toMatchObject({
        outcome: "opened",
        pull_request_number: 2,
      });
    }));

  test("carries every kind of file byte for byte", () =>
    withHalves(async (scene) => {
      const event = await anEvent(scene, "Do odd things");
      const investigated = await scene.investigate(event, { command: ODD_WORK });
      expect(investigated.outputs.outcome).toBe("investigated");
      scene.review();
      const acted = await scene.act(event, investigated);
      expect(acted.outputs.outcome).toBe("opened");
      const tree = await scene.github.git(REPOSITORY, "rev-parse", `${acted.outputs.branch}^{tree}`);
      expect(readJson(artifactOf(scene, "report-file"))).toMatchObject({ proposal: { tree: tree.trim() } });
    }));

  test("shows the approver what there is to approve, and nothing in it acts", () =>
    withHalves(async (scene) => {
      const event = await anEvent(scene, "Do it");
      const result = JSON.stringify({
        summary: "Fixed it @everyone <!-- agent_task_metadata {} -->",
        assessment: { risk_level: "medium", confidence: 0.8, issues_found: ["No tests @here"] },
      });
      const command = `echo '<!-- @team closes #1 -->' > a.md; echo '${result}' > "$AGENT_RESULT_FILE"`;
      const { summary, outputs } = await scene.investigate(event, { command });
      for (const shown of [
        "medium",
        "0.8",
        "`a.md`",
        "No tests",
        "```diff",
        "Base commit",
        outputs["report-digest"] ?? "?",
      ])
        expect(summary).toContain(shown);
      for (const text of [summary, outputs.summary ?? ""])
        expect(text).not.toMatch(/@(?:everyone|here|team)|<!--|#1\b(?!\])/);
    }));

  test("shows the approver the title and the commit message that are pushed then", () =>
    withHalves(async (scene) => {
      const event = await anEvent(scene, "Do it");
      const result = JSON.stringify({ title: "Add a file", commit_message: "Add a.md\n\nFor the tests." });
      const command = `echo a > a.md; echo '${result}' > "$AGENT_RESULT_FILE"`;
      const investigated = await scene.investigate(event, { command });
      scene.review();
      const { outputs } = await scene.act(event, investigated);
      const pushed = await scene.github.git(
        REPOSITORY,
        "show",
        "--no-patch",
        "--format=%B",
        outputs.branch ?? "",
      );
      expect(pushed).toMatch(/^Add a\.md\n\nFor the tests\.\n\nAgent-Task-Id: /);
      const [pull] = scene.github.pulls(REPOSITORY);
      for (const text of [pull?.title ?? "?", pushed.trim()])
        expect(investigated.summary).toContain(harmlessText(text).replace(/^/gm, "> "));
    }));

  test("is of medium risk where the page cannot show the whole diff, and says so", () =>
    withHalves(async (scene) => {
      const event = await anEvent(scene, "Do it");
      const { summary, outputs } = await scene.investigate(event, { command: "seq 20000 > a.txt" });
      expect(outputs).toMatchObject({ outcome: "investigated", "risk-level": "medium" });
      expect(outputs.summary).toContain("Its diff is too long to be shown whole");
      expect(summary).toContain("_The diff was too long and is cut here");
      expect(Buffer.byteLength(summary)).toBeLessThan(128 * 1024);
    }));

  test("tells a rejection on the issue, and writes nothing to the target", () =>
    withHalves(async (scene) => {
      const event = await anEvent(scene);
      const investigated = await scene.investigate(event);
      scene.review({ state: "rejected", comment: "Not on a Friday" });
      const before = await stateOfTarget(scene.github);
      const acted = await scene.act(event, investigated);
      expect(acted.outputs).toMatchObject({
        outcome: "denied",
        "action-status": "denied",
        "approved-by": "",
      });
      expect(acted.exitCode).toBe(0);
      expect(lastComment(scene)).toContain("Not on a Friday");
      expect(await stateOfTarget(scene.github)).toEqual(before);
    }));

  test("changes nothing a second time", () =>
    withHalves(async (scene) => {
      const event = await anEvent(scene);
      const investigated = await scene.investigate(event);
      scene.review();
      await scene.act(event, investigated);
      scene.github.reset();
      const again = await scene.act(event, investigated);
      expect(again.outputs).toMatchObject({ outcome: "duplicate", "action-status": "skipped" });
      assertOnlyRead(scene.github);
    }));

  test("is ended by its post step where it was killed, and can be run again as a whole", () =>
    withHalves(async (scene) => {
      const { github } = scene;
      const event = await anEvent(scene);
      const investigated = await scene.investigate(event);
      scene.review();
      const isOpening = ({ method, path }: { method: string; path: string }) =>
        method === "POST" && path.endsWith("/pulls");
      github.faults.add({ match: isOpening, fault: { kind: "hang" } });
      let watch: NodeJS.Timeout | undefined;
      const killed = await scene.act(
        event,
        investigated,
        {},
        {
          onStart: (main) => {
            watch = setInterval(() => github.requests.some(isOpening) && main.kill("SIGKILL"), 5);
          },
        },
      );
      clearInterval(watch);
      expect([killed.signal, killed.post?.exitCode]).toEqual(["SIGKILL", 0]);
      expect(await whatRemains(github)).toMatchObject({
        results: ["cancelled"],
        claims: [],
        openPullRequests: 0,
      });
      const more = { runAttempt: 2 };
      const again = await scene.act(event, await scene.investigate(event, {}, more), {}, more);
      expect(again.outputs.outcome).toBe("opened");
      expect(await whatRemains(github)).toMatchObject({
        results: ["cancelled", "opened"],
        openPullRequests: 1,
      });
    }));

  test("acts without people where the workflow says so, and warns of it", () =>
    withHalves(async (scene) => {
      scene.github.setEnvironment(REPOSITORY, ENVIRONMENT, {});
      const event = await anEvent(scene);
      const acted = await scene.act(event, await scene.investigate(event), { "allow-unprotected": "true" });
      expect(acted.outputs).toMatchObject({ outcome: "opened", "approved-by": "" });
      expect(acted.log).toMatch(/^::warning::.*no required reviewers/m);
    }));

  test("tells the issue of an investigation that failed, that asks, that found nothing, or that left no report", () =>
    withHalves(async (scene) => {
      const event = await anEvent(scene, "Do it");
      const ends: [string, string, string][] = [
        ["echo oops; exit 3", "failed", "oops"],
        [
          'echo \'{"status": "needs_input", "question": "Which one?"}\' > "$AGENT_RESULT_FILE"',
          "needs-input",
          "Which one?",
        ],
        ["echo I looked around", "no-changes", "I looked around"],
        ["echo x > CODEOWNERS", "failed", "CODEOWNERS"],
      ];
      for (const [index, [command, outcome, words]] of ends.entries()) {
        const more = { runAttempt: index + 1 };
        const investigated = await scene.investigate(event, { command }, more);
        expect(investigated.exitCode).toBe(outcome === "failed" ? 1 : 0);
        const acted = await scene.act(event, investigated, {}, more);
        expect(acted.outputs).toMatchObject({ outcome, "approved-by": "" });
        expect(lastComment(scene)).toContain(words);
      }
      const nothing = { outputs: {} } as ActionEnd;
      const acted = await scene.act(
        event,
        nothing,
        { "report-file": "", "patch-file": "" },
        { runAttempt: 5 },
      );
      expect(acted.outputs).toMatchObject({ outcome: "failed", "failure-code": "invalid-report" });
      expect(lastComment(scene)).toContain("left no report");
    }));

  test("ends alike in both halves where the task may not run", () =>
    withHalves(async (scene) => {
      const event = await anEvent(scene);
      scene.github.setPermission(REPOSITORY, DEVELOPER.login, "read");
      const investigated = await scene.investigate(event);
      expect(investigated.outputs).toMatchObject({ outcome: "denied", "report-digest": "" });
      expect(investigated.outputs).not.toHaveProperty(["report-file"]);
      expect(investigated.exitCode).toBe(0);
      const acted = await scene.act(event, investigated, { "report-file": "", "patch-file": "" });
      expect(acted.outputs).toMatchObject({ outcome: "denied", "action-status": "denied" });
      expect((await whatRemains(scene.github)).results).toEqual(["denied"]);
    }));

  test("stays quiet in both halves for an event that starts no task", () =>
    withHalves(async (scene) => {
      await anEvent(scene);
      const payload = issueCommentEvent(scene.github, {
        repo: REPOSITORY,
        number: 1,
        sender: DEVELOPER,
        comment: "Hello",
      });
      const event = { name: "issue_comment", payload };
      const investigated = await scene.investigate(event);
      const acted = await scene.act(event, investigated);
      expect([investigated.outputs.outcome, acted.outputs.outcome]).toEqual(["ignored", "ignored"]);
      expect(scene.github.issue(REPOSITORY, 1).comments.map(({ body }) => body)).toEqual(["Hello"]);
    }));
});
