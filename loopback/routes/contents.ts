import { notFound, ok, Refusal } from "../answer.ts";
import { git, resolveOid, tryGit } from "../git.ts";
import { apiUrl, pageUrl } from "../render/repository.ts";
import type { Json } from "../render/user.ts";
import { param, type RepositoryCall, type RepositoryRoutes } from "./route.ts";

interface Found {
  mode: string;
  oid: string;
  path: string;
  size: number;
}

async function listTree(call: RepositoryCall, ref: string, path: string): Promise<Found[]> {
  const args = ["ls-tree", "-z", "-l", ref, ...(path === "" ? [] : ["--", path])];
  const rows = (await git(call.repository.directory, args)).split("\0").filter((row) => row !== "");
  return rows.map((row) => {
    const [head = "", found = ""] = row.split("\t");
    const [mode = "", , sha = "", size = ""] = head.split(/ +/);
    return { mode, oid: sha, path: found, size: Number(size) || 0 };
  });
}

const CONTENT_TYPES: Record<string, string> = { "040000": "dir", "120000": "symlink", "160000": "submodule" };

function renderContent(call: RepositoryCall, found: Found, ref: string): Json {
  const api = apiUrl(call.state, call.repository);
  const page = pageUrl(call.state, call.repository);
  const type = CONTENT_TYPES[found.mode] ?? "file";
  const path = encodeURI(found.path);
  const self = `${api}/contents/${path}?ref=${ref}`;
  const gitUrl = `${api}/git/${type === "dir" ? "trees" : "blobs"}/${found.oid}`;
  const html = `${page}/${type === "dir" ? "tree" : "blob"}/${ref}/${path}`;
  return {
    name: found.path.slice(found.path.lastIndexOf("/") + 1),
    path: found.path,
    sha: found.oid,
    size: found.size,
    type,
    url: self,
    html_url: html,
    git_url: gitUrl,
    download_url: type === "file" ? `${page}/raw/${ref}/${path}` : null,
    _links: { self, git: gitUrl, html },
  };
}

const LARGEST_INLINE = 1024 * 1024;

async function getContents(call: RepositoryCall) {
  const { directory, defaultBranch } = call.repository;
  const path = param(call, "path").replace(/\/+$/, "");
  const ref = call.query.get("ref") ?? defaultBranch;
  const revision = (await resolveOid(directory, `refs/heads/${ref}`)) ?? (await resolveOid(directory, ref));
  if (revision === null) throw new Refusal(404, `No commit found for the ref ${ref}`);
  const list = (of: string) => listTree(call, revision, of);
  const [found] = path === "" ? [{ mode: "040000", oid: "", path, size: 0 }] : await list(path);
  if (found === undefined) throw notFound();
  if (found.mode === "040000") {
    const children = await list(path === "" ? "" : `${path}/`);
    return ok(children.map((child) => renderContent(call, child, ref)));
  }
  if (found.mode === "160000") return ok({ ...renderContent(call, found, ref), submodule_git_url: "" });
  const { output } = await tryGit(directory, ["cat-file", "blob", found.oid]);
  const inline = output.length <= LARGEST_INLINE;
  const content = inline ? output.toString("base64").replace(/.{60}/g, "$&\n") : "";
  if (found.mode === "120000") return ok({ ...renderContent(call, found, ref), target: output.toString() });
  return ok({ ...renderContent(call, found, ref), content, encoding: inline ? "base64" : "none" });
}

export const contentRoutes: RepositoryRoutes = {
  "GET /repos/{owner}/{repo}/contents/{path}": { needs: ["contents:read"], handle: getContents },
};
