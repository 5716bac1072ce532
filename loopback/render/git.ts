import { createHash } from "node:crypto";
import { git } from "../git.ts";
import type { Repository } from "../model.ts";
import type { State } from "../state.ts";
import { apiUrl, pageUrl } from "./repository.ts";
import type { Json } from "./user.ts";

/** A commit as git stores it; dates are ISO 8601. */
export interface Commit {
  oid: string;
  tree: string;
  parents: string[];
  author: Json;
  committer: Json;
  message: string;
  /** Made by GitHub itself for an app, which it then signs. */
  signed: boolean;
}

const FORMAT = ["%H", "%T", "%P", "%an", "%ae", "%at", "%cn", "%ce", "%ct", "%B"].join("%x00");

function person(name = "", email = "", seconds = "0"): Json {
  return { name, email, date: `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}Z` };
}

/** The commits that `git log` lists for these arguments, newest first. */
export async function readCommits(repository: Repository, args: string[]): Promise<Commit[]> {
  const command = ["log", "-z", `--format=tformat:${FORMAT}%x00%x01`, ...args, "--"];
  const output = await git(repository.directory, command);
  const records = output.split("\0\u0001\0").filter((record) => record !== "");
  return records.map((record) => {
    const [oid = "", tree = "", parents = "", an, ae, at, cn, ce, ct, message = ""] = record.split("\0");
    return {
      oid,
      tree,
      parents: parents.split(" ").filter((parent) => parent !== ""),
      author: person(an, ae, at),
      committer: person(cn, ce, ct),
      message: message.replace(/\n$/, ""),
      signed: cn === "GitHub",
    };
  });
}

function verification(commit: Commit): Json {
  const reason = commit.signed ? "valid" : "unsigned";
  return { verified: commit.signed, reason, signature: null, payload: null, verified_at: null };
}

/** GitHub's `git-commit`, of the git database. */
export function renderGitCommit(state: State, repository: Repository, commit: Commit): Json {
  const api = `${apiUrl(state, repository)}/git`;
  const page = `${pageUrl(state, repository)}/commit`;
  return {
    sha: commit.oid,
    node_id: nodeIdOf(commit.oid),
    url: `${api}/commits/${commit.oid}`,
    html_url: `${page}/${commit.oid}`,
    author: commit.author,
    committer: commit.committer,
    message: commit.message,
    tree: { sha: commit.tree, url: `${api}/trees/${commit.tree}` },
    parents: commit.parents.map((sha) => ({ sha, url: `${api}/commits/${sha}`, html_url: `${page}/${sha}` })),
    verification: verification(commit),
  };
}

/** GitHub's `commit`, of the commits API. */
export function renderCommit(state: State, repository: Repository, commit: Commit): Json {
  const api = apiUrl(state, repository);
  const page = `${pageUrl(state, repository)}/commit`;
  return {
    sha: commit.oid,
    node_id: nodeIdOf(commit.oid),
    url: `${api}/commits/${commit.oid}`,
    html_url: `${page}/${commit.oid}`,
    comments_url: `${api}/commits/${commit.oid}/comments`,
    commit: {
      url: `${api}/git/commits/${commit.oid}`,
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
      comment_count: 0,
      verification: verification(commit),
    },
    author: null,
    committer: null,
    parents: commit.parents.map((sha) => ({ sha, url: `${api}/commits/${sha}`, html_url: `${page}/${sha}` })),
  };
}

/** Opaque id of a git object. */
export function nodeIdOf(oid: string): string {
  return createHash("sha1").update(oid).digest("base64");
}

const STATUS: Record<string, string> = { A: "added", M: "modified", D: "removed", T: "changed" };

/** The hunks of each file in a patch, in git's order; content lines never start at the margin, so headers are found. */
function hunksOf(patch: string): (string | undefined)[] {
  return patch
    .split(/^diff --git .*$/m)
    .slice(1)
    .map((file) => /^@@[\s\S]*/m.exec(file)?.[0].replace(/\n$/, ""));
}

/** GitHub's `diff-entry` for each file between two commits. */
export async function readDiff(
  state: State,
  repository: Repository,
  base: string,
  head: string,
): Promise<Json[]> {
  const read = (...options: string[]) =>
    git(repository.directory, ["diff", "--no-renames", ...options, base, head]);
  const raw = (await read("--raw", "-z", "--no-abbrev")).split("\0");
  const counts = (await read("--numstat", "-z")).split("\0").map((row) => row.split("\t"));
  const lines = new Map(counts.map(([added, removed, path = ""]) => [path, [added, removed]]));
  const hunks = hunksOf(await read());
  const entries: Json[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [, , oldOid = "", newOid = "", letter = "M"] = (raw[at] ?? "").split(" ");
    const filename = raw[at + 1] ?? "";
    const [additions = 0, deletions = 0] = (lines.get(filename) ?? []).map((count) => Number(count) || 0);
    const patch = hunks.shift();
    // Git writes a changed type (a file become a link) as a deletion and an addition.
    if (letter === "T") hunks.shift();
    entries.push({
      sha: letter === "D" ? oldOid : newOid,
      filename,
      status: STATUS[letter] ?? "changed",
      additions,
      deletions,
      changes: additions + deletions,
      blob_url: `${pageUrl(state, repository)}/blob/${head}/${encodeURI(filename)}`,
      raw_url: `${pageUrl(state, repository)}/raw/${head}/${encodeURI(filename)}`,
      contents_url: `${apiUrl(state, repository)}/contents/${encodeURI(filename)}?ref=${head}`,
      ...(patch === undefined ? {} : { patch }),
    });
  }
  return entries;
}
