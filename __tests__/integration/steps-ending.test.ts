import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, jest, test } from "@jest/globals";
import { actionNode } from "../../loopback/runner.ts";
import { describeLevels, isolatedSteps } from "../builders/isolation-levels.ts";
import { aLongSleep, alive, withSteps } from "../builders/steps.ts";

// Graces of seconds, on a machine that may be busy.
jest.setTimeout(60_000);

/** Ways to start something that shall outlive the step; `%` stands for a command. */
const ESCAPES = [
  ["a background job", "% &"],
  ["nohup", "nohup % >/dev/null 2>&1 &"],
  ["a new session", "setsid % </dev/null >/dev/null 2>&1 &"],
  ["a job that ignores TERM", "(trap '' TERM; exec %) &"],
  ["a double fork", "(setsid bash -c '% & disown' </dev/null >/dev/null 2>&1 &)"],
  ["a stopped process", "% & sleep 0.3; kill -STOP $!"],
] as const;
const DAEMON = [
  "a double fork elsewhere, with an empty environment",
  "(cd /; setsid env -i bash -c '% & disown' </dev/null >/dev/null 2>&1 &)",
] as const;

describe.each([
  ["a reaper", "linux", [...ESCAPES, DAEMON]],
  // As on macOS: processes are listed by `ps`, and a daemon that hides all its traces is not found.
  ["no reaper", "darwin", ESCAPES],
] as const)("after a step with %s nothing that it started is alive:", (_, platform, escapes) => {
  test.each(escapes)("%s, where the shell ended by itself", (_, start) =>
    withSteps(
      async ({ run }) => {
        const sleep = aLongSleep();
        const { end } = await run(
          `${start.replace("%", sleep)}\nuntil pgrep -f "^${sleep}"; do sleep 0.02; done`,
        );
        expect(end).toEqual({ kind: "exit", code: 0 });
        expect(alive(sleep)).toEqual([]);
      },
      { platform },
    ));

  test.each(escapes)("%s, where its time ran out", (_, start) =>
    withSteps(
      async ({ run }) => {
        const [sleep, own] = [aLongSleep(), aLongSleep()];
        const { end } = await run(`${start.replace("%", sleep)}\n${own}`, { timeoutMs: 400 });
        expect(end).toEqual({ kind: "timeout" });
        expect([...alive(sleep), ...alive(own)]).toEqual([]);
      },
      { platform },
    ));
});

describe("a step whose time runs out", () => {
  test("ends though all of it ignores TERM", () =>
    withSteps(async ({ run, lines }) => {
      const stubborn = "trap '' TERM INT HUP; echo begun; while :; do sleep 0.2; done";
      const { end, outputTail } = await run(`setsid bash -c "${stubborn}" & ${stubborn}`, {
        timeoutMs: 2_000,
      });
      expect(end).toEqual({ kind: "timeout" });
      expect(outputTail).toBe("begun\nbegun");
      expect(lines).toEqual(["begun", "begun"]);
    }));

  test("ends though it floods the log", () =>
    withSteps(async ({ run }) => {
      expect(await run("trap '' TERM; yes flood", { timeoutMs: 1_000 })).toMatchObject({
        end: { kind: "timeout" },
      });
    }));
});

describeLevels(describe, (level) => {
  const withScene = isolatedSteps(level);

  test("a step whose time runs out may use its grace to say its last words and leave a result", () =>
    withScene(async ({ run }) => {
      const script = `trap 'echo "{}" >"$AGENT_RESULT_FILE"; echo bye; exit 0' TERM; sleep 600 & wait`;
      expect(await run(script, { timeoutMs: 1_500 })).toEqual({
        end: { kind: "timeout" },
        outputTail: "bye",
        result: "{}\n",
      });
    }));

  test("a cancelled run ends its step though the step ignores TERM", () =>
    withScene(async ({ run, cancel }) => {
      const sleep = aLongSleep();
      const running = run(`trap '' TERM; setsid ${sleep} & while :; do sleep 0.2; done`);
      while (alive(sleep).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      cancel();
      expect(await running).toMatchObject({ end: { kind: "cancelled" } });
      expect(alive(sleep)).toEqual([]);
    }));

  // The escapes above are of this level.
  if (level.name === "none") return;
  test.each([
    ["ended by itself", "", {}, { kind: "exit", code: 0 }],
    ["ran out of time", "sleep 900", { timeoutMs: 1_000 }, { kind: "timeout" }],
  ])("leaves nothing alive where the shell %s", (_, last, change, expected) =>
    withScene(async ({ run }) => {
      const [daemon, job] = [aLongSleep(), aLongSleep()];
      const script = `(cd /; setsid env -i bash -c 'trap "" TERM; ${daemon} & disown' </dev/null >/dev/null 2>&1 &)
        (trap '' TERM; exec ${job}) & until pgrep -f "^${daemon}" && pgrep -f "^${job}"; do sleep 0.02; done
        ${last}`;
      const { end } = await run(script, change);
      expect(end).toEqual(expected);
      expect([...alive(daemon), ...alive(job)]).toEqual([]);
    }));
});

test("a cancelled run starts no step any more", () =>
  withSteps(async ({ run, cancel, lines }) => {
    cancel();
    expect(await run("echo started")).toEqual({ end: { kind: "cancelled" }, outputTail: "", result: null });
    expect(lines).toEqual([]);
  }));

test("a step that kills its reaper is ended by its traces, and told as killed", () =>
  withSteps(async ({ run }) => {
    const sleep = aLongSleep();
    const { end } = await run(`setsid ${sleep} & kill -KILL $PPID; ${sleep}`);
    expect(end).toEqual({ kind: "signal", signal: "SIGKILL" });
    expect(alive(sleep)).toEqual([]);
  }));

test("when our own process is killed, the step dies with it", async () => {
  const [sleep, daemon] = [aLongSleep(), aLongSleep()];
  const script = `(setsid env -i bash -c '${daemon} & disown' </dev/null >/dev/null 2>&1 &); ${sleep}`;
  const builder = new URL("../builders/steps.ts", import.meta.url);
  const code = `import { withSteps } from ${JSON.stringify(builder.href)};
    await withSteps(({ run }) => run(${JSON.stringify(script)}));`;
  const runner = spawn(actionNode(), ["--input-type=module", "-e", code], { stdio: "inherit" });
  const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
  while (alive(sleep).length === 0 || alive(daemon).length === 0) await pause();
  runner.kill("SIGKILL");
  await once(runner, "exit");
  while (alive(sleep).length > 0 || alive(daemon).length > 0) await pause();
  expect([...alive(sleep), ...alive(daemon)]).toEqual([]);
});
