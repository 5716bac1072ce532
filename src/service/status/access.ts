import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** What a request tells of its sender. */
export interface Visitor {
  authorization: string | undefined;
  cookie: string | undefined;
  /** The `Host` header. */
  host: string | undefined;
  /** Whether a proxy passed it on. */
  isForwarded: boolean;
}

export interface AccessOptions {
  /** `null`: none is configured. */
  statusToken: string | null;
  /** The address that is listened on. */
  host: string;
}

/** `unserved`: there is no token, and the request may have come from elsewhere. */
export type Admission = "admitted" | "unknown" | "unserved";

const COOKIE = "agent_status";
const SESSION_SECONDS = 7 * 24 * 3600;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i;

/** Whether the address can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/**
 * Who may see the page: whoever has the token; without one, whoever is on this machine. There a `Host` of another name is
 * a page elsewhere whose name was made to lead here, and a forwarded request comes from wherever the proxy is reached.
 */
export function admit(visitor: Visitor, { statusToken, host }: AccessOptions, now: Date): Admission {
  if (statusToken === null) {
    const name = visitor.host?.replace(/:\d+$/, "") ?? "";
    return isLoopback(host) && isLoopback(name) && !visitor.isForwarded ? "admitted" : "unserved";
  }
  const [, bearer] = /^Bearer +(\S+)$/i.exec(visitor.authorization ?? "") ?? [];
  if (bearer !== undefined && isToken(bearer, statusToken)) return "admitted";
  return hasSession(visitor.cookie ?? "", statusToken, now) ? "admitted" : "unknown";
}

/** Compares in a time that tells nothing of the token. */
export function isToken(given: string, token: string): boolean {
  const [one, other] = [given, token].map((text) => createHash("sha256").update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}

/** A `Set-Cookie` for a week. It does not hold the token, and another token ends it. */
export function sessionCookie(token: string, now: Date, isSecure: boolean): string {
  const expires = String(Math.floor(now.getTime() / 1000) + SESSION_SECONDS);
  const value = `${expires}.${sign(expires, token)}`;
  const attributes = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${SESSION_SECONDS}`;
  return `${COOKIE}=${value}; ${attributes}${isSecure ? "; Secure" : ""}`;
}

function hasSession(cookie: string, token: string, now: Date): boolean {
  const [, expires, signature] = new RegExp(`(?:^|; *)${COOKIE}=(\\d+)\\.([\\w-]+)`).exec(cookie) ?? [];
  if (expires === undefined || signature === undefined) return false;
  return isToken(signature, sign(expires, token)) && Number(expires) * 1000 > now.getTime();
}

function sign(expires: string, token: string): string {
  return createHmac("sha256", token).update(`status page until ${expires}`).digest("base64url");
}
