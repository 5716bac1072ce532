import { describe, expect, jest, test } from "@jest/globals";
import { issueCommentEvent, repositoryDispatchEvent, workflowDispatchEvent } from "../../loopback/events.ts";
import type { LoopbackGitHub } from "../../loopback/github.ts";
import {
  aBody,
  aLabelledEvent,
  aLabelledIssue,
  DEVELOPER,
  ONE_LINE_DIFF,
  REPOSITORY,
  runJob,
  TASK_ID,
  whatRemains,
  withGitHub,
} from "../builders/job.ts";
import { isWrite } from "../builders/writes.ts";

jest.setTimeout(120_000);

function lastComment(github: LoopbackGitHub): string {
  return github.issue(REPOSITORY, 1).comments.at(-1)?.body ?? "";
}

describe("a labelled issue with a diff", () => {
  test("becomes a pull request that a backend finds again, in at most ten calls of which three create content", () =>
    withGitHub(async (github) => {
      const event = await aLabelledIssue(github, ONE_LINE_DIFF);
      const end = await runJob(github, event);
      expect(end.exitCode).toBe(0);
      expect(end.outputs).toMatchObject({
        outcome: "opened",
        "failure-code": "",
        "task-id": TASK_ID,
        "issue-number": "1",
        "target-repository": REPOSITORY,
        "pull-request-number": "2",
        "pull-request-operation": "created",
      });
      const [pull] = github.pulls(REPOSITORY);
      expect(pull?.body).toMatch(
        new RegExp(`^<!-- agent_task_metadata {"task_id": "${TASK_ID}"} -->\\n\\nFixes #1\\n`),
      );
      expect(pull?.head.ref).toMatch(/^agent-task-1-[0-9a-f]{8}$/);
      expect(pull?.head.oid).toBe(end.outputs["commit-sha"]);
      const api = github.requests.filter(({ kind }) => kind === "api");
      expect(api.length).toBeLessThanOrEqual(10);
      expect(api.filter(({ method }) => method === "POST").map(({ path }) => path.split("/").at(-1))).toEqual(
        ["comments", "labels", "pulls", "comments"],
      );
      const message = await github.git(REPOSITORY, "log", "-1", "--format=%B", pull?.head.ref ?? "");
      expect(message.trim().split("\n\n").at(-1)).toBe(
        `Agent-Task-Id: ${TASK_ID}\nAgent-Dispatch-Issue: ${REPOSITORY}#1`,
      );
      expect(await github.git(REPOSITORY, "show", `${pull?.head.ref}:src/a.txt`)).toBe("one\nTWO\nthree");
    }));

  test("is told on the issue: one status comment, one result, one label, a job summary", () =>
    withGitHub(async (github) => {
      const end = await runJob(github, await aLabelledIssue(github, ONE_LINE_DIFF));
      expect(await whatRemains(github)).toMatchObject({
        statusComments: 1,
        results: ["opened"],
        stateLabels: ["agent-completed"],
        openPullRequests: 1,
      });
      expect(end.summary).toContain("src/a.txt | 2 +-");
      expect(end.log).not.toMatch(/^::(?:error|warning)/m);
    }));

  test("that comes a second time is a duplicate, and writes nothing", () =>
    withGitHub(async (github) => {
      const event = await aLabelledIssue(github, ONE_LINE_DIFF);
      await runJob(github, event);
      github.reset();
      const end = await runJob(github, event, { runId: "1002" });
      expect(end.outputs.outcome).toBe("duplicate");
      expect(github.requests.filter((request) => request.kind === "git" || isWrite(request))).toEqual([]);
    }));

  test("that is run again updates the pull request, on the same branch", () =>
    withGitHub(async (github) => {
      const event = await aLabelledIssue(github, ONE_LINE_DIFF);
      await runJob(github, event);
      const end = await runJob(github, event, { runAttempt: 2 });
      expect(end.outputs).toMatchObject({ outcome: "updated", "pull-request-operation": "updated" });
      expect(await whatRemains(github)).toMatchObject({
        statusComments: 1,
        results: ["opened", "updated"],
        openPullRequests: 1,
      });
    }));

  test("keeps what somebody else pushed to the task's branch, and builds upon it", () =>
    withGitHub(async (github) => {
      const event = await aLabelledIssue(github, "Add a line");
      const job = { inputs: { command: "echo mine >> mine.txt" } };
      const first = await runJob(github, event, job);
      const branch = first.outputs.branch ?? "";
      await github.commit(REPOSITORY, branch, { "theirs.txt": "theirs\n" });
      const second = await runJob(github, event, { ...job, runAttempt: 2 });
      expect(second.outputs.outcome).toBe("updated");
      expect(await github.git(REPOSITORY, "show", `${branch}:theirs.txt`)).toBe("theirs");
      expect(await github.git(REPOSITORY, "show", `${branch}:mine.txt`)).toBe("mine\nmine");
    }));
});

