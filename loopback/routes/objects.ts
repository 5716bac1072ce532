import { rm } from "node:fs/promises";
import { join } from "node:path";
import { created, notFound, ok, unprocessable } from "../answer.ts";
import { git, objectType, tryGit } from "../git.ts";
import type { Repository } from "../model.ts";
import { nodeIdOf, readCommits, renderGitCommit } from "../render/git.ts";
import { apiUrl } from "../render/repository.ts";
import type { Json } from "../render/user.ts";
import { authorOf, type State } from "../state.ts";
import { param, type RepositoryCall, type RepositoryRoutes } from "./route.ts";

const LARGEST_BLOB = 100 * 1024 * 1024;
const LARGEST_TREE = 100_000;

async function expectType(call: RepositoryCall, oid: string, type: string): Promise<void> {
  const { status, output } = await tryGit(call.repository.directory, ["cat-file", "-t", oid]);
  if (status !== 0 || output.toString().trim() !== type) throw notFound();
}

async function getCommit(call: RepositoryCall) {
  const oid = param(call, "commit_sha");
  await expectType(call, oid, "commit");
  const [commit] = await readCommits(call.repository, ["-1", oid]);
  if (commit === undefined) throw notFound();
  return ok(renderGitCommit(call.state, call.repository, commit));
}

function identity(call: RepositoryCall, role: "author" | "committer"): Record<string, string> {
  const given = call.body[role] ?? call.body.author;
  const { author } = authorOf(call.state, call.token);
  // GitHub itself commits for an app that names nobody, and signs such a commit.
  const byGitHub = role === "committer" && given === undefined && author.type === "Bot";
  const fallback = byGitHub
    ? { name: "GitHub", email: "noreply@github.com" }
    : { name: author.login, email: `${author.id}+${author.login}@users.noreply.github.com` };
  const { name, email, date } = { ...fallback, date: call.state.now(), ...given };
  const prefix = `GIT_${role.toUpperCase()}`;
  return { [`${prefix}_NAME`]: name, [`${prefix}_EMAIL`]: email, [`${prefix}_DATE`]: date };
}

async function createCommit(call: RepositoryCall) {
  const { directory } = call.repository;
  const { message, tree, parents = [] } = call.body;
  if ((await tryGit(directory, ["cat-file", "-e", `${tree}^{tree}`])).status !== 0) {
    throw unprocessable("Tree SHA does not exist");
  }
  for (const parent of parents as string[]) {
    if ((await tryGit(directory, ["cat-file", "-e", `${parent}^{commit}`])).status !== 0) {
      throw unprocessable("Parent SHA does not exist or is not a commit object");
    }
  }
  const env = { ...identity(call, "author"), ...identity(call, "committer") };
  const args = ["commit-tree", tree, ...(parents as string[]).flatMap((parent) => ["-p", parent])];
  const oid = await git(directory, args, { input: message, env });
  const [commit] = await readCommits(call.repository, ["-1", oid]);
  if (commit === undefined) throw notFound();
  return created(renderGitCommit(call.state, call.repository, commit));
}

async function renderTree(
  state: State,
  repository: Repository,
  oid: string,
  recursive: boolean,
): Promise<Json> {
  const api = `${apiUrl(state, repository)}/git`;
  const args = ["ls-tree", "-z", "-l", ...(recursive ? ["-r", "-t"] : []), oid];
  const rows = (await git(repository.directory, args)).split("\0").filter((row) => row !== "");
  const tree = rows.slice(0, LARGEST_TREE).map((row) => {
    const [head = "", path] = row.split("\t");
    const [mode, type, sha, size] = head.split(/ +/);
    return {
      path,
      mode,
      type,
      sha,
      ...(type === "blob" ? { size: Number(size) } : {}),
      url: `${api}/${type}s/${sha}`,
    };
  });
  return { sha: oid, url: `${api}/trees/${oid}`, tree, truncated: rows.length > LARGEST_TREE };
}

async function getTree(call: RepositoryCall) {
  const revision = param(call, "tree_sha");
  const found = await tryGit(call.repository.directory, [
    "rev-parse",
    "--verify",
    "--quiet",
    `${revision}^{tree}`,
  ]);
  if (found.status !== 0) throw notFound();
  const oid = found.output.toString().trim();
  return ok(await renderTree(call.state, call.repository, oid, call.query.has("recursive")));
}

interface TreeEntry {
  path: string;
  mode?: string;
  sha?: string | null;
  content?: string;
}

