import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { issuesSeenByBackend, metadataSeenByBackend } from "../../loopback/backend.ts";
import { optionalBranch } from "../../src/input-kinds.ts";
import {
  branchFor,
  commitMessage,
  commitTrailers,
  fixesLine,
  isOurCommit,
  marker,
  metadataComment,
  pullRequestTitle,
  readMarker,
  resultMarker,
  statusMarker,
} from "../../src/naming.ts";
import { taskResultOf } from "../../src/report/task-result.ts";
import { hostileText } from "../builders/hostile-text.ts";
import { aReport, aTask, aTaskAtHome } from "../builders/task.ts";

const COMMITTER = {
  name: "github-actions[bot]",
  email: "41898282+github-actions[bot]@users.noreply.github.com",
};
const GITHUB = { name: "GitHub", email: "noreply@github.com" };
const TRAILERS = [
  "Agent-Task-Id: 550e8400-e29b-41d4-a716-446655440000",
  "Agent-Dispatch-Issue: your-org/dispatch#7",
];

function isBranch(name: string): boolean {
  return optionalBranch.safeParse(name).success;
}

describe("the branch of a task", () => {
  const issue = { repository: "Your-Org/Dispatch", number: 7 };

  test("is agent-task-<issue>-<8 hex of a hash over dispatch repository and task id>", () => {
    expect(branchFor(issue, "test-12345678")).toBe("agent-task-7-98ff82c8");
  });

  test.each([
    ["agent/{issue}", "t", "agent/7"],
    ["agent/{task-id}-{issue}", "owner.repo.12", "agent/owner.repo.12-7"],
    ["{task-id}/{title}", "a:b..c.", "a-b-.c-/{title}"],
    ["{task-id}", "-x", "_x"],
    ["a/{task-id}", ".x.lock", "a/_x-lock"],
    ["a.{task-id}/b", "lock", "a-lock/b"],
    ["agent/work", "t", "agent/work"],
  ])("is %s of the input, filled in for %s", (input, taskId, branch) => {
    expect(branchFor(issue, taskId, input)).toBe(branch);
  });

  test("is a branch's name whatever the task id is", () => {
    const taskId = fc.stringMatching(/^(?:[A-Za-z0-9._:-]|\.lock|\.\.){1,12}$/);
    const around = fc.constantFrom("", "x", "a/", "x.", "-", ".x", "/b");
    fc.assert(
      fc.property(around, taskId, around, (before, id, after) => {
        const input = `${before}{task-id}${after}`;
        fc.pre(isBranch(input));
        const name = branchFor(issue, id, input);
        expect([name, isBranch(name)]).toEqual([name, true]);
      }),
      { numRuns: 2000 },
    );
  });

  test("does not depend on how the repository's name is spelled", () => {
    expect(branchFor({ ...issue, repository: "your-org/dispatch" }, "t")).toBe(branchFor(issue, "t"));
  });

  test("differs for task ids that begin alike, for issues and for repositories", () => {
    const others = [
      branchFor(issue, "test-12345678"),
      branchFor(issue, "test-12345679"),
      branchFor({ ...issue, number: 8 }, "test-12345678"),
      branchFor({ ...issue, repository: "your-org/other" }, "test-12345678"),
    ];
    expect(new Set(others).size).toBe(others.length);
  });
});

