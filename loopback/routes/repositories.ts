import { grantFor, roleOf } from "../access.ts";
import { noContent, notFound, ok, Refusal } from "../answer.ts";
import { git, resolveOid, tryGit } from "../git.ts";
import type { Hook, Role } from "../model.ts";
import { apiUrl, pageUrl, renderFullRepository, rolePermissions } from "../render/repository.ts";
import { type Json, renderUser } from "../render/user.ts";
import { paged, param, type RepositoryCall, type RepositoryRoutes } from "./route.ts";

/** What the token amounts to as a role: permissions are shown as the role that they come closest to. */
function shownRole({ state, token, repository }: RepositoryCall): Role {
  const grant = grantFor(state, token, repository);
  if (typeof grant === "string") return grant;
  if (grant.administration !== undefined) return "admin";
  return grant.contents === "write" ? "write" : "read";
}

/** GitHub tells `maintain` as `write` and `triage` as `read`, and the finer name beside it. */
function getPermission(call: RepositoryCall) {
  const login = param(call, "username");
  const user = call.state.findUser(login);
  if (user === undefined) throw new Refusal(404, `${login} is not a user`);
  const role = roleOf(call.repository, login);
  const permission = role === "maintain" ? "write" : role === "triage" ? "read" : role;
  const rendered = { ...renderUser(call.state, user), permissions: rolePermissions(role), role_name: role };
  return ok({ permission, role_name: role, user: rendered });
}

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

function renderHook(call: RepositoryCall, hook: Hook): Json {
  const url = `${apiUrl(call.state, call.repository)}/hooks/${hook.id}`;
  const [last] = hook.deliveries.slice(-1);
  return {
    type: "Repository",
    id: hook.id,
    name: "web",
    active: true,
    events: hook.events,
    config: { content_type: "json", insecure_ssl: "0", url: hook.url, secret: "********" },
    updated_at: hook.createdAt,
    created_at: hook.createdAt,
    url,
    test_url: `${url}/test`,
    ping_url: `${url}/pings`,
    deliveries_url: `${url}/deliveries`,
    last_response: {
      code: last?.status ?? null,
      status: last === undefined ? "unused" : "active",
      message: null,
    },
  };
}

function listDeliveries(call: RepositoryCall) {
  const hook = call.repository.hooks.find(({ id }) => id === Number(param(call, "hook_id")));
  if (hook === undefined) throw notFound();
  return paged(call, `/hooks/${hook.id}/deliveries`, [...hook.deliveries].reverse(), (delivery) => ({
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.at,
    redelivery: false,
    duration: 0.1,
    status: delivery.status < 300 ? "OK" : "Invalid HTTP Response",
    status_code: delivery.status,
    event: delivery.event,
    action: delivery.action,
    installation_id: null,
    repository_id: call.repository.id,
  }));
}

export const repositoryRoutes: RepositoryRoutes = {
  "GET /repos/{owner}/{repo}": {
    needs: ["metadata:read"],
    handle: (call) => ok(renderFullRepository(call.state, call.repository, shownRole(call))),
  },
  "GET /repos/{owner}/{repo}/collaborators/{username}/permission": {
    needs: ["metadata:read"],
    handle: getPermission,
  },
  "GET /repos/{owner}/{repo}/contents/{path}": { needs: ["contents:read"], handle: getContents },
  "POST /repos/{owner}/{repo}/dispatches": {
    needs: ["contents:write"],
    handle: ({ repository, body, token }) => {
      const sender = token?.actor.login ?? "";
      repository.dispatches.push({
        eventType: body.event_type,
        clientPayload: body.client_payload ?? {},
        sender,
      });
      return noContent();
    },
  },
  "GET /repos/{owner}/{repo}/hooks": {
    needs: ["repository_hooks:read"],
    role: "admin",
    handle: (call) => paged(call, "/hooks", call.repository.hooks, (hook) => renderHook(call, hook)),
  },
  "GET /repos/{owner}/{repo}/hooks/{hook_id}/deliveries": {
    needs: ["repository_hooks:read"],
    role: "admin",
    handle: listDeliveries,
  },
};
