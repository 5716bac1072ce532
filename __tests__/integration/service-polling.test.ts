import { describe, expect, test } from "@jest/globals";
import { createClient } from "../../src/adapters/github/client.ts";
import { createGitHub } from "../../src/adapters/github/github.ts";
import { createIssueFeed } from "../../src/adapters/service/issue-feed.ts";
import { readSettings } from "../../src/inputs.ts";
import { createPoller, type Poller } from "../../src/service/intake/poller.ts";
import { createEmbeddedQueue } from "../../src/service/queue/embedded.ts";
import type { Queue } from "../../src/service/queue/queue.ts";
import { DISPATCH, LABEL, OWNER, type ServiceScene, TOKEN, withService } from "../builders/service.ts";
import { createFakeClock } from "../fakes/clock.ts";
import { createFakeLog } from "../fakes/log.ts";

interface PollingScene extends ServiceScene {
  poller: Poller;
  queue: Queue;
  /** Statuses of the requests since the last look. */
  newStatuses(): number[];
}

/** Plays `act` with a poller, in this process, at the loopback GitHub. */
async function withPoller(act: (scene: PollingScene) => Promise<void>): Promise<void> {
  await withService(async (scene) => {
    const { github } = scene;
    const clock = createFakeClock("2026-01-02T03:04:05Z");
    const log = createFakeLog();
    const options = {
      baseUrl: github.url,
      token: async () => TOKEN,
      clock,
      log,
      redact: (text: string) => text,
    };
    const queue = createEmbeddedQueue(clock, { maxAttempts: 3 });
    const needs = {
      ...{ clock, log, queue, isBusy: () => false, rateLimit: () => null },
      dispatch: createGitHub(options),
      feed: createIssueFeed(createClient(options)),
    };
    const settings = readSettings((name) => (name === "token" ? TOKEN : ""));
    const poller = createPoller(needs, {
      ...{ settings, maxAttempts: 3, runUrlBase: "http://runner.example" },
      ...{ repositories: [DISPATCH], intervalMs: 30_000 },
    });
    let seen = 0;
    const newStatuses = () => {
      const statuses = github.requests.slice(seen).map(({ status }) => status);
      seen = github.requests.length;
      return statuses;
    };
    await act({ ...scene, poller, queue, newStatuses });
  });
}

describe("polling", () => {
  test("costs one 304 and no call of the rate limit while nothing changes", async () => {
    await withPoller(async ({ github, open, poller, newStatuses }) => {
      open(3);
      await poller.sweep();
      const { rate } = github.state.tokens.get(TOKEN) ?? { rate: { used: -1 } };
      const before = rate.used;
      newStatuses();
      for (let poll = 0; poll < 100; poll++) expect(await poller.sweep()).toMatchObject({ changed: false });
      expect(newStatuses()).toEqual(Array(100).fill(304));
      expect(rate.used).toBe(before);
    });
  });

  test("reads all pages, and finds the issue with which a new page begins", async () => {
    await withPoller(async ({ open, poller, queue, newStatuses }) => {
      open(100);
      await poller.sweep();
      expect(await queue.waiting()).toHaveLength(100);
      newStatuses();
      expect(await poller.sweep()).toMatchObject({ changed: false });
      expect(newStatuses()).toEqual([304, 304]);
      open(1);
      expect(await poller.sweep()).toMatchObject({ changed: true });
      expect(await queue.waiting()).toHaveLength(101);
    });
  });

  test("passes over pull requests, closed issues and those without the label", async () => {
    await withPoller(async ({ github, open, poller }) => {
      const [pending = 0, closed = 0, bare = 0] = open(3);
      github.editIssue(DISPATCH, closed, { state: "closed" });
      github.removeLabel(DISPATCH, bare, LABEL);
      await github.commit(DISPATCH, "topic", { "a.txt": "a" });
      const headers = { authorization: `Bearer ${TOKEN}`, "user-agent": "test" };
      const body = JSON.stringify({ title: "A pull request", head: "topic", base: "main" });
      await fetch(`${github.url}/repos/${DISPATCH}/pulls`, { method: "POST", headers, body });
      github.addLabel(DISPATCH, bare + 1, LABEL, OWNER);
      const jobs = await poller.find();
      expect(jobs.map(({ dispatch }) => dispatch.issueNumber)).toEqual([pending]);
    });
  });
});
