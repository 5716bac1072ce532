import { describe, expect, jest, test } from "@jest/globals";
import { runAction } from "../../loopback/runner.ts";
import { promisesOf } from "../../src/self-test/probes.ts";
import { type AvailableLevel, describeLevels } from "../builders/isolation-levels.ts";
import { aDispatchRepository, aLabelledIssue, REPOSITORY, runJob, TOKEN } from "../builders/job.ts";

jest.setTimeout(120_000);

function inputsOf({ choice }: AvailableLevel): Record<string, string> {
  return {
    isolation: choice.level,
    ...(choice.level === "user" ? { "isolation-user": choice.user } : {}),
  };
}

describeLevels(describe, (level) => {
  test("a command's work becomes a pull request, and what it could find of the token is what the level lets it", async () => {
    const github = await aDispatchRepository();
    try {
      const event = await aLabelledIssue(github, "Write it");
      const command = `cat "$AGENT_INSTRUCTION_FILE" >src/new.txt; sed -i s/two/TWO/ src/a.txt; mkdir -m 700 src/deep
        echo x >src/deep/file; chmod 000 src/deep/file
        token=unseen p=$$
        while [ "$p" -gt 1 ]; do
          if grep -qaF "${TOKEN}" "/proc/$p/environ" 2>/dev/null; then token=seen; fi
          p=$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$p/status")
        done
        echo "token: $token"`;
      const end = await runJob(github, event, { inputs: { command, ...inputsOf(level) } });
      expect(end.outputs).toMatchObject({ outcome: "opened", "failure-code": "" });
      const branch = String(end.outputs.branch);
      expect(await github.git(REPOSITORY, "show", `${branch}:src/a.txt`)).toBe("one\nTWO\nthree");
      expect(await github.git(REPOSITORY, "show", `${branch}:src/new.txt`)).toBe("Write it");
      expect(end.log).toContain(level.choice.level === "none" ? "token: seen" : "token: unseen");
      expect(end.log.includes("trusted agents only")).toBe(level.choice.level === "none");
    } finally {
      await github.close();
    }
  });

  test("the self-test finds that every promise is held, and says what else did not", async () => {
    const { exitCode, log, outputs, summary } = await runAction({
      ...{ serverUrl: "http://127.0.0.1:9", repository: REPOSITORY, action: "isolation-selftest" },
      ...{ event: { name: "push", payload: {} }, inputs: inputsOf(level) },
    });
    expect(log).not.toContain("BROKEN");
    expect(exitCode).toBe(0);
    const held = JSON.parse(String(outputs.held)) as Record<string, boolean>;
    const open = Object.keys(held).filter((name) => !held[name]);
    const promised: string[] = promisesOf(level.choice);
    // Nothing listens where the server should be, and the kernel's settings are root's.
    const closed = ["network-server", ...(process.getuid?.() === 0 ? [] : ["kernel-settings"])];
    const attempted = Object.keys(held).filter((name) => !closed.includes(name));
    expect(open).toEqual(attempted.filter((name) => !promised.includes(name)));
    expect(summary).toContain(`What \`isolation: ${level.choice.level}\` held`);
  });
});

test("a level that the machine cannot give fails the run with a remedy, and no work is lost silently", async () => {
  const github = await aDispatchRepository();
  try {
    const event = await aLabelledIssue(github, "Write it");
    const inputs = { command: "echo ran", isolation: "user", "isolation-user": "no-such-user" };
    const { outputs, log } = await runJob(github, event, { inputs });
    expect(outputs).toMatchObject({ outcome: "failed", "failure-code": "isolation-unavailable" });
    expect(log).not.toMatch(/^ran$/m);
  } finally {
    await github.close();
  }
});