async function indexLine(directory: string, entry: TreeEntry): Promise<string> {
  if (entry.sha === null) return `0 ${"0".repeat(40)}\t${entry.path}\0`;
  const write = () => git(directory, ["hash-object", "-w", "--stdin"], { input: entry.content ?? "" });
  const oid = entry.sha ?? (await write());
  if (entry.sha !== undefined && entry.mode !== "160000") await objectType(directory, oid);
  return `${entry.mode ?? "100644"} ${oid}\t${entry.path}\0`;
}

async function createTree(call: RepositoryCall) {
  const { directory } = call.repository;
  const { base_tree: base, tree: entries } = call.body;
  const env = { GIT_INDEX_FILE: join(directory, `index-${call.state.nextId()}`) };
  if (base !== undefined && (await tryGit(directory, ["read-tree", base], { env })).status !== 0) {
    throw unprocessable("base_tree is not a valid tree oid");
  }
  const lines = await Promise.all((entries as TreeEntry[]).map((entry) => indexLine(directory, entry)));
  const update = await tryGit(directory, ["update-index", "-z", "--index-info"], {
    input: lines.join(""),
    env,
  });
  if (update.status !== 0) throw unprocessable("tree.path contains a malformed path component");
  const oid = await git(directory, ["write-tree"], { env });
  await rm(env.GIT_INDEX_FILE, { force: true });
  return created(await renderTree(call.state, call.repository, oid, false));
}

async function getBlob(call: RepositoryCall) {
  const oid = param(call, "file_sha");
  await expectType(call, oid, "blob");
  const { output } = await tryGit(call.repository.directory, ["cat-file", "blob", oid]);
  const url = `${apiUrl(call.state, call.repository)}/git/blobs/${oid}`;
  const content = output.toString("base64").replace(/.{60}/g, "$&\n");
  return ok({ sha: oid, node_id: nodeIdOf(oid), size: output.length, url, content, encoding: "base64" });
}

async function createBlob(call: RepositoryCall) {
  const input = Buffer.from(call.body.content, call.body.encoding === "base64" ? "base64" : "utf8");
  if (input.length > LARGEST_BLOB) throw unprocessable("Blob is too large");
  const sha = await git(call.repository.directory, ["hash-object", "-w", "--stdin"], { input });
  const url = `${apiUrl(call.state, call.repository)}/git/blobs/${sha}`;
  return created({ sha, url }, { location: url });
}

async function createTag(call: RepositoryCall) {
  const { state, repository, body } = call;
  const { author } = authorOf(state, call.token);
  const { name, email, date } = {
    name: author.login,
    email: `${author.login}@users.noreply.github.com`,
    date: state.now(),
    ...body.tagger,
  };
  const who = `${name} <${email}> ${Math.floor(Date.parse(date) / 1000)} +0000`;
  await objectType(repository.directory, body.object);
  const input = `object ${body.object}\ntype ${body.type}\ntag ${body.tag}\ntagger ${who}\n\n${body.message}\n`;
  const { status, output } = await tryGit(repository.directory, ["mktag"], { input });
  if (status !== 0) throw unprocessable("Tag object is not valid");
  const sha = output.toString().trim();
  const api = `${apiUrl(state, repository)}/git`;
  return created({
    sha,
    node_id: nodeIdOf(sha),
    url: `${api}/tags/${sha}`,
    tag: body.tag,
    message: body.message,
    tagger: { name, email, date },
    object: { sha: body.object, type: body.type, url: `${api}/${body.type}s/${body.object}` },
  });
}

export const objectRoutes: RepositoryRoutes = {
  "GET /repos/{owner}/{repo}/git/commits/{commit_sha}": { needs: ["contents:read"], handle: getCommit },
  "POST /repos/{owner}/{repo}/git/commits": { needs: ["contents:write"], handle: createCommit },
  "GET /repos/{owner}/{repo}/git/trees/{tree_sha}": { needs: ["contents:read"], handle: getTree },
  "POST /repos/{owner}/{repo}/git/trees": { needs: ["contents:write"], handle: createTree },
  "GET /repos/{owner}/{repo}/git/blobs/{file_sha}": { needs: ["contents:read"], handle: getBlob },
  "POST /repos/{owner}/{repo}/git/blobs": { needs: ["contents:write"], handle: createBlob },
  "POST /repos/{owner}/{repo}/git/tags": { needs: ["contents:write"], handle: createTag },
};
