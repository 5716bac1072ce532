import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { TaskFailure } from "../../failure.ts";
import type { Oid } from "../../task.ts";
import type { GitDatabase } from "../github/git-database.ts";
import { removeFolder } from "../remove-folder.ts";
import type { TokenSource } from "../token-source.ts";
import { configVariables } from "./environment.ts";
import { gitFailure, httpStatus } from "./failures.ts";
import { type GitEnd, type GitProcessOptions, runGit } from "./git-process.ts";
import type { Mirrors } from "./mirrors.ts";

export interface GitOptions extends GitProcessOptions {
  /** The target's token, asked for anew for each command that talks to the server. */
  token: TokenSource;
  /** Environment of every command, see `baseEnvironment`. */
  environment: Record<string, string>;
  temporaryFolder: string;
  /** Makes the commits that are to be signed; without it there are none. */
  database?: GitDatabase;
  /** Where checkouts are fetched through; without them they come from the server. */
  mirrors?: Mirrors;
}

export interface CommandOptions {
  input?: string | Buffer;
  environment?: Record<string, string>;
  settings?: Record<string, string>;
  /** Work tree that the command reads; git is started in it. */
  workTree?: string;
  maxOutput?: number;
  quiet?: boolean;
  /** See `GitCall`. */
  deadlineMs?: number;
  /** Exit status that is an answer too: there is nothing to be read. */
  nothingStatus?: number;
}

/** A git directory that only we have written, and its remote `origin`. */
export interface Repository {
  /** The folder that is ours to delete. */
  folder: string;
  gitDirectory: string;
  /** In bytes, of the objects that were seen in it. */
  sizes: Map<Oid, number>;
  /** Runs a command that may not talk to any server; every exit status is an answer. */
  run(args: string[], options?: CommandOptions): Promise<GitEnd>;
  /** The same for a command that must succeed; gives its output, or throws `git-failed`. */
  read(args: string[], options?: CommandOptions): Promise<Buffer>;
  /** Runs a command that reads from the server with the token; tried again where the server was out of reach. */
  readRemote(args: string[], options?: CommandOptions): Promise<Buffer>;
  /** Runs a command that writes to the server, once; every exit status is an answer. */
  writeRemote(args: string[], options?: CommandOptions): Promise<GitEnd>;
}

/** Lets git know that the store lacks files on purpose, for the commands that talk to the server. */
export const PARTIAL = { "remote.origin.promisor": "true", "remote.origin.partialCloneFilter": "blob:none" };

const PAUSES_MS = [300, 1200];

/**
 * Lays out a git directory by hand (`git init` would cost a process): bare, or as `.git` of an empty work tree. In a folder that
 * holds one already, its refs and objects stay.
 */
export async function createRepository(
  options: GitOptions,
  url: string,
  kind: "store" | "checkout",
  folder = join(options.temporaryFolder, `${kind}-${randomUUID()}`),
): Promise<Repository> {
  const remote = checkUrl(url);
  const gitDirectory = kind === "store" ? folder : join(folder, ".git");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of ["objects", "refs", "info"]) await mkdir(join(gitDirectory, name), { recursive: true });
  await writeFile(join(gitDirectory, "HEAD"), "ref: refs/heads/none\n");
  await writeFile(join(gitDirectory, "config"), configFile(url, kind === "store"));
  // No filter and no encoding that the repository asks for is ever run, on the way out or in.
  await writeFile(join(gitDirectory, "info", "attributes"), "* -filter -ident -working-tree-encoding\n");

  // Git's own folder is a home without any dot file in it.
  const fixed = { ...options.environment, HOME: gitDirectory, GIT_DIR: gitDirectory };
  const execute = (args: string[], environment: Record<string, string>, command: CommandOptions) => {
    const workTree = command.workTree ? { GIT_WORK_TREE: command.workTree } : {};
    return runGit(options, {
      args,
      environment: { ...fixed, ...environment, ...workTree, ...command.environment },
      directory: command.workTree ?? gitDirectory,
      input: command.input,
      maxOutput: command.maxOutput,
      quiet: command.quiet,
      deadlineMs: command.deadlineMs,
    });
  };
  const run: Repository["run"] = (args, command = {}) => {
    const offline = { GIT_ALLOW_PROTOCOL: "none", GIT_NO_LAZY_FETCH: "1" };
    return execute(args, { ...offline, ...configVariables(command.settings) }, command);
  };
  const contactWith = (token: string | null, args: string[], command: CommandOptions) => {
    const settings = { ...command.settings, ...authorisation(remote, token) };
    return execute(
      args,
      { GIT_ALLOW_PROTOCOL: remote.protocol.slice(0, -1), ...configVariables(settings) },
      command,
    );
  };
  const contact = async (args: string[], command: CommandOptions = {}) => {
    if (remote.protocol === "file:") return await contactWith(null, args, command);
    const token = await options.token(remote);
    const end = await contactWith(token, args, command);
    if (httpStatus(end.stderr) !== 401) return end;
    // Nothing was carried out: a token that has expired meanwhile is no reason to fail.
    const newer = await options.token(remote, token);
    return newer === token ? end : await contactWith(newer, args, command);
  };
  return {
    folder,
    gitDirectory,
    sizes: new Map(),
    run,
    async read(args, command) {
      const end = await run(args, command);
      if (end.status !== 0) throw gitFailure(args, end);
      return end.stdout;
    },
    readRemote: (args, command) =>
      readWithPatience(() => contact(args, command), args, options, command?.nothingStatus),
    writeRemote: contact,
  };
}

/** Deletes a repository's folder; never throws. */
export async function removeRepository(
  { folder }: Pick<Repository, "folder">,
  log: GitOptions["log"],
  remove = removeFolder,
): Promise<void> {
  try {
    await remove(folder);
  } catch (thrown) {
    log.debug(`A temporary folder could not be deleted: ${thrown}`);
  }
}

async function readWithPatience(
  read: () => Promise<GitEnd>,
  args: string[],
  options: GitOptions,
  nothingStatus = 0,
): Promise<Buffer> {
  for (let attempt = 0; ; attempt += 1) {
    const end = await read();
    if (end.status === 0 || end.status === nothingStatus) return end.stdout;
    const failure = gitFailure(args, end);
    const wait = PAUSES_MS[attempt];
    if (failure.code !== "git-failed" || wait === undefined) throw failure;
    await pause(wait * (1 + Math.random() / 2), undefined, { signal: options.cancellation }).catch(() => {});
  }
}

/** The token as a header that goes to this server's origin alone, in the form that git hands to no file and no process list. */
function authorisation(remote: URL, token: string | null): Record<string, string> {
  if (token === null) return {};
  const credentials = Buffer.from(`x-access-token:${token}`).toString("base64");
  return { [`http.${remote.origin}/.extraHeader`]: `AUTHORIZATION: basic ${credentials}` };
}

function checkUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const plain = parsed && !parsed.username && !parsed.password && !/["\\\s]/.test(url);
  if (plain && ["https:", "http:", "file:"].includes(parsed.protocol)) return parsed;
  throw new TaskFailure("git-failed", "The target's git URL must be an HTTP address without credentials.");
}

function configFile(url: string, bare: boolean): string {
  const work = "[user]\n\tname = agent\n\temail = agent@localhost\n";
  return [
    `[core]\n\trepositoryformatversion = 0\n\tbare = ${bare}\n`,
    `[remote "origin"]\n\turl = "${url}"\n`,
    bare ? "" : `\tfetch = +refs/heads/*:refs/remotes/origin/*\n${work}`,
  ].join("");
}
