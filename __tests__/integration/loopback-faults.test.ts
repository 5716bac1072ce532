import { spawn } from "node:child_process";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Fault } from "../../loopback/faults.ts";
import { type LoopbackGitHub, startLoopbackGitHub } from "../../loopback/github.ts";
import { aClient, aGitHubWithWriter, type Client } from "../builders/loopback-client.ts";

let github: LoopbackGitHub;
let call: Client;

beforeEach(async () => {
  github = await aGitHubWithWriter();
  github.createIssue("acme/app", { title: "One", body: null });
  call = aClient(github, "writer");
});

afterEach(() => github.close());

const COMMENTS = "/repos/acme/app/issues/1/comments";

function comment() {
  return call("POST", COMMENTS, { body: "hello" });
}

function meet(fault: Fault): void {
  github.faults.add({ match: ({ method, path }) => method === "POST" && path === COMMENTS, fault });
}

function written(): number {
  return github.issue("acme/app", 1).comments.length;
}

function lsRemote(): Promise<number | null> {
  const url = `${github.url.replace("//", "//x:writer@")}/acme/app.git`;
  return new Promise((resolve) => {
    const child = spawn("git", ["-c", "protocol.version=2", "ls-remote", url], { stdio: "ignore" });
    child.on("close", resolve);
  });
}

describe("faults on the loopback GitHub", () => {
  test("dropped before, a request has no effect; dropped after, it has", async () => {
    meet({ kind: "drop-before" });
    await expect(comment()).rejects.toThrow("fetch failed");
    expect(written()).toBe(0);
    meet({ kind: "drop-after" });
    await expect(comment()).rejects.toThrow("fetch failed");
    expect(written()).toBe(1);
    expect(github.requests.map(({ fault, status }) => [fault, status])).toEqual([
      ["drop-before", 0],
      ["drop-after", 0],
    ]);
  });

  test.each([false, true])("a server error may hide an effect (%s)", async (handled) => {
    meet({ kind: "status", status: 502, headers: { "retry-after": "3" }, handled });
    const answer = await comment();
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([502, "3"]);
    expect(written()).toBe(handled ? 1 : 0);
  });

  test("a secondary limit is GitHub's 403 with its text and its wait", async () => {
    meet({ kind: "secondary-limit", retryAfter: 7 });
    const answer = await comment();
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([403, "7"]);
    expect(answer.body.message).toMatch(/^You have exceeded a secondary rate limit\./);
  });

  test("a malformed answer is a 200 that does not parse, and the effect is there", async () => {
    meet({ kind: "malformed" });
    await expect(comment()).rejects.toThrow(SyntaxError);
    expect(written()).toBe(1);
  });

  test("a truncated answer ends before its length", async () => {
    meet({ kind: "truncated" });
    await expect(comment()).rejects.toThrow("terminated");
    expect(written()).toBe(1);
  });

  test("a hung request is never answered, and ends with the server", async () => {
    const arrived = new Promise<void>((resolve) => {
      const match = () => {
        resolve();
        return true;
      };
      github.faults.add({ match, fault: { kind: "hang" } });
    });
    const hung = expect(comment()).rejects.toThrow("fetch failed");
    await arrived;
    expect(github.requests).toMatchObject([{ fault: "hang", status: 0 }]);
    await github.close();
    await hung;
    github = await startLoopbackGitHub();
  });

  test("a redirect and a delay are faults too", async () => {
    meet({ kind: "redirect", location: `${github.url}/elsewhere`, status: 301 });
    expect((await comment()).headers.get("location")).toBe(`${github.url}/elsewhere`);
    meet({ kind: "delay", ms: 1 });
    expect((await comment()).status).toBe(201);
  });

  test("a fault waits for its turn, happens as often as it is told, and is then over", async () => {
    const fault = { kind: "status", status: 500 } as const;
    github.faults.add({ match: ({ path }) => path === COMMENTS, fault, times: 2, skip: 1 });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await comment()).status);
    expect(statuses).toEqual([201, 500, 500, 201]);
    expect(github.faults.pending).toBe(0);
  });

  test.each([
    "drop-before",
    "drop-after",
    "malformed",
    "truncated",
  ] as const)("git meets %s as well, and gets through the next time", async (kind) => {
    // Git's HTTP library asks again by itself where a connection that it had kept open was closed.
    github.faults.add({ match: ({ path }) => path.endsWith("git-upload-pack"), fault: { kind }, times: 2 });
    expect(await lsRemote()).not.toBe(0);
    github.faults.clear();
    expect(await lsRemote()).toBe(0);
  });

  test("latency is added to each request", async () => {
    const slow = await startLoopbackGitHub({ latencyMs: 30 });
    const before = performance.now();
    await aClient(slow, null)("GET", "/meta");
    expect(performance.now() - before).toBeGreaterThanOrEqual(29);
    await slow.close();
  });
});
