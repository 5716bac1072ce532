import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const TASK_ID = "550e8400-e29b-41d4-a716-446655440000";

type Json = Record<string, unknown>;

jest.setTimeout(60_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "demo-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the demo as `npm run demo` does, with a temporary folder of its own. */
function runDemo(...args: string[]): Promise<DemoEnd> {
  return watchDemo(args, () => {});
}

interface DemoEnd {
  code: number | null;
  output: string;
  errors: string;
}

/** The same, and hands over all output so far whenever there is more. */
function watchDemo(args: string[], onOutput: (output: string, demo: ChildProcess) => void): Promise<DemoEnd> {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    scripts: { demo: string };
  };
  const [, ...script] = scripts.demo.split(" ");
  const env = { ...process.env, TMPDIR: folder, NODE_OPTIONS: "" };
  const child = spawn(process.execPath, [...script, ...args], {
    cwd: ROOT,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [output, errors] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
    onOutput(output, child);
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    errors += chunk;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, output, errors })));
}

/** Processes that work in the test's folder, or know of it. */
function processesLeft(): string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      const known = [readlinkSync(`/proc/${pid}/cwd`), readFileSync(`/proc/${pid}/environ`, "latin1")];
      return known.some((text) => text.includes(folder));
    } catch {
      return false;
    }
  });
}

function writePayload(payload: unknown): string {
  const path = join(folder, "payload.json");
  writeFileSync(path, typeof payload === "string" ? payload : JSON.stringify(payload));
  return path;
}

/** GitHub's published example of an event. */
function example(name: string, action?: string): Json {
  const all = createRequire(import.meta.url)("@octokit/webhooks-examples") as {
    name: string;
    examples: Json[];
  }[];
  const found = all.find((event) => event.name === name)?.examples.find((one) => one.action === action);
  if (found === undefined) throw new Error(`There is no published example of ${name}.`);
  return structuredClone(found);
}

/** An `issues.labeled` payload of a task with a diff, in a repository of the published example. */
function labeledPayload(issue: Json = {}): Json {
  const payload = example("issues", "labeled");
  const label = { ...(payload.label as Json), name: "copilot-agent" };
  const body =
    "## Instruction\n\nDo this:\n\n```diff\n--- a/lib/deep/x.py\n+++ b/lib/deep/x.py\n@@ -10,3 +10,3 @@\n a\n-b\n+c\n d\n```\n";
  const metadata = '\n<!-- agent_task_metadata {"task_id": "t-1"} -->\n';
  return {
    ...payload,
    label,
    issue: { ...(payload.issue as Json), number: 4711, labels: [label], body: body + metadata, ...issue },
  };
}

describe("the demo's own story", () => {
  test("ends with a pull request that both of a backend's rules lead back to the task", async () => {
    const { code, output, errors } = await runDemo();
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    expect(output).toContain("The issue");
    expect(output).toMatch(/POST +\/repos\/acme\/greetings\/pulls +201/);
    expect(output).toContain(`│ <!-- agent_task_metadata {"task_id": "${TASK_ID}"} -->`);
    expect(output).toContain("│ Fixes #1");
    expect(output).toContain("│ +console.log(greet(process.argv[2]));");
    expect(output).toContain(`│ Agent-Task-Id: ${TASK_ID}`);
    expect(output).toMatch(
      /Rule 1 .* 550e8400-e29b-41d4-a716-446655440000 ✓\n.*Rule 2 .* 550e8400-e29b-41d4-a716-446655440000 ✓/,
    );
    expect(output).toContain("Both rules lead to the same task.");
    expect(output).toContain("What next");
  });

  test("leaves no file and no process behind", async () => {
    await runDemo();
    expect(readdirSync(folder)).toEqual([]);
    expect(processesLeft()).toEqual([]);
  });

  test("leaves nothing behind where somebody stops it in the middle", async () => {
    const { code, output } = await watchDemo(["--command", "echo at work; sleep 60"], (sofar, demo) => {
      if (/s {2}at work$/m.test(sofar)) demo.kill("SIGINT");
    });
    expect(output).toContain("`cancelled`");
    expect(code).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
    expect(processesLeft()).toEqual([]);
  });

  test("writes plain lines of at most 100 columns where nobody watches at a terminal", async () => {
    const { output } = await runDemo();
    expect(output).not.toContain("\x1b");
    expect(Math.max(...output.split("\n").map((line) => [...line].length))).toBeLessThanOrEqual(100);
  });
});

