import { rm } from "node:fs/promises";
import { join } from "node:path";
import { created, notFound, ok, unprocessable } from "../answer.ts";
import { git, objectType, tryGit } from "../git.ts";
import type { Repository } from "../model.ts";
import { apiUrl } from "../render/repository.ts";
import type { Json } from "../render/user.ts";
import type { State } from "../state.ts";
import { param, type RepositoryCall, type RepositoryRoutes } from "./route.ts";

const LARGEST_TREE = 100_000;

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

export const treeRoutes: RepositoryRoutes = {
  "GET /repos/{owner}/{repo}/git/trees/{tree_sha}": { needs: ["contents:read"], handle: getTree },
  "POST /repos/{owner}/{repo}/git/trees": { needs: ["contents:write"], handle: createTree },
};
