import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { canSee, covers, grantFor, mayWriteWorkflows } from "./access.ts";
import { cgiAnswer } from "./cgi.ts";
import { GIT_ENVIRONMENT } from "./git.ts";
import { fullName, type Repository, type Token } from "./model.ts";
import { withReason } from "./push-report.ts";
import { type Reply, readAll } from "./reply.ts";
import type { State } from "./state.ts";

/** A request to the git server: which repository, and which of the three addresses git asks for. */
export interface GitTarget {
  name: string;
  path: "info/refs" | "git-upload-pack" | "git-receive-pack";
}

/** Reads `/owner/name.git/info/refs` and the like; `null` for every other path. */
export function gitTarget(path: string): GitTarget | null {
  const match = /^\/([^/]+\/[^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(path);
  if (match === null) return null;
  return { name: decodeURIComponent(match[1] ?? ""), path: match[2] as GitTarget["path"] };
}

/** The token in a Basic or Bearer header: git sends it as the password, whatever the user name. */
export function presentedToken(header: string | undefined): string | null {
  const [scheme = "", value = ""] = (header ?? "").split(" ");
  if (/^(bearer|token)$/i.test(scheme)) return value;
  if (!/^basic$/i.test(scheme)) return null;
  const [user = "", ...password] = Buffer.from(value, "base64").toString().split(":");
  return password.join(":") || user;
}

function text(status: number, body: string, headers: Record<string, string> = {}): Reply {
  return { status, headers: { "content-type": "text/plain; charset=UTF-8", ...headers }, body };
}

function unauthorised(message: string): Reply {
  return text(401, message, { "www-authenticate": 'Basic realm="GitHub"' });
}

/** Decides who may speak to which repository; an answer is a refusal, a repository a pass. */
function admit(
  state: State,
  target: GitTarget,
  query: URLSearchParams,
  presented: string | null,
): Reply | Repository {
  const token = presented === null ? null : (state.tokens.get(presented) ?? null);
  if (presented !== null && token === null) return unauthorised("Invalid username or token.\n");
  const repository = state.resolveRepository(target.name);
  if (repository === undefined || !canSee(state, token, repository)) {
    return token === null ? unauthorised("Repository not found.\n") : text(404, "Repository not found.\n");
  }
  if (state.findRepository(target.name) === undefined) {
    const search = query.size === 0 ? "" : `?${query}`;
    return text(301, "", { location: `${state.url}/${fullName(repository)}.git/${target.path}${search}` });
  }
  const pushing = (query.get("service") ?? target.path) === "git-receive-pack";
  if (pushing && token === null) return unauthorised("Authentication required.\n");
  const grant = grantFor(state, token, repository);
  if (pushing && !covers(grant, "contents:write")) {
    const who = token?.actor.login ?? "";
    return text(
      403,
      token?.kind === "classic"
        ? `Permission to ${fullName(repository)}.git denied to ${who}.\n`
        : "Write access to repository not granted.\n",
    );
  }
  if (!pushing && repository.private && !covers(grant, "contents:read")) {
    return text(403, "Read access to repository not granted.\n");
  }
  if (pushing && repository.archived) return text(403, "This repository was archived so it is read-only.\n");
  return repository;
}

function pushRules(state: State, token: Token, repository: Repository, verdict: string) {
  const app = token.kind === "actions" || token.kind === "installation";
  return {
    LOOPBACK_VERDICT: verdict,
    LOOPBACK_PROTECTED: repository.protectedBranches.join("\n"),
    LOOPBACK_WORKFLOWS: mayWriteWorkflows(state, token, repository) ? "yes" : "no",
    LOOPBACK_WRITER: app
      ? "a GitHub App"
      : token.kind === "classic"
        ? "an OAuth App"
        : "a Personal Access Token",
    LOOPBACK_LACKS: app || token.kind === "fine-grained" ? "`workflows` permission" : "`workflow` scope",
  };
}

/** Serves one git request by `git http-backend`, as a CGI; `pushed` is called when refs may have moved. */
export async function serveGit(
  state: State,
  request: IncomingMessage,
  url: URL,
  target: GitTarget,
  pushed: (repository: Repository) => Promise<void>,
): Promise<Reply> {
  const presented = presentedToken(request.headers.authorization);
  const admitted = admit(state, target, url.searchParams, presented);
  if ("status" in admitted) {
    request.resume();
    return admitted;
  }
  const token = presented === null ? null : (state.tokens.get(presented) ?? null);
  const pushing = target.path === "git-receive-pack";
  const room = pushing ? mkdtempSync(join(state.directory, "push-")) : state.directory;
  const verdict = join(room, "verdict");
  const child = spawn("git", ["http-backend"], {
    stdio: ["pipe", "pipe", "ignore"],
    env: {
      ...GIT_ENVIRONMENT,
      ...(pushing && token !== null ? pushRules(state, token, admitted, verdict) : {}),
      GIT_PROJECT_ROOT: admitted.directory,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: `/${target.path}`,
      REQUEST_METHOD: request.method ?? "GET",
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      REMOTE_USER: token?.actor.login ?? "",
      ...(request.headers["content-length"] ? { CONTENT_LENGTH: request.headers["content-length"] } : {}),
    },
  });
  // A client that goes away, or a backend that has heard enough, ends the pipe; the status tells what happened.
  child.stdin.on("error", () => undefined);
  request.pipe(child.stdin);
  request.on("close", () => child.stdin.end());
  const answer = await cgiAnswer(child.stdout);
  if (!pushing) return answer;
  const report = await readAll(answer.body);
  await pushed(admitted);
  const reason = existsSync(verdict) ? readFileSync(verdict, "utf8") : null;
  rmSync(room, { recursive: true, force: true });
  return { ...answer, body: reason === null ? report : withReason(report, reason) };
}
