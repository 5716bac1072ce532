import { readFileSync } from "node:fs";
import type { LoopbackGitHub } from "../loopback/github.ts";
import { TaskFailure } from "../src/failure.ts";
import { parseTask } from "../src/parse-task.ts";
import { findDiffBlocks } from "../src/processors/diff-blocks.ts";
import type { Issue, Trigger } from "../src/task.ts";
import { readTrigger } from "../src/triggers/registry.ts";
import { UsageError } from "./arguments.ts";
import { filesBeforeDiffs } from "./files-before.ts";
import { admit, backendBody, makeProject, type Scene } from "./scene.ts";

/** A user's own webhook payload and GitHub's name of its event. */
export interface Event {
  name: string;
  payload: Record<string, unknown>;
}

type Dispatched = Extract<Trigger, { kind: "dispatch" }>["dispatch"];

/** Reads a payload from a file; throws a `UsageError` for a file that cannot be read or holds no JSON object. */
export function readEvent(path: string, name: string | null): Event {
  const payload = parseObject(path, readText(path));
  return { name: name ?? guessName(payload), payload };
}

/** Puts onto the loopback GitHub whatever the payload speaks of. Throws a `UsageError` for a payload that starts nothing. */
export async function setSceneOf(
  github: LoopbackGitHub,
  event: Event,
  inputs: Record<string, string>,
): Promise<Scene> {
  const trigger = readWish(event, inputs);
  const { repository, sender } = trigger.kind === "dispatch" ? trigger.dispatch : trigger;
  const issue = trigger.kind === "dispatch" ? issueOf(trigger.dispatch) : null;
  const target = targetOf(trigger, issue, inputs) ?? repository;
  await makeRepositories(github, event, [...new Set([repository, target])]);
  admit(github, sender, [repository, target]);
  const notes = [`\`${target}\` is made up: a few files and commits, on this machine alone.`];
  const instruction = trigger.kind === "dispatch" ? (issue?.body ?? "") : trigger.payload.instruction;
  notes.push(...(await layFilesUnderDiffs(github, target, instruction)));
  if (issue !== null) {
    openIssue(github, issue);
    if (trigger.kind === "dispatch") addTriggerComment(github, trigger.dispatch, event);
    if (trigger.kind === "dispatch" && trigger.dispatch.issue === null) {
      notes.push("The payload names the issue without its text: the demo wrote one.");
    }
  }
  return { repository, issueNumber: issue?.number ?? null, target, event, sender, notes };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    const reason = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "unknown reason";
    throw new UsageError(`${path} cannot be read (${reason}).`);
  }
}

function parseObject(path: string, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (thrown) {
    throw new UsageError(`${path} is not JSON: ${thrown instanceof Error ? thrown.message : thrown}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new UsageError(`${path} holds JSON, but no object: a webhook's payload is one.`);
}

function guessName(payload: Record<string, unknown>): string {
  if ("comment" in payload && "issue" in payload) return "issue_comment";
  if ("issue" in payload) return "issues";
  if ("client_payload" in payload) return "repository_dispatch";
  if ("inputs" in payload || "workflow" in payload) return "workflow_dispatch";
  if ("pull_request" in payload) return "pull_request";
  throw new UsageError(
    "The payload's shape does not tell what event it is of: name it, for instance with --event-name issues.",
  );
}

type Wish = Exclude<Trigger, { kind: "ignored" }>;

/** Asks the action's own triggers what the event wants. */
function readWish(event: Event, inputs: Record<string, string>): Wish {
  const triggerLabel = inputs["trigger-label"] ?? "copilot-agent";
  const trigger = readOrExplain(event, triggerLabel);
  if (trigger.kind !== "ignored") return trigger;
  throw new UsageError(
    `This payload starts nothing: ${trigger.reason}. A task begins with an issue that is opened with, or given, the label \`${triggerLabel}\`, with the comment \`/agent run\` on one, or by hand.`,
  );
}

function readOrExplain({ name: eventName, payload }: Event, triggerLabel: string): Trigger {
  const actor = { login: "ghost", type: "User" } as const;
  try {
    return readTrigger({ eventName, payload, repository: "", actor }, { triggerLabel, issueNumber: null });
  } catch (thrown) {
    if (thrown instanceof TaskFailure) throw new UsageError(thrown.detail);
    throw thrown;
  }
}

function issueOf({ issue, repository, issueNumber, sender }: Dispatched): Issue {
  return (
    issue ?? {
      repository,
      number: issueNumber,
      url: "",
      title: "Greet people by name",
      body: backendBody(repository),
      author: sender,
      labels: [],
      state: "open",
      isPullRequest: false,
      commentCount: 0,
      updatedAt: "",
    }
  );
}

/** The target that the text names; one that cannot be read is for the action to refuse. */
function targetOf(trigger: Wish, issue: Issue | null, inputs: Record<string, string>): string | null {
  const configured = inputs["target-repository"] ?? null;
  if (trigger.kind === "unfiled") return trigger.payload.targetRepository ?? configured;
  try {
    const parsed = issue && parseTask(issue, { requireMetadata: false });
    return parsed?.targetRepository ?? configured;
  } catch {
    return configured;
  }
}

async function makeRepositories(github: LoopbackGitHub, { payload }: Event, names: string[]): Promise<void> {
  const told = payload.repository as { full_name?: string; default_branch?: unknown } | undefined;
  for (const name of names) {
    const isTold = told?.full_name === name && typeof told.default_branch === "string";
    await makeProject(github, name, isTold ? { defaultBranch: String(told.default_branch) } : {});
  }
}

/** The made-up target lacks the user's files: those that the diffs change are made of what the diffs expect. */
async function layFilesUnderDiffs(github: LoopbackGitHub, target: string, body: string): Promise<string[]> {
  const files = filesBeforeDiffs(findDiffBlocks(body));
  const paths = Object.keys(files);
  if (paths.length === 0) return [];
  const { defaultBranch } = github.state.repository(target);
  await github.commit(target, defaultBranch, files, "Add what the diffs expect");
  return [`What the diffs expect was put into ${paths.map((path) => `\`${path}\``).join(", ")}.`];
}

function openIssue(github: LoopbackGitHub, { repository, number, title, body, author, labels }: Issue): void {
  github.createIssue(repository, { number, title, body, author, labels });
}

function addTriggerComment(github: LoopbackGitHub, dispatch: Dispatched, { payload }: Event): void {
  if (dispatch.commentId === null) return;
  const { body } = payload.comment as { body: string };
  github.comment(dispatch.repository, dispatch.issueNumber, body, dispatch.sender);
  const { issue } = github.state.issue(dispatch.repository, dispatch.issueNumber);
  Object.assign(issue.comments.at(-1) ?? {}, { id: dispatch.commentId });
}