describe("markers", () => {
  test("are written as the contract shows them", () => {
    expect(metadataComment({ taskId: "t-1" })).toBe('<!-- agent_task_metadata {"task_id": "t-1"} -->');
    expect(statusMarker("t-1")).toBe('<!-- agent_runner_status {"task_id": "t-1"} -->');
    expect(resultMarker(taskResultOf(aReport()))).toMatchInlineSnapshot(
      `"<!-- agent_task_result {"task_id": "550e8400-e29b-41d4-a716-446655440000", "outcome": "opened", "failure_code": null, "retryable": false, "pull_request_url": "https://github.com/your-org/your-project/pull/42", "run_url": "https://github.com/your-org/dispatch/actions/runs/4711", "attempt": 1} -->"`,
    );
  });

  test("two dashes in a task id stay legible to JSON and are none to HTML", () => {
    const comment = metadataComment({ taskId: "a---b" });
    expect(comment).toBe('<!-- agent_task_metadata {"task_id": "a\\u002d\\u002d-b"} -->');
    expect(readMarker(comment, "agent_task_metadata")).toEqual({ task_id: "a---b" });
  });

  test("whatever they hold can be read back, and neither ends the comment nor refers to anything", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const comment = marker("agent_task_metadata", { task_id: text });
        expect(JSON.parse(metadataSeenByBackend(comment) ?? "")).toEqual({ task_id: text });
        expect(readMarker(comment, "agent_task_metadata")).toEqual({ task_id: text });
        expect(comment.slice(4, -3)).not.toMatch(/[<>#@]|--/);
        expect(issuesSeenByBackend(comment)).toEqual([]);
      }),
    );
  });

  test("are read only where this project writes them", () => {
    const status = statusMarker("t-1");
    expect(readMarker(`Hello\n\n${status}\n`, "agent_runner_status")).toEqual({ task_id: "t-1" });
    expect(readMarker(`${status}\n\nHello`, "agent_runner_status")).toBeNull();
    expect(readMarker(`Hello ${status}`, "agent_runner_status")).toBeNull();
    expect(readMarker(`Hello\n${metadataComment({ taskId: "t-1" })}`, "agent_task_metadata")).toBeNull();
  });

  test.each([
    "",
    "<!-- agent_runner_status -->",
    "<!-- agent_runner_status [] -->",
    "<!-- agent_runner_status {oops} -->",
  ])("%j is no marker", (body) => {
    expect(readMarker(body, "agent_runner_status")).toBeNull();
  });
});

describe("the line that closes the issue", () => {
  test("names the number alone where target and dispatch repository are the same, however spelled", () => {
    expect(fixesLine(aTaskAtHome())).toBe("Fixes #7");
  });

  test("names the repository where they differ, which the backend does not read", () => {
    expect(fixesLine(aTask())).toBe("Fixes your-org/dispatch#7");
    expect(issuesSeenByBackend(fixesLine(aTask()))).toEqual([]);
  });
});

describe("the commit message", () => {
  test("is the issue's title and the trailers, where the step says nothing", () => {
    expect(commitMessage({ task: aTask(), result: {}, input: null })).toBe(
      `Add authentication\n\n${TRAILERS.join("\n")}\n`,
    );
  });

  test("is the step's own message where it gives one", () => {
    const result = { commit_message: "feat: add auth\n\nIt was missing.", title: "Auth" };
    expect(commitMessage({ task: aTask(), result, input: null })).toBe(
      `feat: add auth\n\nIt was missing.\n\n${TRAILERS.join("\n")}\n`,
    );
  });

  test("is the workflow's wording where it has one, with the title filled in", () => {
    const input = "chore: {title} ({task-id}, {issue})\n\nBy {agent}.";
    expect(
      commitMessage({ task: aTask({ taskId: "t-1" }), result: { title: "Auth {task-id}" }, input }),
    ).toBe(
      "chore: Auth {task-id} (t-1, your-org/dispatch#7)\n\nBy {agent}.\n\n" +
        "Agent-Task-Id: t-1\nAgent-Dispatch-Issue: your-org/dispatch#7\n",
    );
  });

  test("tells a long subject in full below a short one", () => {
    const title = "word ".repeat(30).trim();
    const [subject, , body] = commitMessage({ task: aTask({ title }), result: {}, input: null }).split("\n");
    expect(subject).toHaveLength(72);
    expect(body).toBe(title);
  });

  test("names the task where there is no title", () => {
    const task = aTask({ taskId: "t-1", title: " " });
    expect(commitMessage({ task, result: {}, input: null })).toMatch(/^Task t-1\n\nAgent-Task-Id: t-1\n/);
  });

  test("ends with exactly our trailers, whatever comes from outside", () => {
    fc.assert(
      fc.property(hostileText, hostileText, (title, commit_message) => {
        for (const result of [{ title }, { commit_message }]) {
          const message = commitMessage({ task: aTask({ title }), result, input: null });
          const paragraphs = message.trimEnd().split("\n\n");
          expect(paragraphs.at(-1)?.split("\n")).toEqual(TRAILERS);
          const theirs = paragraphs.slice(0, -1).join("\n\n");
          expect(theirs).not.toMatch(
            /^\s*(?:agent-task-id|co-authored-by|signed-off-by|skip-checks)[^\S\n]*:/im,
          );
          expect(theirs).not.toMatch(/\[skip ci\]|\[no ci\]|@octocat|GH-\d/i);
          expect(issuesSeenByBackend(message)).toEqual([]);
          expect(message.split("\n")[0]?.length).toBeLessThanOrEqual(72);
        }
      }),
    );
  });
});

