import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LoopbackGitHub, startLoopbackGitHub } from "../loopback/github.ts";
import { type ActionEnd, runAction } from "../loopback/runner.ts";
import { cancelledBySignal } from "../src/adapters/signals.ts";
import { HELP, readArguments, UsageError, type Wishes } from "./arguments.ts";
import { openLiveView } from "./live.ts";
import { readEvent, setSceneOf } from "./payload.ts";
import { type Scene, setOwnScene, TOKEN } from "./scene.ts";
import * as story from "./story.ts";
import { print, printHeading } from "./terminal.ts";

const interruption = cancelledBySignal();

/** Tells the whole story; true where it ends with a pull request that correlates with its issue. */
async function demonstrate(wishes: Wishes): Promise<boolean> {
  const event = wishes.event === null ? null : readEvent(wishes.event, wishes.eventName);
  const folder = await mkdtemp(join(tmpdir(), "agent-runner-demo-"));
  // Everything below makes its own folders where this variable says.
  process.env.TMPDIR = folder;
  const github = await startLoopbackGitHub();
  try {
    const scene = event ? await setSceneOf(github, event, wishes.inputs) : await setOwnScene(github);
    story.showOpening();
    await story.showIssue(github, scene);
    const end = await run(github, scene, wishes.inputs, join(folder, "job"));
    const isCorrelated = await showEnd(github, scene, end);
    if (wishes.keep) await keep(github, scene, end, folder);
    story.showNext(wishes.keep ? folder : null);
    return isCorrelated;
  } finally {
    await github.close();
    if (!wishes.keep) await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function run(
  github: LoopbackGitHub,
  { repository, event, sender }: Scene,
  inputs: Record<string, string>,
  folder: string,
): Promise<ActionEnd> {
  printHeading("2 · The run");
  const live = openLiveView(github);
  const end = await runAction({
    serverUrl: github.url,
    repository,
    event,
    actor: sender.login,
    inputs: { token: TOKEN, ...inputs },
    folder,
    onOutput: live.read,
    // Whoever stops the demo stops the run, which then tells its end.
    onStart: (main) => {
      if (interruption.aborted) main.kill();
      interruption.addEventListener("abort", () => main.kill());
    },
  });
  live.end();
  return end;
}

async function showEnd(github: LoopbackGitHub, scene: Scene, end: ActionEnd): Promise<boolean> {
  const { outputs } = end;
  const pull = github
    .pulls(scene.target)
    .find(({ number }) => String(number) === outputs["pull-request-number"]);
  if (pull) await story.showPullRequest(github, scene, pull);
  else story.showEnding(end);
  const issueNumber = Number(outputs["issue-number"]) || scene.issueNumber;
  if (issueNumber !== null) story.showComments(github, scene.repository, issueNumber);
  return pull !== undefined && story.showCorrelation(github, scene, pull, outputs["task-id"] ?? "");
}

async function keep(github: LoopbackGitHub, { target, event }: Scene, { log }: ActionEnd, folder: string) {
  await cp(github.state.repository(target).directory, join(folder, "target.git"), { recursive: true });
  await writeFile(join(folder, "event.json"), `${JSON.stringify(event.payload, null, 2)}\n`);
  await writeFile(join(folder, "log.txt"), log);
}

try {
  const wishes = readArguments(process.argv.slice(2));
  if (wishes.help) print(HELP.trimEnd());
  else if (!(await demonstrate(wishes))) process.exitCode = 1;
} catch (thrown) {
  if (!(thrown instanceof UsageError)) throw thrown;
  console.error(thrown.message);
  process.exitCode = 2;
}
