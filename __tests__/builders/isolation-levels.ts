import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { dirname } from "node:path";
import type { StepsOptions } from "../../src/adapters/steps/steps.ts";
import type { IsolationChoice } from "../../src/isolation.ts";
import { type StepScene, withSteps } from "./steps.ts";

/** Unix users that every Debian has, and that run nothing. */
const IDLE_USERS = ["games", "man", "lp", "mail", "news", "uucp", "proxy", "backup", "list", "irc"] as const;

/** One of them for each of jest's workers: a user is for one step at a time. */
export const STEP_USER = IDLE_USERS[Number(process.env.JEST_WORKER_ID ?? 1) % IDLE_USERS.length] ?? "games";

export interface AvailableLevel {
  name: string;
  choice: IsolationChoice;
  /** Why this machine cannot have it; `null` where it can. */
  missing: string | null;
}

function succeeds(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

/** The levels that need no image, and whether this machine can have them. */
export function isolationLevels(): AvailableLevel[] {
  const isRoot = process.getuid?.() === 0;
  const hasBubblewrap = succeeds("bwrap", "--unshare-user", "--unshare-all", "--ro-bind", "/", "/", "true");
  const choice: IsolationChoice = { level: "user", user: STEP_USER };
  return [
    { name: "none", choice: { level: "none" }, missing: null },
    { name: "user", choice, missing: isRoot ? null : "it takes root here" },
    {
      name: "bubblewrap",
      choice: { level: "bubblewrap", network: "none" },
      missing: hasBubblewrap ? null : "bwrap cannot make its namespaces",
    },
  ];
}

/** `describe` for each level; one that the machine cannot have is shown as skipped. */
export function describeLevels(
  describe: { (name: string, tests: () => void): void; skip(name: string, tests: () => void): void },
  tests: (level: AvailableLevel) => void,
): void {
  for (const level of isolationLevels()) {
    if (level.missing === null) describe(level.name, () => tests(level));
    else describe.skip(`${level.name} (${level.missing})`, () => tests(level));
  }
}

/** Scenes at a level; its user may pass through the scene's folders, as through the action's own. */
export function isolatedSteps({ choice }: AvailableLevel) {
  return <T>(act: (scene: StepScene) => Promise<T>, change: Partial<StepsOptions> = {}): Promise<T> =>
    withSteps(
      (scene) => {
        for (const folder of [dirname(scene.checkout), scene.temporary]) chmodSync(folder, 0o711);
        return act(scene);
      },
      { isolation: choice, ...change },
    );
}

/** Owner and path of a folder and all below it, one line each. */
export function ownersBelow(path: string): string[] {
  return execFileSync("find", [path, "-printf", "%U %P\n"], { encoding: "utf8" }).trim().split("\n");
}
