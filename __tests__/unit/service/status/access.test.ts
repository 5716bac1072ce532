import { describe, expect, test } from "@jest/globals";
import {
  type AccessOptions,
  admit,
  sessionCookie,
  type Visitor,
} from "../../../../src/service/status/access.ts";

const TOKEN = "correct-horse-battery";
const NOW = new Date("2026-01-02T03:04:05Z");
const HERE: Visitor = {
  authorization: undefined,
  cookie: undefined,
  host: "127.0.0.1:8080",
  isForwarded: false,
};
const ASKED: AccessOptions = { statusToken: TOKEN, host: "0.0.0.0" };

function admission(visitor: Partial<Visitor>, options: Partial<AccessOptions> = {}, now = NOW) {
  return admit({ ...HERE, ...visitor }, { statusToken: null, host: "127.0.0.1", ...options }, now);
}

describe("without a token", () => {
  test.each([
    "127.0.0.1:8080",
    "localhost:8080",
    "LOCALHOST",
    "[::1]:8080",
  ])("this machine sees the page as %s", (host) => {
    expect(admission({ host })).toBe("admitted");
  });

  test.each<[string, Partial<Visitor>, string]>([
    ["where the service can be reached from elsewhere", {}, "0.0.0.0"],
    ["where a page elsewhere had its name lead here", { host: "rebound.example:8080" }, "127.0.0.1"],
    ["where the name only begins like this machine's", { host: "127.0.0.1.example" }, "127.0.0.1"],
    ["where no host is named", { host: undefined }, "127.0.0.1"],
    ["where a proxy passes requests on", { isForwarded: true }, "127.0.0.1"],
  ])("nobody sees it %s", (_, visitor, host) => {
    expect(admission(visitor, { host })).toBe("unserved");
  });
});

describe("with a token", () => {
  test("the token opens the page from anywhere", () => {
    const visitor = { authorization: `Bearer ${TOKEN}`, host: "status.example", isForwarded: true };
    expect(admission(visitor, ASKED)).toBe("admitted");
  });

  test.each([
    undefined,
    "",
    "Bearer",
    "Bearer wrong",
    `Basic ${TOKEN}`,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN} x`,
  ])("another header does not: %s", (authorization) => {
    expect(admission({ authorization }, { ...ASKED, host: "127.0.0.1" })).toBe("unknown");
  });

  test("the cookie that was given for it opens the page for a week", () => {
    const [cookie = ""] = sessionCookie(TOKEN, NOW, false).split(";");
    const later = (days: number) => new Date(NOW.getTime() + days * 86_400_000);
    expect(admission({ cookie: `a=b; ${cookie}` }, ASKED, later(6.9))).toBe("admitted");
    expect(admission({ cookie }, ASKED, later(7.1))).toBe("unknown");
  });

  test("a cookie with another time, for another token, or with the token itself does not", () => {
    const [cookie = ""] = sessionCookie(TOKEN, NOW, false).split(";");
    const [, expires = ""] = /=(\d+)/.exec(cookie) ?? [];
    expect(admission({ cookie: cookie.replace(expires, String(Number(expires) + 60)) }, ASKED)).toBe(
      "unknown",
    );
    expect(admission({ cookie }, { ...ASKED, statusToken: "another-token-than-that" })).toBe("unknown");
    expect(admission({ cookie: `agent_status=${expires}.${TOKEN}` }, ASKED)).toBe("unknown");
  });

  test("the cookie does not hold the token, and no script or other site can use it", () => {
    const cookie = sessionCookie(TOKEN, NOW, true);
    expect(cookie).not.toContain(TOKEN);
    expect(cookie.split("; ").slice(1)).toEqual([
      "Path=/",
      "HttpOnly",
      "SameSite=Strict",
      "Max-Age=604800",
      "Secure",
    ]);
    expect(sessionCookie(TOKEN, NOW, false)).not.toContain("Secure");
  });
});
