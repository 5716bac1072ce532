import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { LoopbackGitHub } from "../../loopback/github.ts";
import { aCanaryGitHub, runCanaryJob } from "../builders/canary-job.ts";

jest.setTimeout(60_000);

const CHANGE = "echo 2 > a.txt";

let github: LoopbackGitHub;
let folder: string;
beforeEach(async () => {
  github = await aCanaryGitHub();
  folder = mkdtempSync(join(tmpdir(), "file-commands-job-"));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await github.close();
});

describe("a step that found the runner's files", () => {
  test("adds no output, no variable and no path, and the run fails and says why", async () => {
    const files = ["output", "env", "path", "state", "summary"].map((name) => `"${folder}/${name}"`);
    const command = `${CHANGE}; for f in ${files.join(" ")}; do echo "evil=1" >> "$f"; done`;
    const end = await runCanaryJob(github, { command }, { folder });
    expect(end.exitCode).toBe(1);
    expect(end.outputs.outcome).toBe("opened");
    for (const name of ["output", "env", "path", "state", "summary"]) {
      expect(readFileSync(join(folder, name), "utf8")).not.toContain("evil");
    }
    expect(
      end.log.match(/^::error::.*`GITHUB_OUTPUT` was written to by somebody else.*`GITHUB_ENV` was/gm),
    ).toHaveLength(1);
  });

  test("makes us write into no other file by a link in its place", async () => {
    const command = `${CHANGE}; echo theirs > "${folder}/victim"; ln -sf "${folder}/victim" "${folder}/output"`;
    const end = await runCanaryJob(github, { command }, { folder });
    expect(end.exitCode).toBe(1);
    expect(readFileSync(join(folder, "victim"), "utf8")).toBe("theirs\n");
    expect(end.log).toContain("`GITHUB_OUTPUT` was replaced by somebody else");
  });

  test("cannot tell the post step that a killed run was finished", async () => {
    const command = `echo "finished=$(printf 0%.0s $(seq 64))" >> "${folder}/state"; echo at work; sleep 20`;
    let main: ChildProcess | undefined;
    const end = await runCanaryJob(
      github,
      { command },
      {
        folder,
        onStart: (started) => {
          main = started;
        },
        onOutput: (text) => {
          if (text.includes("at work")) main?.kill("SIGKILL");
        },
      },
    );
    expect(end.state.finished).toMatch(/^0{64}$/);
    const [issue] = github.state.repository("your-org/dispatch").issues;
    expect(issue?.comments.at(-1)?.body).toContain('"outcome": "cancelled"');
  });
});
