import type { IncomingMessage } from "node:http";
import type { Clock } from "../../ports.ts";
import { type AccessOptions, admit } from "../../service/status/access.ts";
import type { Answer, Route } from "./routes.ts";

/** The same route for those who may see how the service does; who has no token where one is asked for is answered `stranger`. */
export type Guard = (stranger: Answer, route: Route) => Route;

/** For programs. */
export const NO_TOKEN: Answer = {
  status: 401,
  text: "no token\n",
  headers: { "www-authenticate": "Bearer" },
};

const UNSERVED =
  "This is served to this machine alone, unless AGENT_STATUS_TOKEN is set: the service's configuration tells it.\n";

export function createGuard(options: AccessOptions, clock: Pick<Clock, "now">): Guard {
  return (stranger, route) => async (request, response) => {
    const admission = admit(visitorOf(request), options, clock.now());
    if (admission === "unserved") return { status: 403, text: UNSERVED };
    return admission === "unknown" ? stranger : await route(request, response);
  };
}

function visitorOf({ headers }: IncomingMessage) {
  const passedOn = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];
  return {
    authorization: headers.authorization,
    cookie: headers.cookie,
    host: headers.host,
    isForwarded: passedOn.some((name) => headers[name] !== undefined),
  };
}