describe("the other ways to start a task", () => {
  test("/agent run on a dispatch issue", () =>
    withGitHub(async (github) => {
      await aLabelledIssue(github, ONE_LINE_DIFF);
      const payload = issueCommentEvent(github, {
        repo: REPOSITORY,
        number: 1,
        sender: DEVELOPER,
        comment: "/agent run",
      });
      const end = await runJob(github, { name: "issue_comment", payload });
      expect(end.outputs.outcome).toBe("opened");
    }));

  test("a manual run that names the issue", () =>
    withGitHub(async (github) => {
      await aLabelledIssue(github, ONE_LINE_DIFF);
      const payload = workflowDispatchEvent(github, {
        repo: REPOSITORY,
        sender: DEVELOPER,
        inputs: { issue_number: "1" },
      });
      const end = await runJob(github, { name: "workflow_dispatch", payload });
      expect(end.outputs.outcome).toBe("opened");
    }));

  test("a whole task in a repository_dispatch gets an issue of its own", () =>
    withGitHub(async (github) => {
      const payload = repositoryDispatchEvent(github, {
        repo: REPOSITORY,
        sender: DEVELOPER,
        eventType: "agent-task",
        clientPayload: { task_id: "task-9", instruction: ONE_LINE_DIFF, title: "From outside" },
      });
      const end = await runJob(github, { name: "repository_dispatch", payload });
      expect(end.outputs).toMatchObject({ outcome: "opened", "task-id": "task-9", "issue-number": "1" });
      expect(github.issue(REPOSITORY, 1)).toMatchObject({ title: "From outside" });
    }));
});

describe("a command", () => {
  test.each([
    ["exits with an error", "echo oops; exit 3", "failed", "command-failed", "oops"],
    ["takes too long", "sleep 30", "failed", "timeout", "0.01 minutes"],
    [
      "says that it failed",
      'echo \'{"status": "failed", "summary": "no luck"}\' > "$AGENT_RESULT_FILE"',
      "failed",
      "step-failed",
      "no luck",
    ],
    [
      "leaves a broken result file",
      'echo "{" > "$AGENT_RESULT_FILE"',
      "failed",
      "invalid-result",
      "AGENT_RESULT_FILE",
    ],
    [
      "asks",
      'echo \'{"status": "needs_input", "question": "Which one?"}\' > "$AGENT_RESULT_FILE"',
      "needs-input",
      "",
      "Which one?",
    ],
    ["does nothing", "echo I looked around", "no-changes", "", "I looked around"],
    ["touches protected files", "echo x > CODEOWNERS", "failed", "protected-path", "CODEOWNERS"],
    ["changes too much", "seq 200 | while read n; do echo x > f$n; done", "failed", "too-large", "max-files"],
  ])("that %s is told so", (_, command, outcome, code, words) =>
    withGitHub(async (github) => {
      const event = await aLabelledIssue(github, "Do it");
      const end = await runJob(github, event, { inputs: { command, "timeout-minutes": "0.01" } });
      expect(end.outputs).toMatchObject({ outcome, "failure-code": code });
      expect(end.exitCode).toBe(outcome === "failed" ? 1 : 0);
      expect(end.log.match(/^::error/gm) ?? []).toHaveLength(outcome === "failed" ? 1 : 0);
      expect(lastComment(github)).toContain(words);
      expect((await whatRemains(github)).results).toEqual([outcome]);
    }));

  test("gets the files and variables of the contract, and the instruction on standard input", () =>
    withGitHub(async (github) => {
      const command = [
        'cat > stdin.txt; cp "$AGENT_INSTRUCTION_FILE" file.txt; cp "$AGENT_TASK_FILE" task.json',
        'echo "$AGENT_TASK_ID $AGENT_TARGET_REPOSITORY $AGENT_ISSUE_NUMBER $AGENT_BASE_REF $AGENT_ATTEMPT" > vars.txt',
        "env | grep -E '^(INPUT_|ACTIONS_|GITHUB_(TOKEN|OUTPUT|ENV|PATH|STATE|STEP_SUMMARY))' > leaked.txt || true",
      ].join("\n");
      const end = await runJob(github, await aLabelledIssue(github, "Do *it*\nnow"), { inputs: { command } });
      const show = (file: string) => github.git(REPOSITORY, "show", `${end.outputs.branch}:${file}`);
      expect(await show("stdin.txt")).toBe("Do *it*\nnow");
      expect(await show("file.txt")).toBe("Do *it*\nnow");
      expect(await show("vars.txt")).toBe(`${TASK_ID} ${REPOSITORY} 1 main 1`);
      expect(await show("leaked.txt")).toBe("");
      expect(JSON.parse(await show("task.json"))).toMatchObject({
        task_id: TASK_ID,
        user_id: "user-123",
        issue: { repository: REPOSITORY, number: 1 },
        target: { repository: REPOSITORY, base: "main", pull_request: null },
        attempt: 1,
        metadata: { provider: "github_issue_dispatch" },
      });
    }));

  test("that was cut off leaves its work in a bundle and a patch", () =>
    withGitHub(async (github) => {
      const event = await aLabelledIssue(github, "Do it");
      const inputs = { command: "echo half >> src/a.txt; sleep 30", "timeout-minutes": "0.01" };
      const end = await runJob(github, event, { inputs });
      expect(end.outputs["work-folder"]).toMatch(/agent-runner-work-/);
      expect(lastComment(github)).toContain("git fetch work.bundle");
    }));
});

