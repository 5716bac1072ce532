import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { TaskFailure } from "../../../failure.ts";
import { type Account, startsAs } from "./account.ts";
import { refusal } from "./refusal.ts";
import type { TrustedCommands } from "./trusted-commands.ts";

const PATIENCE_MS = 2_500;
const POLL_MS = 20;

/** All of the user's processes are killed at the end: throws `isolation-unavailable` where somebody else uses it too. */
export function refuseProcesses({ name, uid }: Account): void {
  const running = processesOf(uid);
  if (running.length === 0) return;
  throw refusal(
    `The user \`${name}\` already has processes (${running.slice(0, 5).join(", ")}); it must be for one step at a time.`,
    `End them (\`sudo pkill -KILL -u ${name}\`), or name another user in \`isolation-user\`; a service needs a concurrency of 1.`,
  );
}

/** Kills whatever the user has started, however it hides. Throws `step-failed` where something cannot be killed. */
export async function endProcesses(account: Account, commands: TrustedCommands): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  // One call that reaches all of them: whoever forks faster than we look is reached too.
  const killAll = [...startsAs(account), "bash", "--noprofile", "--norc", "-c", "kill -KILL -1"];
  while (processesOf(account.uid).length > 0) {
    if (performance.now() > deadline) {
      throw new TaskFailure("step-failed", `Processes of the user \`${account.name}\` could not be ended.`);
    }
    await commands.run(killAll);
    await pause(POLL_MS);
  }
}

function processesOf(uid: number): string[] {
  return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && isOf(pid, uid));
}

/** The owner of /proc/PID would not tell: it is root for a process that hides its memory. */
function isOf(pid: string, uid: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const uids = /^Uid:\s+(.*)$/m.exec(status)?.[1]?.split(/\s+/) ?? [];
    return uids.includes(String(uid)) && !/^State:\s+[ZX]/m.test(status);
  } catch {
    return false;
  }
}
