import { chmodSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import type { Machine } from "../../src/adapters/steps/isolation/isolation.ts";
import { openIsolation } from "../../src/adapters/steps/isolation/registry.ts";
import type { CommandEnd } from "../../src/adapters/steps/isolation/trusted-commands.ts";
import type { IsolationChoice } from "../../src/isolation.ts";
import { isolatedSteps, isolationLevels, STEP_USER } from "../builders/isolation-levels.ts";
import { aLongSleep, alive } from "../builders/steps.ts";

jest.setTimeout(60_000);

const [, user] = isolationLevels();
const withUser = user?.missing === null ? test : test.skip;

function refused(detail: string) {
  return { code: "isolation-unavailable", detail: expect.stringContaining(detail) };
}

/** Enters the isolation on a machine whose commands end as told; all others succeed. */
function enter(choice: IsolationChoice, ends: Record<string, Partial<CommandEnd>>) {
  const machine: Machine = {
    environment: {},
    log: { info() {} },
    commands: {
      async run(command) {
        const line = command.join(" ");
        const [, end] = Object.entries(ends).find(([part]) => line.includes(part)) ?? [];
        return { status: 0, stdout: "", stderr: "", ...end };
      },
    },
  };
  const step = { directory: "/nowhere/checkout", folder: "/nowhere/step", environment: {} };
  return openIsolation(choice, machine).enter(["true"], step);
}

describe("isolation `user` is refused with a remedy", () => {
  const choice = { level: "user", user: STEP_USER } as const;
  const identity = { "id -u": { stdout: "1234\n" }, "id -g": { stdout: "1234\n" } };

  test("where there is no setpriv", async () => {
    await expect(enter(choice, { setpriv: { status: null } })).rejects.toMatchObject(
      refused("apt-get install"),
    );
  });

  test("where there is no such user", async () => {
    const ends = { "id -u": { status: 1 }, "id -g": { status: 1 } };
    await expect(enter(choice, ends)).rejects.toMatchObject(refused(`sudo useradd --system`));
  });

  test.each([
    ["root", "0"],
    ["the runner's own", String(process.getuid?.())],
  ])("where the user is %s", async (_, uid) => {
    const ends = { ...identity, "id -u": { stdout: `${uid}\n` } };
    await expect(enter(choice, ends)).rejects.toMatchObject(refused("which isolates nothing"));
  });

  withUser("where the user already has processes, and leaves them alone", () =>
    isolatedSteps({ name: "none", choice: { level: "none" }, missing: null })(async ({ run }) => {
      const sleep = aLongSleep();
      const uid = `--reuid=${STEP_USER} --regid=${STEP_USER} --clear-groups`;
      const other = run(`cd /; exec setpriv ${uid} ${sleep}`, { timeoutMs: 20_000 });
      while (alive(sleep).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      await isolatedSteps({ name: "user", choice, missing: null })(async (scene) => {
        await expect(scene.run("true")).rejects.toMatchObject(refused("already has processes"));
      });
      const [pid = 0] = alive(sleep);
      process.kill(pid, "SIGKILL");
      expect(await other).toMatchObject({ end: { kind: "signal", signal: "SIGKILL" } });
    }),
  );

  withUser("where the user could enter a folder of the runner's, which is named with its chmod", () =>
    isolatedSteps({ name: "user", choice, missing: null })(
      async ({ run, lines }) => {
        await expect(run("echo ran")).rejects.toMatchObject(refused("`chmod go-rwx /etc`"));
        expect(lines).toEqual([]);
      },
      { parentEnvironment: { PATH: process.env.PATH, GITHUB_WORKSPACE: "/etc" } },
    ),
  );

  withUser("where the user could not reach its checkout", () =>
    isolatedSteps({ name: "user", choice, missing: null })(async ({ run, checkout }) => {
      chmodSync(dirname(checkout), 0o700);
      await expect(run("true")).rejects.toMatchObject(refused("open for search (`chmod o+x`)"));
    }),
  );
});

describe("isolation `bubblewrap` is refused with a remedy", () => {
  const choice = { level: "bubblewrap", network: "none" } as const;

  test("where there is no bwrap", async () => {
    const missing = enter(choice, { bwrap: { status: 127 } });
    await expect(missing).rejects.toMatchObject(refused("`sudo apt-get install -y bubblewrap`"));
  });

  test("where bwrap cannot make its namespaces, with its own words", async () => {
    const words = "bwrap: setting up uid map: Permission denied";
    const failed = enter(choice, { bwrap: { status: 1, stderr: words } });
    await expect(failed).rejects.toMatchObject({ ...refused("cannot make its namespaces"), quote: words });
  });
});