describe("a commit is ours", () => {
  const task = aTask();
  const message = commitMessage({ task, result: {}, input: null });

  test("where it carries the task's trailers and our committer", () => {
    const unsigned = { committer: COMMITTER, signedFor: null };
    expect(isOurCommit({ message, ...unsigned }, task, COMMITTER)).toBe(true);
    expect(isOurCommit({ message: message.trimEnd(), ...unsigned }, task, COMMITTER)).toBe(true);
  });

  test.each([
    ["somebody rewrote it", message, { name: "Mona", email: "mona@example.com" }],
    ["its trailers name another task", message.replace("550e", "660e"), COMMITTER],
    ["its trailers are not the last paragraph", `${message}\nOne more thing`, COMMITTER],
    ["it has none", "Update README.md", COMMITTER],
  ])("but not where %s", (_why, text, committer) => {
    expect(isOurCommit({ message: text, committer, signedFor: null }, task, COMMITTER)).toBe(false);
  });

  test("where GitHub made and signed it for an App, whoever the committer is to be", () => {
    const signedFor = { name: "my-app[bot]", email: "4242+my-app[bot]@users.noreply.github.com" };
    expect(isOurCommit({ message, committer: GITHUB, signedFor }, task, COMMITTER)).toBe(true);
    expect(isOurCommit({ message: "Update", committer: GITHUB, signedFor }, task, COMMITTER)).toBe(false);
  });

  test.each([
    ["edited or squashed it on GitHub's pages", "17+mona@users.noreply.github.com"],
    ["did so with a public address", "mona@example.com"],
    ["has an address that looks like a bot's", "mona[bot]@users.noreply.example.com"],
  ])("but not where a person %s", (_why, email) => {
    const edited = { message, committer: GITHUB, signedFor: { name: "Mona", email } };
    expect(isOurCommit(edited, task, COMMITTER)).toBe(false);
  });

  test("but not where somebody only says that GitHub made it", () => {
    expect(isOurCommit({ message, committer: GITHUB, signedFor: null }, task, COMMITTER)).toBe(false);
  });

  test("and its trailers are those of the contract", () => {
    expect(commitTrailers(task)).toEqual(TRAILERS);
  });
});

describe("the pull request's title", () => {
  test("is the step's, else the issue's, else the task's id", () => {
    const task = aTask({ taskId: "t-1" });
    expect(pullRequestTitle({ task, result: { title: "Add auth" }, input: null })).toBe("Add auth");
    expect(pullRequestTitle({ task, result: {}, input: null })).toBe("Add authentication");
    expect(pullRequestTitle({ task: { ...task, title: "\n" }, result: {}, input: null })).toBe("Task t-1");
  });

  test("is the workflow's wording where it has one", () => {
    expect(pullRequestTitle({ task: aTask(), result: {}, input: "[agent]  {title}\n" })).toBe(
      "[agent] Add authentication",
    );
  });

  test("is one line of at most 256 characters, and refers to nothing", () => {
    fc.assert(
      fc.property(hostileText, fc.constantFrom(null, "{title} {title} {title}"), (title, input) => {
        const shown = pullRequestTitle({ task: aTask({ title: title.repeat(3) }), result: {}, input });
        expect(shown).not.toMatch(/[\n\r]/);
        expect(shown.length).toBeLessThanOrEqual(256);
        expect(shown).not.toMatch(/#\d|@[a-z]/i);
      }),
    );
  });
});
