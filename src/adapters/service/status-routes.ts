import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { Clock, Log } from "../../ports.ts";
import type { Service } from "../../service/serve.ts";
import { type AccessOptions, isToken, sessionCookie } from "../../service/status/access.ts";
import { type PageFacts, renderLogin, renderMain, renderPage } from "../../service/status/page.ts";
import { SCRIPT } from "../../service/status/script.ts";
import type { Status } from "../../service/status/status.ts";
import { ICON, STYLE } from "../../service/status/style.ts";
import { createAudience } from "./audience.ts";
import { type Guard, NO_TOKEN } from "./guard.ts";
import { type Answer, type Route, type Routes, readBody, UNREAD } from "./routes.ts";

export interface StatusOptions extends AccessOptions, PageFacts {
  status: Status;
  clock: Pick<Clock, "now" | "later">;
  log: Pick<Log, "warning">;
}

const LONGEST_FORM = 4096;

/** Nothing runs, loads or is asked for but what comes from here; nobody frames it, keeps it or learns its address. */
const GUARDED: OutgoingHttpHeaders = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

/** The status page, its parts, and its live updates. All of it is read-only. */
export function statusRoutes(
  options: StatusOptions,
  service: Pick<Service, "waiting">,
  guarded: Guard,
): Routes {
  const { name, status, clock, statusToken } = options;
  const look = async () => {
    const waiting = await service.waiting();
    return { ...options, state: status.state(), waiting, now: clock.now().getTime() };
  };
  const audience = createAudience({
    render: async () => renderMain(await look()).toString(),
    clock,
    warn: options.log.warning,
  });
  status.onChange(audience.refresh);

  const events: Route = async (_, response) => {
    if (audience.join(response)) return null;
    return { status: 503, text: "too many have the page open\n", headers: { "retry-after": "30" } };
  };
  const login: Route = async (request) => {
    const body = await readBody(request, LONGEST_FORM);
    const form = new URLSearchParams(body ?? "");
    if (!statusToken || !isToken(form.get("token") ?? "", statusToken)) {
      const refusal = page(renderLogin(name, true), 401);
      return body === null ? { ...refusal, headers: { ...refusal.headers, ...UNREAD } } : refusal;
    }
    const isSecure = request.headers["x-forwarded-proto"] === "https";
    const cookie = sessionCookie(statusToken, clock.now(), isSecure);
    return { status: 303, text: "", headers: { location: "/", "set-cookie": cookie } };
  };
  const askForToken = page(renderLogin(name, false), 401);
  return {
    "GET /": guarded(askForToken, async () => page(renderPage(await look()))),
    "GET /events": guarded(NO_TOKEN, events),
    ...(statusToken ? { "POST /login": login } : {}),
    "GET /runs/*": async (request) => ({ status: 302, text: "", headers: { location: rowOf(request) } }),
    "GET /status.css": async () => asset("text/css", STYLE),
    "GET /status.js": async () => asset("text/javascript", SCRIPT),
    "GET /status.svg": async () => asset("image/svg+xml", ICON),
  };
}

/** A run's address, which its issue links to, leads to its row on the page. */
function rowOf({ url = "" }: IncomingMessage): string {
  const id = /^\/runs\/([0-9a-f-]{1,64})$/.exec(url)?.[1];
  return id ? `/#run-${id}` : "/";
}

function page(text: string, status = 200): Answer {
  const headers = { ...GUARDED, "content-type": "text/html; charset=utf-8" };
  return { status, text, headers };
}

function asset(type: string, text: string): Answer {
  return { status: 200, text, headers: { ...GUARDED, "content-type": `${type}; charset=utf-8` } };
}
