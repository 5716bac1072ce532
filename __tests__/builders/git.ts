import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { commitFiles, type Files } from "../../loopback/fast-import.ts";
import { initBare, git as runGit } from "../../loopback/git.ts";
import { createGit, type GitAdapterOptions } from "../../src/adapters/git/git.ts";
import type { Checkout, DiffBlock, Git, GitStore, NewCommit } from "../../src/ports.ts";

/** A bare repository served by `file://`, and the adapter over it. */
export interface GitScene {
  url: string;
  /** The bare repository. */
  remote: string;
  /** Folder of the adapter's own folders. */
  temporary: string;
  /** A folder for the test itself. */
  room: string;
  git: Git;
  connect(change?: Partial<GitAdapterOptions>): Git;
  /** Lines of the log's `outside`. */
  lines: string[];
  /** Runs git in the bare repository and gives its output. */
  inRemote(...args: string[]): Promise<string>;
  /** Commits onto a branch of the bare repository, as somebody else would; a new branch begins at `from`. */
  commitRemote(branch: string, files: Files, from?: string): Promise<string>;
}

export const BASE = "main";
export const BRANCH = "agent-task-1-12345678";
export const WANT = { base: BASE, branch: BRANCH };
const STEP_AUTHOR = {
  GIT_AUTHOR_NAME: "Step",
  GIT_AUTHOR_EMAIL: "step@example.invalid",
  GIT_COMMITTER_NAME: "Step",
  GIT_COMMITTER_EMAIL: "step@example.invalid",
};
const SECONDS = 1_760_000_000;

/** Plays `act` with a remote repository of these files on `main`. */
export async function withGit<T>(files: Files, act: (scene: GitScene) => Promise<T>): Promise<T> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "git-scene-")));
  const [remote, temporary, room] = [join(root, "remote.git"), join(root, "temporary"), join(root, "room")];
  for (const folder of [remote, temporary, room]) mkdirSync(folder);
  await initBare(remote, BASE);
  if (Object.keys(files).length > 0) await commitFiles(remote, BASE, files, { seconds: SECONDS });
  const lines: string[] = [];
  const connect = (change: Partial<GitAdapterOptions> = {}) =>
    connectGit({ temporaryFolder: temporary, lines, ...change });
  try {
    return await act({
      ...{ url: `file://${remote}`, remote, temporary, room, lines, connect, git: connect() },
      inRemote: (...args) => runGit(remote, args),
      commitRemote: async (branch, changed, from) => {
        const known = await runGit(remote, [
          "for-each-ref",
          "--format=%(objectname)",
          `refs/heads/${branch}`,
        ]);
        return await commitFiles(remote, branch, changed, {
          from: known || (from ?? null),
          seconds: SECONDS + 60,
        });
      },
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** The adapter, with a token that nobody asks for and a run that nobody cancels. */
export function connectGit({
  lines,
  ...change
}: Partial<GitAdapterOptions> & { temporaryFolder: string; lines: string[] }): Git {
  return createGit({
    token: async () => "a-token",
    environment: { PATH: process.env.PATH },
    log: { debug: () => {}, outside: (line) => void lines.push(line) },
    cancellation: new AbortController().signal,
    ...change,
  });
}

/** Plays a step: a shell script in a checkout of `main`, with nothing of ours in its environment. */
export async function playStep(checkout: Checkout, script: string): Promise<void> {
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: checkout.path,
    GIT_CONFIG_NOSYSTEM: "1",
    LC_ALL: "C",
    ...STEP_AUTHOR,
  };
  const running = promisify(execFile)("bash", ["-eo", "pipefail", "-c", script], { cwd: checkout.path, env });
  running.child.stdin?.end();
  await running;
}

/** Checks `main` out, plays a step in it, and takes its work as the processor does: in a store made afterwards. */
export async function takeWork(git: Git, url: string, script: string) {
  const checkout = await git.checkout(url, WANT);
  await checkout.switchTo(checkout.refs.base);
  await playStep(checkout, script);
  const store = await git.open(url);
  const { tree, leftOut } = await store.snapshot(checkout, [checkout.refs.base]);
  const changes = await store.changes(checkout.refs.base, tree);
  return { store, checkout, tree, leftOut, changes, base: checkout.refs.base };
}

/** `status path` of each change, so that a whole piece of work is compared at once. */
export function listed(changes: Awaited<ReturnType<GitStore["changes"]>>): string[] {
  return changes.map(({ status, path }) => `${status} ${path}`);
}

/** The text of a file of a tree. */
export async function textOf(
  store: GitStore,
  base: string,
  tree: string,
  path: string,
): Promise<string | null> {
  const change = (await store.changes(base, tree)).find((candidate) => candidate.path === path);
  if (!change || change.status === "deleted") return null;
  const [content] = await store.readBlobs([change.newOid], 1 << 20);
  return content?.toString() ?? null;
}

/** A diff as an instruction's first block. */
export function aDiff(text: string, line = 1): DiffBlock {
  return { line, text };
}

/** A commit of ours. */
export function aCommit(change: Pick<NewCommit, "tree" | "parents"> & Partial<NewCommit>): NewCommit {
  const identity = { name: "Agent", email: "agent@example.invalid" };
  return { message: "Work\n", author: identity, committer: identity, ...change };
}
