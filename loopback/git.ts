import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { unprocessable } from "./answer.ts";
import { HOOK } from "./git-hook.ts";

/** What a git command gave; `output` are its raw bytes. */
export interface GitResult {
  status: number;
  output: Buffer;
  errors: string;
}

export interface GitOptions {
  input?: string | Buffer | undefined;
  env?: Record<string, string>;
}

/** Environment of every git process here: nothing of the user's own configuration. */
export const GIT_ENVIRONMENT = {
  PATH: process.env.PATH ?? "/usr/bin:/bin",
  HOME: "/nonexistent",
  LC_ALL: "C",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "Loopback",
  GIT_AUTHOR_EMAIL: "loopback@example.invalid",
  GIT_COMMITTER_NAME: "Loopback",
  GIT_COMMITTER_EMAIL: "loopback@example.invalid",
};

/** Runs git in a bare repository; a failure is a status, not an error. */
export function tryGit(directory: string, args: string[], options: GitOptions = {}): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const env = { ...GIT_ENVIRONMENT, ...options.env };
    const child = spawn("git", args, { cwd: directory, env, stdio: ["pipe", "pipe", "pipe"] });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    // A git that refuses early closes its input before all of it is read; its status tells.
    child.stdin.on("error", () => undefined);
    child.on("error", reject);
    child.on("close", (code) => {
      const status = code ?? 128;
      resolve({ status, output: Buffer.concat(output), errors: Buffer.concat(errors).toString() });
    });
    child.stdin.end(options.input ?? "");
  });
}

/** Runs git in a bare repository and gives its output without the last line end; throws where git fails. */
export async function git(directory: string, args: string[], options: GitOptions = {}): Promise<string> {
  const { status, output, errors } = await tryGit(directory, args, options);
  if (status !== 0) throw new Error(`git ${args.join(" ")} failed with ${status}: ${errors}`);
  return output.toString().replace(/\n$/, "");
}

/** The object that a revision names, or `null`. */
export async function resolveOid(directory: string, revision: string): Promise<string | null> {
  if (revision.startsWith("-")) return null;
  const { status, output } = await tryGit(directory, [
    "rev-parse",
    "--verify",
    "--quiet",
    `${revision}^{object}`,
  ]);
  return status === 0 ? output.toString().trim() : null;
}

/** The commit that a branch points at, or `null`. */
export function branchOid(directory: string, branch: string): Promise<string | null> {
  return resolveOid(directory, `refs/heads/${branch}`);
}

/** The type of an object; throws GitHub's 422 where there is none. */
export async function objectType(directory: string, oid: string): Promise<string> {
  const { status, output } = await tryGit(directory, ["cat-file", "-t", oid]);
  if (status !== 0) throw unprocessable("Object does not exist");
  return output.toString().trim();
}

/** How many commits `head` has that `base` has not, and the other way round. */
export async function divergence(directory: string, base: string, head: string) {
  const counts = await git(directory, ["rev-list", "--left-right", "--count", `${base}...${head}`]);
  const [behind = 0, ahead = 0] = counts.split("\t").map(Number);
  return { ahead, behind };
}

/** Whether everything of a commit is in another. */
export async function isAncestor(directory: string, oid: string, of: string): Promise<boolean> {
  return (await tryGit(directory, ["merge-base", "--is-ancestor", oid, of])).status === 0;
}

/** The best common ancestor of two commits; the first commit itself where there is none. */
export async function mergeBase(directory: string, base: string, head: string): Promise<string> {
  const { status, output } = await tryGit(directory, ["merge-base", base, head]);
  return status === 0 ? output.toString().trim() : base;
}

const CONFIG = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
	hooksPath = hooks
[uploadpack]
	allowFilter = true
	allowAnySHA1InWant = true
[receive]
	hideRefs = refs/pull
	autogc = false
[http]
	receivepack = true
[gc]
	auto = 0
`;

/** Makes an empty bare repository as GitHub serves one, by hand: `git init` copies templates that cost time. */
export async function initBare(directory: string, defaultBranch: string): Promise<void> {
  for (const folder of ["objects/pack", "objects/info", "refs/heads", "refs/tags", "hooks"]) {
    await mkdir(join(directory, folder), { recursive: true });
  }
  await writeFile(join(directory, "HEAD"), `ref: refs/heads/${defaultBranch}\n`);
  await writeFile(join(directory, "config"), CONFIG);
  await writeFile(join(directory, "hooks/pre-receive"), HOOK, { mode: 0o755 });
}