describe("what is not run", () => {
  test("a body that does not parse is refused with the field and an example, before anything is cloned", () =>
    withGitHub(async (github) => {
      await github.createIssue(REPOSITORY, {
        title: "Broken",
        body: '<!-- agent_task_metadata {"task_id": "no spaces please"} -->',
        author: DEVELOPER,
      });
      const end = await runJob(github, aLabelledEvent(github, 1));
      expect(end.outputs).toMatchObject({ outcome: "failed", "failure-code": "invalid-task" });
      expect(lastComment(github)).toMatch(/task_id[\s\S]*A task that would be understood/);
      expect(github.requests.filter(({ kind }) => kind === "git")).toEqual([]);
    }));

  test("somebody without write permission is denied, once", () =>
    withGitHub(async (github) => {
      const event = await aLabelledIssue(github, ONE_LINE_DIFF);
      github.setPermission(REPOSITORY, DEVELOPER.login, "read");
      const first = await runJob(github, event);
      const second = await runJob(github, event, { runAttempt: 2 });
      expect([first.outputs.outcome, second.outputs.outcome]).toEqual(["denied", "denied"]);
      expect((await whatRemains(github)).results).toEqual(["denied"]);
    }));

  test("a label taken off while the command runs cancels before the push", () =>
    withGitHub(async (github) => {
      const event = await aLabelledIssue(github, "Do it");
      const end = await runJob(github, event, {
        inputs: { command: "echo x >> src/a.txt; echo at-work; sleep 1" },
        onOutput: (text) => {
          if (text.includes("at-work")) github.removeLabel(REPOSITORY, 1, "copilot-agent");
        },
      });
      expect(end.outputs.outcome).toBe("cancelled");
      expect(await whatRemains(github)).toMatchObject({
        branches: [],
        openPullRequests: 0,
        results: ["cancelled"],
      });
    }));

  test("a dry run writes nothing, and shows what it would have written", () =>
    withGitHub(async (github) => {
      const event = await aLabelledIssue(github, ONE_LINE_DIFF);
      const end = await runJob(github, event, { inputs: { "dry-run": "true" } });
      expect(end.exitCode).toBe(0);
      expect(end.summary).toContain("+TWO");
      expect(end.summary).toContain("agent_task_metadata");
      expect(github.requests.filter(isWrite)).toEqual([]);
    }));

  test("an input that does not fit fails before anything is fetched, naming it, and the issue is told", () =>
    withGitHub(async (github) => {
      const event = await aLabelledIssue(github, ONE_LINE_DIFF);
      const end = await runJob(github, event, { inputs: { "max-files": "many" } });
      expect(end.outputs).toMatchObject({ outcome: "failed", "failure-code": "invalid-input" });
      expect(end.log).toMatch(/::error::.*max-files.*many/);
      expect(github.requests.filter(({ kind }) => kind !== "api")).toEqual([]);
      expect(lastComment(github)).toContain("`max-files`");
      expect(await whatRemains(github)).toMatchObject({ results: ["failed"], stateLabels: ["agent-failed"] });
      const again = await runJob(github, event, { runId: "1002" });
      expect(again.outputs.outcome).toBe("duplicate");
    }));

  test("an input that does not fit is told to nobody who may not start tasks, and changes nothing", () =>
    withGitHub(async (github) => {
      const event = await aLabelledIssue(github, ONE_LINE_DIFF);
      github.setPermission(REPOSITORY, DEVELOPER.login, "read");
      const end = await runJob(github, event, { inputs: { processor: "nope" } });
      expect(end.outputs["failure-code"]).toBe("processor-not-found");
      expect(github.requests.filter(isWrite)).toEqual([]);
    }));

  test("an event file that holds no JSON is told so, without a stack", () =>
    withGitHub(async (github) => {
      const event = await aLabelledIssue(github, ONE_LINE_DIFF);
      const end = await runJob(github, event, { environment: { GITHUB_EVENT_PATH: "/dev/null" } });
      expect(end.outputs["failure-code"]).toBe("invalid-event");
      expect(end.log).not.toMatch(/^\s+at /m);
    }));

  test.each(["GITHUB_REPOSITORY", "GITHUB_RUN_ID"])("a run without %s is told so, without a stack", (name) =>
    withGitHub(async (github) => {
      const event = await aLabelledIssue(github, ONE_LINE_DIFF);
      const end = await runJob(github, event, { environment: { [name]: "" } });
      expect(end.exitCode).toBe(1);
      expect(end.log).toMatch(new RegExp(`^::error::.*\\b${name}\\b`, "m"));
      expect(end.log).not.toMatch(/^\s+at /m);
    }));

  test("variables that are set to nothing count as not set", () =>
    withGitHub(async (github) => {
      const event = await aLabelledIssue(github, ONE_LINE_DIFF);
      const environment = {
        GITHUB_RUN_ATTEMPT: "",
        RUNNER_TEMP: "",
        GITHUB_OUTPUT: "",
        GITHUB_STEP_SUMMARY: "",
      };
      expect((await runJob(github, event, { environment, post: false })).exitCode).toBe(0);
      expect(await whatRemains(github)).toMatchObject({ results: ["opened"], openPullRequests: 1 });
    }));

  test("an input is named as it was written, also where it would mention somebody on a page", () =>
    withGitHub(async (github) => {
      const event = await aLabelledIssue(github, ONE_LINE_DIFF);
      const end = await runJob(github, event, { inputs: { "pr-reviewers": "@octocat" } });
      expect(end.log).toContain("The input `pr-reviewers` is `@octocat`, which does not fit.");
    }));

  test("a pull request that Actions may not open leaves the work on its branch, and says where", () =>
    withGitHub(async (github) => {
      github.configure(REPOSITORY, { actionsMayCreatePullRequests: false });
      const { outputs } = await runJob(github, await aLabelledIssue(github, ONE_LINE_DIFF));
      const { branch, "commit-sha": commit } = outputs;
      expect(outputs["failure-code"]).toBe("pull-requests-not-allowed");
      expect(await github.git(REPOSITORY, "rev-parse", `refs/heads/${branch}`)).toBe(commit);
      expect(lastComment(github)).toContain(
        `**The work is pushed** to \`${REPOSITORY}\`: Branch \`${branch}\``,
      );
    }));
});

test("a body of each form of the contract gives a pull request", async () => {
  const bodies = [
    aBody(ONE_LINE_DIFF),
    aBody(ONE_LINE_DIFF).replaceAll("\n", "\r\n"),
    `<!-- agent_task_metadata {"task_id": "c-1"} -->\n\n## Instruction\n\n${ONE_LINE_DIFF}\n\nTarget Repository: ${REPOSITORY}\n`,
    `<!-- agent_task_metadata ${JSON.stringify({ task_id: "d-1", instruction: ONE_LINE_DIFF, target_repo: REPOSITORY })} -->`,
    `Please:\n\n${ONE_LINE_DIFF}\n`,
  ];
  for (const body of bodies) {
    await withGitHub(async (github) => {
      await github.createIssue(REPOSITORY, { title: "TWO", body, author: DEVELOPER });
      const end = await runJob(github, aLabelledEvent(github, 1));
      expect(end.outputs.outcome).toBe("opened");
    });
  }
});
