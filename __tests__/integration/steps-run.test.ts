import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { createSteps } from "../../src/adapters/steps/steps.ts";
import { TaskFailure } from "../../src/failure.ts";
import { withSteps } from "../builders/steps.ts";

describe("a step", () => {
  test("runs a script of several lines in the directory, and stops at the first failure", () =>
    withSteps(async ({ run, checkout, lines }) => {
      const { end } = await run('pwd\nfalse | true\necho "not reached"');
      expect(end).toEqual({ kind: "exit", code: 1 });
      expect(lines).toEqual([checkout]);
    }));

  test.each([
    ["true", { kind: "exit", code: 0 }],
    ["exit 42", { kind: "exit", code: 42 }],
    ["no-such-program-here", { kind: "exit", code: 127 }],
    ["kill -SEGV $$", { kind: "signal", signal: "SIGSEGV" }],
    ["kill -KILL $$", { kind: "signal", signal: "SIGKILL" }],
  ])("ends as its shell does: %s", (script, end) =>
    withSteps(async ({ run }) => {
      expect(await run(script)).toMatchObject({ end });
    }));

  test("gets its files by path and the input on standard input, both whole", () =>
    withSteps(async ({ run, lines }) => {
      const input = `${"é$(id)`'\n".repeat(50_000)}end`;
      const files = { AGENT_TASK_FILE: '{"a": 1}', AGENT_INSTRUCTION_FILE: input };
      const { end } = await run(
        'cat "$AGENT_TASK_FILE"; echo; cmp - "$AGENT_INSTRUCTION_FILE" && echo same',
        { files, input },
      );
      expect(lines).toEqual(['{"a": 1}', "same"]);
      expect(end).toEqual({ kind: "exit", code: 0 });
    }));

  test("may leave its input unread", () =>
    withSteps(async ({ run }) => {
      expect(await run("exit 0", { input: "x".repeat(5_000_000) })).toMatchObject({
        end: { kind: "exit", code: 0 },
      });
    }));

  test("has pipes that can be opened again by name", () =>
    withSteps(async ({ run, lines }) => {
      await run("echo problem >/dev/stderr; echo news | tee /dev/stderr >/dev/null; cat /dev/stdin", {
        input: "input\n",
      });
      expect(lines.sort()).toEqual(["input", "news", "problem"]);
    }));

  test("sees the listed environment, its own folder for temporary files, and nothing of ours", () =>
    withSteps(
      async ({ run, lines, temporary }) => {
        await run('env | cut -d= -f1; echo "$TMPDIR"; echo x >"$(mktemp)"', {
          environment: { AGENT_TASK_ID: "t" },
        });
        const folder = lines.pop() ?? "";
        const shells = ["PWD", "SHLVL", "_"];
        expect(lines.filter((name) => !shells.includes(name)).sort()).toEqual(
          [
            "AGENT_RESULT_FILE",
            "AGENT_RUNNER_STEP",
            "AGENT_TASK_ID",
            "CI",
            "MODEL_KEY",
            "PATH",
            "TMPDIR",
          ].sort(),
        );
        expect(folder).toMatch(/\/temporary\/step-.+\/tmp$/);
        expect(readdirSync(temporary)).toEqual([]);
      },
      {
        parentEnvironment: {
          PATH: process.env.PATH,
          MODEL_KEY: "k",
          INPUT_TOKEN: "t",
          GITHUB_OUTPUT: "/x",
          NODE_OPTIONS: "",
        },
        passEnv: ["MODEL_KEY"],
      },
    ));

  test("reads no startup files", () =>
    withSteps(async ({ run, lines, checkout }) => {
      for (const name of [".bashrc", ".bash_profile", ".profile"]) {
        writeFileSync(join(checkout, "..", name), "echo startup");
      }
      await run("echo done");
      expect(lines).toEqual(["done"]);
    }));

  test("has its files in a folder that only its user may enter", () =>
    withSteps(async ({ run, temporary, checkout }) => {
      await run(`stat -c %a "${temporary}"/step-* >mode`);
      expect(statSync(join(checkout, "mode")).size).toBe(4);
      expect(await run('[ "$(cat mode)" = 700 ]')).toMatchObject({ end: { kind: "exit", code: 0 } });
    }));

  test("does not leak a descriptor of ours to its programs", () =>
    withSteps(async ({ run, lines }) => {
      await run("readlink /proc/self/fd/3 || echo none");
      expect(lines.join()).not.toMatch(/socket|pipe|anon_inode/);
    }));

  test("that cannot start says why", () =>
    withSteps(
      async ({ run }) => {
        await expect(run("true")).rejects.toThrow("command-failed: The shell could not be started");
      },
      { parentEnvironment: { PATH: "/nowhere" } },
    ));
});

describe("the result file", () => {
  test("is read as it is", () =>
    withSteps(async ({ run }) => {
      const { result } = await run(`printf '{"status": "changed", "title": "é"}' >"$AGENT_RESULT_FILE"`);
      expect(result).toBe('{"status": "changed", "title": "é"}');
    }));

  test("is read though the step failed", () =>
    withSteps(async ({ run }) => {
      expect(await run('echo "{}" >"$AGENT_RESULT_FILE"; exit 1')).toMatchObject({ result: "{}\n" });
    }));

  test.each(["true", 'touch "$AGENT_RESULT_FILE"'])("may be left out: %s", (script) =>
    withSteps(async ({ run }) => {
      expect(await run(script)).toMatchObject({ result: null });
    }));

  test.each([
    ["a link", 'ln -s /etc/passwd "$AGENT_RESULT_FILE"', "not a regular file"],
    ["a pipe", 'mkfifo "$AGENT_RESULT_FILE"', "not a regular file"],
    ["a folder", 'mkdir "$AGENT_RESULT_FILE"', "not a regular file"],
    [
      "too large",
      'truncate -s 1048577 "$AGENT_RESULT_FILE"',
      "The file that `AGENT_RESULT_FILE` names has 1048577 bytes; at most 1048576 are read.",
    ],
    ["not UTF-8", 'printf "\\xff" >"$AGENT_RESULT_FILE"', "not UTF-8"],
    [
      "behind a swapped folder",
      'd=$(dirname "$AGENT_RESULT_FILE"); mkdir o; echo x >o/result.json; mv "$d" "$d.old"; ln -s "$PWD/o" "$d"',
      "moved behind a link",
    ],
  ])("is refused where it is %s", (_, script, why) =>
    withSteps(async ({ run }) => {
      const { end, result } = await run(script);
      expect(end).toEqual({ kind: "exit", code: 0 });
      expect(result).toBeInstanceOf(TaskFailure);
      expect(result).toMatchObject({ code: "invalid-result", detail: expect.stringContaining(why) });
    }));
});

describe("createSteps", () => {
  const options = {
    ...{
      passEnv: [],
      ownTokens: [],
      isolation: { level: "none" } as const,
      temporaryFolder: "/nowhere",
      parentEnvironment: {},
    },
  };
  const silent = {
    debug() {},
    info() {},
    warning() {},
    outside() {},
    group: <T>(_: string, work: () => Promise<T>) => work(),
  };
  const rest = { log: silent, redact: (text: string) => text, cancellation: new AbortController().signal };

  test("refuses at once a variable that no step may see", () => {
    expect(() => createSteps({ ...options, ...rest, passEnv: ["INPUT_TOKEN"] })).toThrow(
      "invalid-input: `pass-env`",
    );
  });

  test("says that Windows is not supported", () => {
    expect(() => createSteps({ ...options, ...rest, platform: "win32" })).toThrow("this one is Windows");
  });
});
