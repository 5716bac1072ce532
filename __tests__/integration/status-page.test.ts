import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import type { HttpOptions } from "../../src/adapters/service/http.ts";
import { type ListeningScene, withListening } from "../builders/listening.ts";
import { aJob } from "../builders/queued-job.ts";
import { until } from "../builders/service.ts";
import { started } from "../builders/service-events.ts";

const TOKEN = "correct-horse-battery";

interface PageScene extends ListeningScene {
  logIn(token: string, headers?: Record<string, string>): Promise<Response>;
}

async function withPage(
  change: Partial<HttpOptions>,
  act: (scene: PageScene) => Promise<void>,
): Promise<void> {
  await withListening(change, (scene) => {
    const logIn = (token: string, headers = {}) => {
      const body = new URLSearchParams({ token });
      return fetch(`${scene.url}/login`, { method: "POST", body, headers, redirect: "manual" });
    };
    return act({ ...scene, logIn });
  });
}

/** A page that is open: what was sent to it so far, each update as its text. */
async function listenIn(url: string): Promise<{ updates: string[]; close(): void }> {
  const stop = new AbortController();
  const response = await fetch(`${url}/events`, { signal: stop.signal });
  const updates: string[] = [];
  const read = async () => {
    let unread = "";
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const messages = (unread + chunk).split("\n\n");
      unread = messages.pop() ?? "";
      for (const message of messages) {
        const [, data] = /^event: main\ndata: (.*)$/.exec(message) ?? [];
        if (data) updates.push(JSON.parse(data));
      }
    }
  };
  read().catch(() => {});
  return { updates, close: () => stop.abort() };
}

/** Asks for the updates and reads nothing. */
async function listenAway(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).pause().unref();
  await once(socket, "connect");
  socket.on("error", () => {});
  socket.write(`GET /events HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`);
  return socket;
}

/** Reads on; gives how many updates came. */
function countUpdates(socket: Socket): () => number {
  let read = "";
  const take = (text: string) => {
    read += text;
  };
  socket.setEncoding("latin1").on("data", take).resume();
  return () => read.split("event: main").length - 1;
}

describe("the page over HTTP", () => {
  test("is served with its parts, and nothing else may run or load in it", async () => {
    await withPage({}, async ({ get }) => {
      const page = await get("/");
      expect(page.status).toBe(200);
      expect(await page.text()).toContain("Task 9");
      for (const [path, type] of [
        ["/", "text/html"],
        ["/status.css", "text/css"],
        ["/status.js", "text/javascript"],
        ["/status.svg", "image/svg+xml"],
      ] as const) {
        const { headers } = await get(path);
        expect(headers.get("content-type")).toBe(`${type}; charset=utf-8`);
        expect(headers.get("content-security-policy")).toBe(
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        );
        expect(headers.get("x-content-type-options")).toBe("nosniff");
        expect(headers.get("referrer-policy")).toBe("no-referrer");
        expect(headers.get("cache-control")).toBe("no-store");
      }
    });
  });

  test("is read-only: every other method is refused, and without a token there is nothing to log in to", async () => {
    await withPage({}, async ({ url, logIn }) => {
      for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
        expect((await fetch(url, { method })).status).toBe(405);
      }
      expect((await logIn("")).status).toBe(404);
    });
  });

  test.each([
    ["/runs/0b6c1f9e-3a52-4d7c-9c1e-1f2a3b4c5d6e", "/#run-0b6c1f9e-3a52-4d7c-9c1e-1f2a3b4c5d6e"],
    ["/runs/%0d%0aset-cookie:x", "/"],
  ])("leads from the address of a run to its row: %s", (path, row) =>
    withPage({}, async ({ get }) => {
      const found = await get(path);
      expect([found.status, found.headers.get("location")]).toEqual([302, row]);
      expect((await get(`${path}/more`)).status).toBe(404);
    }));

  test("is not served to the outside without a token, while the probes are", async () => {
    await withPage({ host: "0.0.0.0" }, async ({ get }) => {
      const page = await get("/");
      expect([page.status, await page.text()]).toEqual([403, expect.stringContaining("AGENT_STATUS_TOKEN")]);
      expect((await get("/events")).status).toBe(403);
      expect((await get("/healthz")).status).toBe(200);
    });
  });

  test("is not served to what a proxy passes on without a token", async () => {
    await withPage({}, async ({ get }) => {
      for (const name of ["x-forwarded-for", "forwarded", "via", "x-real-ip", "x-forwarded-host"]) {
        expect((await get("/", { [name]: "203.0.113.7" })).status).toBe(403);
      }
    });
  });

  test("asks for the token where there is one, and takes it by header", async () => {
    await withPage({ statusToken: TOKEN }, async ({ get }) => {
      const page = await get("/");
      expect([page.status, await page.text()]).toEqual([401, expect.stringContaining("Status token")]);
      expect((await get("/events")).status).toBe(401);
      const open = await get("/", { authorization: `Bearer ${TOKEN}` });
      expect(await open.text()).toContain("Task 9");
    });
  });

  test("gives a cookie for the token, once, and takes it from then on", async () => {
    await withPage({ statusToken: TOKEN }, async ({ get, logIn }) => {
      const answer = await logIn(TOKEN);
      expect([answer.status, answer.headers.get("location")]).toEqual([303, "/"]);
      const cookie = answer.headers.get("set-cookie") ?? "";
      expect(cookie).toMatch(/^agent_status=[\w.-]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=604800$/);
      expect((await get("/", { cookie: cookie.split(";")[0] ?? "" })).status).toBe(200);
      const behindTls = await logIn(TOKEN, { "x-forwarded-proto": "https" });
      expect(behindTls.headers.get("set-cookie")).toMatch(/; Secure$/);
    });
  });

  test("gives no cookie for another token, nor reads a form without an end", async () => {
    await withPage({ statusToken: TOKEN }, async ({ logIn }) => {
      for (const token of ["wrong", "", "x".repeat(100_000)]) {
        const answer = await logIn(token);
        expect([answer.status, answer.headers.get("set-cookie")]).toEqual([401, null]);
        expect(await answer.text()).toContain("That is not the token.");
      }
    });
  });
});

