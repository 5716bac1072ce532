import { pullRequestOpenedEvent } from "../loopback/events.ts";
import type { LoopbackGitHub } from "../loopback/github.ts";
import type { ActionEnd } from "../loopback/runner.ts";
import type { PullView } from "../loopback/views.ts";
import { correlate, leadsTo } from "./correlate.ts";
import type { Scene } from "./scene.ts";
import { print, printHeading, printProse, printQuoted, printSides, styled } from "./terminal.ts";

type Style = Parameters<typeof styled>[0];

export function showOpening(): void {
  print();
  print(`  ${styled("bold", "agent-runner")} · a labelled issue becomes a correlated pull request`);
  printProse(
    "All of it happens here and now: the bundle that users run, real git, and a GitHub that listens on loopback only.",
  );
}

export async function showIssue(
  github: LoopbackGitHub,
  { repository, target, issueNumber, event, sender, notes }: Scene,
): Promise<void> {
  printHeading("1 · The issue");
  if (issueNumber === null) {
    printProse(`\`${event.name}\` brings a whole task; the action files an issue for it.`);
  } else {
    const { title, body, author, labels } = github.issue(repository, issueNumber);
    printSides(styled("bold", title), styled("gray", `${repository}#${issueNumber}`));
    printSides(
      styled("gray", `by ${author}`),
      labels.map((label) => styled("magenta", `[${label}]`)).join(" "),
    );
    print();
    printQuoted(body ?? "", diffStyle);
  }
  print();
  for (const note of notes) printProse(note);
  printProse(`The target, ${target}, has this history:`);
  printQuoted(await github.git(target, "log", "--format=%h %s", "-10"));
  print();
  printProse(`${sender.login} sets the event \`${event.name}\` off; GitHub starts the action.`);
}

export async function showPullRequest(
  github: LoopbackGitHub,
  { target }: Scene,
  pull: PullView,
): Promise<void> {
  printHeading("3 · The pull request");
  printSides(styled("bold", pull.title), styled("gray", `${target}#${pull.number}`));
  const commits = await github.git(target, "rev-list", "--count", `${pull.base.oid}..${pull.head.oid}`);
  const counted = `${commits} commit${commits === "1" ? "" : "s"}`;
  printSides(
    `${styled("green", pull.draft ? "draft" : pull.state)} ${styled("gray", `by ${pull.author}`)}`,
    styled("gray", `${pull.base.ref} ← ${pull.head.ref} · ${counted}`),
  );
  print();
  printQuoted(pull.body ?? "", diffStyle);
  print();
  printProse("Its commit, with the trailers by which the task is found in the history:");
  printQuoted(await github.git(target, "show", "--no-patch", "--format=%B", pull.head.oid));
  print();
  printProse("Its diff:");
  printQuoted(await github.git(target, "diff", pull.base.oid, pull.head.oid), diffStyle);
}

export function showComments(github: LoopbackGitHub, repository: string, issueNumber: number): void {
  printHeading("4 · What the issue shows");
  const { comments, labels } = github.issue(repository, issueNumber);
  printProse(`Labels: ${labels.join(", ") || "none"}`);
  for (const { author, body } of comments) {
    print();
    printProse(styled("gray", author));
    printQuoted(body, markdownStyle);
  }
}

/** Plays a backend that receives `pull_request.opened`; true where its rules lead to the task. */
export function showCorrelation(
  github: LoopbackGitHub,
  { repository, target }: Scene,
  pull: PullView,
  taskId: string,
): boolean {
  printHeading("5 · How a backend finds the task again");
  const correlation = correlate(github, pullRequestOpenedEvent(github, target, pull.number), repository);
  printProse("GitHub sends `pull_request` (`opened`) to the backend's webhook; the backend reads the body:");
  print();
  const { byMetadata, byIssue } = correlation;
  printSides("Rule 1  the first `agent_task_metadata` comment", verdict(byMetadata, taskId));
  if (byIssue === null) {
    printSides("Rule 2  closing keywords, in one repository only", styled("gray", "does not apply"));
  } else {
    for (const { number, taskId: found } of byIssue) {
      printSides(`Rule 2  the issue that it closes, #${number}`, verdict(found, taskId));
    }
  }
  print();
  const isFound = leadsTo(correlation, taskId);
  const success = byIssue === null ? "The rule leads to the task." : "Both rules lead to the same task.";
  printProse(isFound ? styled("green", success) : styled("red", "The rules do not lead to the task."));
  return isFound;
}

export function showEnding({ outputs, summary }: ActionEnd): void {
  printHeading("3 · No pull request");
  printProse(`The outcome is \`${outputs.outcome || "unknown"}\`. The job's summary says:`);
  print();
  printQuoted(summary, markdownStyle);
}

export function showNext(keptIn: string | null): void {
  printHeading("What next");
  if (keptIn !== null) printProse(`Kept for you: ${keptIn}`);
  printProse("· Your own command:      npm run demo -- --command 'date > today.txt'");
  printProse("· Your own webhook:      npm run demo -- --event payload.json");
  printProse("· In your repository:    docs/agent-runner-setup.md");
  print();
}

function verdict(found: string | null, expected: string): string {
  if (found === expected) return `${found} ${styled("green", "✓")}`;
  return `${found ?? "nothing"} ${styled("red", "✗")}`;
}

function diffStyle(line: string): Style {
  if (/^(?:> )?(?:\+\+\+|---|diff |index )/.test(line)) return "gray";
  if (/^(?:> )?@@ /.test(line)) return "cyan";
  if (/^(?:> )?\+/.test(line)) return "green";
  if (/^(?:> )?-(?! )/.test(line)) return "red";
  return markdownStyle(line);
}

function markdownStyle(line: string): Style {
  if (/^#{1,6} /.test(line)) return "bold";
  return /^<!--.*-->$/.test(line) ? "gray" : "reset";
}
