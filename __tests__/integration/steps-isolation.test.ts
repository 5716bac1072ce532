import { mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { describeLevels, isolatedSteps, ownersBelow } from "../builders/isolation-levels.ts";

jest.setTimeout(60_000);

describeLevels(describe, (level) => {
  const withScene = isolatedSteps(level);

  test("runs the script in the checkout, which takes its work", () =>
    withScene(async ({ run, checkout, lines }) => {
      writeFileSync(join(checkout, "old"), "old");
      const { end } = await run("pwd; cat old; echo; echo new >new; rm old; mkdir -p a/b; echo x >a/b/c");
      expect(end).toEqual({ kind: "exit", code: 0 });
      expect(lines).toEqual([checkout, "old"]);
      expect(readFileSync(join(checkout, "new"), "utf8")).toBe("new\n");
      expect(readFileSync(join(checkout, "a/b/c"), "utf8")).toBe("x\n");
    }));

  test.each([
    ["true", { kind: "exit", code: 0 }],
    ["exit 42", { kind: "exit", code: 42 }],
    ["exit 255", { kind: "exit", code: 255 }],
    ["false | true", { kind: "exit", code: 1 }],
    ["no-such-program-here", { kind: "exit", code: 127 }],
    ["kill -SEGV $$", { kind: "signal", signal: "SIGSEGV" }],
    ["kill -KILL $$", { kind: "signal", signal: "SIGKILL" }],
  ])("ends as its shell does: %s", (script, end) =>
    withScene(async ({ run }) => {
      expect(await run(script)).toMatchObject({ end });
    }));

  test("hands over files, environment and input, and takes a result", () =>
    withScene(async ({ run, lines }) => {
      const input = `${"é$(id)`'\n".repeat(50_000)}end`;
      const script = `cat "$AGENT_TASK_FILE"; echo; cmp - "$AGENT_INSTRUCTION_FILE" && echo "same $AGENT_TASK_ID"
        printf '{"title": "é"}' >"$AGENT_RESULT_FILE.new"; mv "$AGENT_RESULT_FILE.new" "$AGENT_RESULT_FILE"`;
      const files = { AGENT_TASK_FILE: '{"a": 1}', AGENT_INSTRUCTION_FILE: input };
      const { end, result } = await run(script, { files, input, environment: { AGENT_TASK_ID: "t-1" } });
      expect({ end, result }).toEqual({ end: { kind: "exit", code: 0 }, result: '{"title": "é"}' });
      expect(lines).toEqual(['{"a": 1}', "same t-1"]);
    }));

  test("streams both outputs, whose pipes can be opened again by name", () =>
    withScene(async ({ run, lines }) => {
      await run("echo problem >/dev/stderr; echo news | tee /dev/stderr >/dev/null; cat /dev/stdin", {
        input: "input\n",
      });
      expect(lines.sort()).toEqual(["input", "news", "problem"]);
    }));

  test("has a home, a folder for temporary files and the tools of the system to itself", () =>
    withScene(async ({ run, lines }) => {
      const { end, outputTail } = await run(
        'echo x >"$HOME/mine"; echo y >"$(mktemp)"; git --version; perl -e "print qq(perl\\n)"',
      );
      expect({ end, outputTail }).toMatchObject({ end: { kind: "exit", code: 0 } });
      expect(lines).toEqual([expect.stringMatching(/^git version/), "perl"]);
    }));

  test("gives everything back, whatever modes and links the step leaves", () =>
    withScene(async ({ run, checkout, temporary }) => {
      writeFileSync(join(checkout, "tracked"), "x");
      await run(
        "mkdir -m 700 closed; echo x >closed/in; chmod 000 closed/in tracked; ln -s /etc/shadow link; ln closed/in hard",
      );
      const us = String(process.getuid?.());
      expect(ownersBelow(checkout).filter((line) => !line.startsWith(`${us} `))).toEqual([]);
      expect(statSync(join(checkout, "closed/in")).mode & 0o777).toBe(0);
      expect(ownersBelow(temporary)).toHaveLength(1);
    }));

  test("leaves the folder of the checkout the one it was", () =>
    withScene(async ({ run, checkout }) => {
      const before = statSync(checkout);
      await run("touch x");
      const { dev, ino, uid } = statSync(checkout);
      expect({ dev, ino, uid }).toEqual({ dev: before.dev, ino: before.ino, uid: before.uid });
    }));
});

describeLevels(describe, (level) => {
  if (level.name === "none") return;
  const withScene = isolatedSteps(level);

  test.each([
    ["a file of the runner's", 'cat "$RUNNER_FILE"'],
    ["the names in the runner's folder", 'ls "$(dirname "$RUNNER_FILE")" | grep .'],
    ["a setting of the kernel's to write", "[ -w /proc/sys/kernel/core_pattern ]"],
    ["the passwords of the machine", "cat /etc/shadow"],
  ])("a step does not get %s", (_, script) => {
    const runner = realpathSync(mkdtempSync(join(tmpdir(), "runner-")));
    writeFileSync(join(runner, "canary"), "canary");
    return withScene(
      async ({ run }) => {
        const { end, outputTail } = await run(script, {
          environment: { RUNNER_FILE: join(runner, "canary") },
        });
        expect(end).not.toEqual({ kind: "exit", code: 0 });
        expect(outputTail).not.toMatch(/^canary$/m);
      },
      { parentEnvironment: { PATH: process.env.PATH, HOME: runner, RUNNER_TEMP: runner } },
    ).finally(() => rmSync(runner, { recursive: true }));
  });
});
