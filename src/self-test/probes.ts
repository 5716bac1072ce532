import type { IsolationChoice } from "../isolation.ts";
import { table } from "../report/markdown.ts";

/** What a hostile step would try first, and what it would gain. */
export const PROBES = {
  "parent-environment": "reads the environment of the action, in which its inputs and so the tokens stand",
  "parent-memory": "reads the memory of the action, which holds the tokens",
  "runner-files": "reads files in the runner's temporary folder",
  "file-commands": "writes outputs, variables or state of the job (`GITHUB_OUTPUT`, `GITHUB_ENV`, …)",
  "network-loopback": "reaches services of the machine on 127.0.0.1",
  "network-server": "reaches the network (the GitHub server)",
  "write-home": "leaves files in the runner's home, where later steps would read them",
  "write-runner-temp": "leaves files in the runner's temporary folder",
  "write-tmp": "leaves files in the machine's `/tmp`",
  "signal-parent": "sends signals to the action",
  "kernel-settings":
    "changes settings of the machine's kernel, and so runs what it likes as root (`/proc/sys`)",
  outlive: "leaves a process behind that works on when the step is over",
} as const;

export type ProbeName = keyof typeof PROBES;

/** Whether the isolation stood against each probe. */
export type Held = Record<ProbeName, boolean>;

const NETWORK: readonly ProbeName[] = ["network-loopback", "network-server"];
const ALL = Object.keys(PROBES) as ProbeName[];

/** The probes that a level promises to stand against; `docs/isolation.md` shows the same table. */
export function promisesOf(choice: IsolationChoice): ProbeName[] {
  switch (choice.level) {
    case "none":
      return ["outlive"];
    case "user":
      return ALL.filter((name) => !NETWORK.includes(name) && name !== "write-tmp");
    case "bubblewrap":
    case "container":
      return ALL.filter((name) => choice.network === "none" || !NETWORK.includes(name));
  }
}

/** The promised probes that went through. */
export function brokenPromises(choice: IsolationChoice, held: Held): ProbeName[] {
  return promisesOf(choice).filter((name) => !held[name]);
}

/** A Markdown table: what was tried, whether it held, and whether the level promises so. */
export function renderHeld(choice: IsolationChoice, held: Held): string {
  const promised = promisesOf(choice);
  const verdict = (name: ProbeName) => {
    if (held[name]) return "held";
    return promised.includes(name) ? "**BROKEN**" : "open";
  };
  return table(
    ["probe", "result", `promised by \`${choice.level}\``, "what a step does where it is open"],
    ALL.map((name) => [name, verdict(name), promised.includes(name) ? "yes" : "no", PROBES[name]]),
  );
}