describe("live updates", () => {
  test("send the page as it is at first, when something happens, and as time passes", async () => {
    await withPage({}, async ({ url, status, clock }) => {
      const { updates, close } = await listenIn(url);
      await clock.pass(1000);
      await until("the first update", () => updates.length === 1);
      status.observe(started(aJob(7)));
      await clock.pass(1000);
      await until("the second update", () => updates.length === 2);
      await clock.pass(5000);
      await until("the third update", () => updates.length === 3);
      close();
      expect(updates.map((update) => /(\d+) tasks? running/.exec(update)?.[1])).toEqual(["0", "1", "1"]);
      expect(updates[2]).toContain(">6 s</time>");
    });
  });

  test("tell of many events at once, and are not even made while nobody has the page open", async () => {
    await withPage({}, async ({ url, status, clock }) => {
      status.observe(started(aJob(1)));
      expect(clock.planned()).toBe(0);
      const { updates, close } = await listenIn(url);
      await clock.pass(1000);
      await until("the first update", () => updates.length === 1);
      for (let number = 2; number < 100; number++) status.observe(started(aJob(number)));
      expect(clock.planned()).toBe(1);
      await clock.pass(1000);
      await until("the second update", () => updates.length === 2);
      close();
      await until("nothing more is planned", () => clock.planned() === 0);
      expect(updates).toHaveLength(2);
    });
  });

  test("are for a bounded number of pages, and a place that is left is free again", async () => {
    await withPage({}, async ({ url, get }) => {
      const open = await Promise.all(Array.from({ length: 32 }, () => listenIn(url)));
      const tooMany = await get("/events");
      expect([tooMany.status, tooMany.headers.get("retry-after")]).toEqual([503, "30"]);
      open[0]?.close();
      let left = 503;
      for (let tries = 0; left === 503 && tries < 200; tries++) {
        const controller = new AbortController();
        left = (await fetch(`${url}/events`, { signal: controller.signal })).status;
        controller.abort();
      }
      expect(left).toBe(200);
      for (const { close } of open) close();
    });
  });

  test("leave out who does not read, keep one message for them at most, and let go of them after a minute", async () => {
    const rounds = 30;
    await withPage({}, async ({ url, status, clock }) => {
      const slow = await Promise.all(Array.from({ length: 8 }, () => listenAway(url)));
      const { updates, close } = await listenIn(url);
      const closed = Promise.all(slow.map((socket) => once(socket, "close")));
      for (let number = 1; number <= 1000; number++) {
        status.observe(started(aJob(number, { title: "x".repeat(140) })));
      }
      for (let round = 1; round <= rounds; round++) {
        await clock.pass(5000);
        await until("the one who reads has it", () => updates.length === round);
        // The server learns only after the reader that the message was taken.
        await pause(20);
      }
      const counts = slow.map(countUpdates);
      await closed;
      close();
      for (const count of counts) expect(count()).toBeLessThan(rounds / 2);
    });
  });
});
