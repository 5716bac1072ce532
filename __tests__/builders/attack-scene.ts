import type { ChildProcess } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoopbackGitHub } from "../../loopback/github.ts";
import type { ActionEnd, ActionRun } from "../../loopback/runner.ts";
import { CANARIES } from "./canary-job.ts";
import { aBody, aDispatchRepository, aLabelledEvent, DEVELOPER, REPOSITORY, runJob } from "./job.ts";
import { processesIn } from "./processes-in.ts";

/** A run's surroundings, in which everything that an attack may point at was made for it. */
export interface Scene {
  github: LoopbackGitHub;
  /** Address of a server that must never be called. */
  sink: string;
  /** How often it was called. */
  calls: () => number;
  /** Folder of all that follows; it stands in the environment of whatever the run starts. */
  root: string;
  /** The job's own folder, with `temp`, `home` and the runner's files. */
  job: string;
  /** A program that leaves a trace wherever it is run. */
  trap: string;
  wasTrapped: () => boolean;
  /** A folder that stays as it is: it holds one file, `kept`. */
  bait: string;
  /** First folder of the job's `PATH`; it is empty. */
  early: string;
  /** The next one, with a `git` that writes down its arguments. */
  bin: string;
  /** What all calls of git had for arguments. */
  gitArguments: () => string;
}

/** One try to gain something from a run, and how the run ends all the same. */
export interface Attack {
  /** Name of its test, and of its mention in `docs/security.md`. */
  name: string;
  /** The instruction, in the backend's own body; default an ordinary one. */
  instruction?: string | ((scene: Scene) => string);
  /** The whole body instead. */
  body?: string | ((scene: Scene) => string);
  title?: string;
  /** Script of the step; default none. */
  command?: string | ((scene: Scene) => string);
  inputs?: Record<string, string>;
  environment?: (scene: Scene) => Record<string, string>;
  /** What else is there before the event. */
  arrange?: (scene: Scene) => void | Promise<void>;
  /** Default: a developer sets the label. */
  event?: (scene: Scene, issue: number) => ActionRun["event"];
  /** Called while the main process is at work. */
  during?: (scene: Scene, main: ChildProcess) => void;
  /** The one visible result: its outcome, or its failure code; `null` where nothing is to be said. */
  ends: string | null;
  /** What went wrong besides, in words. */
  flaws?: (scene: Scene, end: ActionEnd) => string[] | Promise<string[]>;
}

/** Plays `act` in a new scene, and ends whatever an attack left there. */
export async function withScene<T>(act: (scene: Scene) => Promise<T>): Promise<T> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "attack-")));
  const github = await aDispatchRepository();
  const sink = await openSink();
  try {
    registerCanaries(github);
    return await act({ github, root, ...layOut(root), sink: sink.url, calls: sink.calls });
  } finally {
    for (const pid of processesIn(root)) process.kill(pid, "SIGKILL");
    await sink.close();
    await github.close();
    rmSync(root, { recursive: true, force: true });
  }
}

/** Both shapes of token; the old one for the issue, the new one for the code. */
function registerCanaries(github: LoopbackGitHub): void {
  const write = { contents: "write", issues: "write", pull_requests: "write", metadata: "read" } as const;
  const [actions, app] = ["github-actions[bot]", "target-app[bot]"];
  const access = { [REPOSITORY]: write };
  github.registerToken({
    token: CANARIES.dispatch,
    kind: "actions",
    actor: { login: actions, type: "Bot" },
    access,
  });
  github.registerToken({
    token: CANARIES.target,
    kind: "installation",
    actor: { login: app, type: "Bot" },
    access,
  });
}

function layOut(root: string) {
  const [job, bait, trap] = [join(root, "job"), join(root, "bait"), join(root, "trap")];
  const [early, bin] = [join(root, "early"), join(root, "bin")];
  const [trace, called] = [join(root, "trapped"), join(root, "git-arguments")];
  for (const folder of [job, bait, early, bin]) mkdirSync(folder);
  writeFileSync(join(bait, "kept"), "kept\n");
  const write = (path: string, script: string) => {
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  };
  // By absolute paths: an attack may put this program in the place of any other.
  write(trap, `{ echo "$0 $*"; /usr/bin/env; } >> ${trace}`);
  write(join(bin, "git"), `echo "$*" >> ${called}\nPATH="\${PATH#*${bin}:}"\nexec git "$@"`);
  return {
    ...{ job, bait, early, bin, trap },
    wasTrapped: () => existsSync(trace),
    gitArguments: () => (existsSync(called) ? readFileSync(called, "utf8") : ""),
  };
}

async function openSink() {
  let calls = 0;
  const server = createServer((socket) => {
    calls += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    calls: () => calls,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

function textOf(part: string | ((scene: Scene) => string), scene: Scene): string {
  return typeof part === "string" ? part : part(scene);
}

/** Files the issue, gives its number, and brings about what the attack wants to be there. */
export async function prepare(scene: Scene, attack: Attack): Promise<number> {
  const body = attack.body ?? ((it: Scene) => aBody(textOf(attack.instruction ?? "Write more.", it)));
  const issue = scene.github.createIssue(REPOSITORY, {
    title: attack.title ?? "Write more",
    body: textOf(body, scene),
    author: DEVELOPER,
  });
  await attack.arrange?.(scene);
  return issue;
}

/** Sets the event off and runs the bundle on it, main and post. */
export async function play(scene: Scene, attack: Attack, issue: number): Promise<ActionEnd> {
  const { github, job, early, bin } = scene;
  const event = attack.event?.(scene, issue) ?? aLabelledEvent(github, issue);
  const command = attack.command === undefined ? {} : { command: textOf(attack.command, scene) };
  return await runJob(github, event, {
    folder: job,
    inputs: { token: CANARIES.dispatch, "target-token": CANARIES.target, ...command, ...attack.inputs },
    environment: { PATH: `${early}:${bin}:${process.env.PATH}`, ...attack.environment?.(scene) },
    onStart: (main) => attack.during?.(scene, main),
  });
}