describe("the demo's options", () => {
  test("--command lets a command of the user's do the work and shows what it prints", async () => {
    const { code, output } = await runDemo(
      "--command",
      'echo "at work on $AGENT_TASK_ID"; echo hello > hello.txt',
    );
    expect(code).toBe(0);
    expect(output).toContain(`at work on ${TASK_ID}`);
    expect(output).toContain("│ +hello");
  });

  test("a command that changes nothing ends without a pull request, and the exit code says so", async () => {
    const { code, output } = await runDemo("--command", "true");
    expect(code).toBe(1);
    expect(output).toContain("No pull request");
    expect(output).toContain("`no-changes`");
  });

  test("--keep keeps one folder with the repository, the payload and the log", async () => {
    const { output } = await runDemo("--keep");
    const [kept = ""] = readdirSync(folder);
    expect(readdirSync(join(folder, kept)).sort()).toEqual(["event.json", "job", "log.txt", "target.git"]);
    expect(output).toContain(join(folder, kept));
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test("--input sets any input of the action", async () => {
    const { code, output } = await runDemo("--input", "pr-title=Named by hand");
    expect(code).toBe(0);
    expect(output).toContain("Named by hand");
  });

  test("--help tells every option and runs nothing", async () => {
    const { code, output } = await runDemo("--help");
    expect(code).toBe(0);
    for (const option of ["--event", "--event-name", "--command", "--input", "--keep"])
      expect(output).toContain(option);
    expect(output).not.toContain("The run");
  });
});

describe("a payload of the user's own", () => {
  test("gets its repository, its issue number and the files that its diff expects", async () => {
    const { code, output } = await runDemo("--event", writePayload(labeledPayload()));
    expect(code).toBe(0);
    expect(output).toContain("Codertocat/Hello-World#4711");
    expect(output).toContain("│ Fixes #4711");
    expect(output).toContain("Both rules lead to the same task.");
  });

  test("may name another target, which the first rule alone leads back from", async () => {
    const payload = labeledPayload({
      body: 'Do it\n\n<!-- agent_task_metadata {"task_id": "t-2", "target_repo": "Codertocat/other", "instruction": "Do it"} -->',
    });
    const { code, output } = await runDemo("--event", writePayload(payload), "--command", "echo x > x.txt");
    expect(code).toBe(0);
    expect(output).toContain("│ Fixes Codertocat/Hello-World#4711");
    expect(output).toMatch(/Rule 1 .* t-2 ✓/);
    expect(output).toMatch(/Rule 2 .* does not apply/);
  });

  test.each([
    [
      "a comment on an issue",
      {
        ...labeledPayload(),
        comment: { id: 99, body: "/agent run", created_at: "2026-01-01T00:00:00Z" },
        action: "created",
      },
    ],
    [
      "a dispatch by hand that names an issue",
      { ...example("workflow_dispatch"), inputs: { "issue-number": "12" } },
    ],
    [
      "a backend's dispatch with a whole task",
      {
        ...example("repository_dispatch", "on-demand-test"),
        client_payload: {
          task_id: "t-3",
          instruction: "```diff\n--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-a\n+b\n```",
        },
      },
    ],
  ])("may be %s", async (_what, payload) => {
    const { code, output } = await runDemo("--event", writePayload(payload));
    expect(output).toContain("Both rules lead to the same task.");
    expect(code).toBe(0);
  });

  test.each([
    ["a file that is not there", () => join(folder, "none.json"), "cannot be read (ENOENT)"],
    ["a file that is not JSON", () => writePayload("{"), "is not JSON"],
    ["JSON that is no object", () => writePayload("[]"), "no object"],
    ["a shape that tells no event", () => writePayload({ zen: "Keep it simple." }), "--event-name"],
    ["a broken payload", () => writePayload({ ...labeledPayload(), sender: null }), "`sender`"],
    [
      "another label",
      () => writePayload(example("issues", "labeled")),
      "starts nothing: the label is not `copilot-agent`",
    ],
    [
      "an event that starts no task",
      () => writePayload(example("pull_request", "opened")),
      "`pull_request` starts no task",
    ],
  ])("is refused with a reason: %s", async (_what, write, reason) => {
    const { code, output, errors } = await runDemo("--event", write());
    expect(errors).toContain(reason);
    expect(errors.trim().split("\n")).toHaveLength(1);
    expect({ code, output }).toEqual({ code: 2, output: "" });
  });
});

test.each([
  [["--bogus"], "--bogus"],
  [["extra"], "extra"],
  [["--event"], "--event"],
  [["--event-name", "issues"], "goes with --event"],
  [["--input", "command"], "NAME=VALUE"],
])("the command line %j is refused with a reason", async (args, reason) => {
  const { code, errors } = await runDemo(...args);
  expect(code).toBe(2);
  expect(errors).toContain(reason);
});
