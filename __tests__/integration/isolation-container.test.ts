import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { StepsOptions } from "../../src/adapters/steps/steps.ts";
import type { Network } from "../../src/isolation.ts";
import { type StepScene, withSteps } from "../builders/steps.ts";

jest.setTimeout(60_000);

const FAKE = fileURLToPath(new URL("../fixtures/docker", import.meta.url));
const path = process.env.PATH;
let programs: string;

beforeEach(() => {
  programs = mkdtempSync(join(tmpdir(), "programs-"));
  symlinkSync(FAKE, join(programs, "docker"));
  process.env.PATH = `${programs}:${path}`;
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(programs, { recursive: true, force: true });
});

/** A scene in a container of the recorded client. */
function withContainer(
  act: (scene: StepScene, calls: () => string[]) => Promise<void>,
  { network = "none", variables = {} }: { network?: Network; variables?: Record<string, string> } = {},
  change: Partial<StepsOptions> = {},
): Promise<void> {
  const log = join(programs, "calls");
  const calls = () => readFileSync(log, "utf8").trim().split("\n");
  return withSteps((scene) => act(scene, calls), {
    isolation: { level: "container", image: "node:24", network },
    parentEnvironment: { PATH: process.env.PATH, HOME: "/root", DOCKER_CALLS: log, ...variables },
    ...change,
  });
}

describe("a step in a container", () => {
  test("is run by the engine without network, capabilities, privileges or a value on the command line", () =>
    withContainer(async ({ run, checkout }, calls) => {
      await run("true", { environment: { AGENT_TASK_ID: "the-task" } });
      const [ps, inspect, start = "", remove = ""] = calls();
      expect([ps, inspect]).toEqual(["ps --quiet", "image inspect node:24"]);
      const name = /--name (agent-runner-[0-9a-f-]{36}) /.exec(start)?.[1];
      for (const option of [
        ...["--rm", "--init", "--interactive", "--pull never", "--network none", "--cap-drop ALL"],
        ...["--security-opt no-new-privileges", "--pids-limit 2048", `--workdir ${checkout}`],
        ...[`--mount type=bind,source=${checkout},target=${checkout}`, "--env AGENT_TASK_ID "],
        ...[`--user ${process.getuid?.()}:${process.getgid?.()}`, "--entrypoint bash node:24 --noprofile"],
      ])
        expect(start).toContain(option);
      expect(start).toMatch(/ --memory \d+m --cpus \d+ /);
      expect(start).not.toContain("the-task");
      expect(start).not.toMatch(/--env (PATH|RUNNER_TOOL_CACHE)/);
      expect(remove).toBe(`rm --force ${name}`);
    }));

  test("has the machine's network where that is asked for", () =>
    withContainer(
      async ({ run }, calls) => {
        await run("true");
        expect(calls()[2]).toContain("--network host ");
      },
      { network: "host" },
    ));

  test("gets the step's environment, files and input, and gives its work, output and result", () =>
    withContainer(async ({ run, checkout, lines }) => {
      const script =
        'cat; echo "$AGENT_TASK_ID"; echo "$HOME"; echo x >new; echo "{}" >"$AGENT_RESULT_FILE"; exit 3';
      const step = { input: "input\n", environment: { AGENT_TASK_ID: "t-1" } };
      expect(await run(script, step)).toMatchObject({ end: { kind: "exit", code: 3 }, result: "{}\n" });
      expect(lines).toEqual(["input", "t-1", expect.stringMatching(/\/step-\w+\/home$/)]);
      expect(readFileSync(join(checkout, "new"), "utf8")).toBe("x\n");
    }));

  test("tells the signal that ended its shell, which the engine tells as a status", () =>
    withContainer(async ({ run }) => {
      expect(await run("kill -SEGV $$")).toMatchObject({ end: { kind: "signal", signal: "SIGSEGV" } });
    }));

  test("is removed where its time runs out", () =>
    withContainer(async ({ run }, calls) => {
      expect(await run("sleep 600", { timeoutMs: 500 })).toMatchObject({ end: { kind: "timeout" } });
      expect(calls().at(-2)).toMatch(/^rm --force agent-runner-/);
    }));

  test("pulls the image that is not there", () =>
    withContainer(
      async ({ run }, calls) => {
        await run("true");
        expect(calls()[2]).toBe("pull --quiet node:24");
      },
      { variables: { DOCKER_IMAGE_STATUS: "1" } },
    ));

  test("fails where the container cannot be removed, since it may be alive", () =>
    withContainer(
      async ({ run }) => {
        await expect(run("true")).rejects.toThrow("step-failed: The step's container");
      },
      { variables: { DOCKER_LEFT: "0123456789ab" } },
    ));
});

describe("isolation `container` is refused, before anything runs,", () => {
  test.each([
    ["no engine answers", { DOCKER_ENGINE_STATUS: "1" }, "No container engine answers"],
    ["the image cannot be had", { DOCKER_IMAGE_STATUS: "1", DOCKER_PULL_STATUS: "1" }, "The image `node:24`"],
  ])("where %s", (_, variables, why) =>
    withContainer(
      async ({ run, lines }, calls) => {
        await expect(run("echo ran")).rejects.toMatchObject({
          code: "isolation-unavailable",
          detail: expect.stringContaining(why),
        });
        expect(lines).toEqual([]);
        expect(calls().join("\n")).not.toContain("run ");
      },
      { variables },
    ));
});
