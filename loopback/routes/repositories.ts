import { grantFor, roleOf } from "../access.ts";
import { noContent, notFound, ok, Refusal } from "../answer.ts";
import type { Hook, Role } from "../model.ts";
import { apiUrl, renderFullRepository, rolePermissions } from "../render/repository.ts";
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
