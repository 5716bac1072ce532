import { describe, expect, test } from "@jest/globals";
import { TaskFailure } from "../../../../src/failure.ts";
import { createPoller, type PollerOptions } from "../../../../src/service/intake/poller.ts";
import type { FailureCode, Issue } from "../../../../src/task.ts";
import { anIssue } from "../../../builders/issue.ts";
import { someSettings } from "../../../builders/settings.ts";
import { createFakeLog } from "../../../fakes/log.ts";
import { createVirtualClock } from "../../../fakes/virtual-clock.ts";
import { aWorld } from "../../../fakes/world.ts";

const ONE = "your-org/one";
const OTHER = "your-org/other";
const MINUTE_MS = 60_000;

function issueOf(repository: string, number: number, change: Partial<Issue> = {}): Issue {
  return anIssue({ repository, number, ...change });
}

/** A poller of repositories whose issues the test sets. */
function aScene(change: Partial<PollerOptions> = {}) {
  const { github } = aWorld();
  const clock = createVirtualClock();
  const log = createFakeLog();
  /** What a repository has; a failure where it cannot be read, `null` where nothing has changed. */
  const repositories = new Map<string, Issue[] | TaskFailure | null>();
  const stop = new AbortController();
  const state = { reads: 0, busy: new Set<string>(), hangs: false, isSlow: false };
  const labelledAt = new Map<number, string>();
  /** Issues whose comments cannot be read. */
  const unreadable = new Set<number>();
  /** Jobs that the queue cannot take. */
  const refused = new Set<string>();
  const queued: string[] = [];
  const judged: number[] = [];
  const polled: (FailureCode | null)[] = [];
  const dispatch = {
    ...github.api,
    async labelledBy(_: string, number: number) {
      const at = labelledAt.get(number);
      return at ? { actor: { login: "mona", type: "User" as const }, at } : null;
    },
    async comments(_: string, number: number) {
      judged.push(number);
      if (state.isSlow) await new Promise(setImmediate);
      if (unreadable.has(number)) throw new TaskFailure("github-unavailable", "502");
      return [];
    },
  };
  const feed = {
    async readChanges(repository: string) {
      state.reads += 1;
      if (state.hangs) await new Promise(() => {});
      const found = repositories.get(repository) ?? null;
      if (found instanceof TaskFailure) throw found;
      return found;
    },
  };
  const poller = createPoller(
    {
      ...{ dispatch, clock, log, feed, rateLimit: () => null },
      queue: {
        async add({ id }) {
          if (refused.has(id)) throw new Error("The queue is out of reach.");
          return queued.push(id) > 0;
        },
      },
      isBusy: (id) => state.busy.has(id),
    },
    {
      ...{ settings: someSettings(), maxAttempts: 3, runUrlBase: "http://runner.example" },
      ...{ repositories: [ONE], intervalMs: 30_000 },
      ...change,
    },
  );
  /** Watches for that long. */
  const watchFor = (milliseconds: number) => {
    clock.later(milliseconds, () => stop.abort());
    return clock.until(poller.watch(stop.signal, (failure) => polled.push(failure)));
  };
  return {
    poller,
    repositories,
    clock,
    log,
    state,
    stop,
    labelledAt,
    unreadable,
    refused,
    queued,
    judged,
    polled,
    watchFor,
  };
}

describe("polling several repositories", () => {
  test("serves the others where one cannot be read, and says which", async () => {
    const { poller, repositories, queued } = aScene({ repositories: [OTHER, ONE] });
    repositories.set(OTHER, new TaskFailure("issue-not-found", "gone"));
    repositories.set(ONE, [issueOf(ONE, 1)]);
    const { failures, isOut } = await poller.sweep();
    expect(queued).toEqual([`${ONE}#1`]);
    expect(failures.map(({ detail }) => detail)).toEqual(["gone"]);
    expect(isOut).toBe(false);
  });

  test("goes on at its pace where one cannot be read, and tells each time", async () => {
    const { repositories, state, polled, watchFor } = aScene({ repositories: [OTHER, ONE] });
    repositories.set(OTHER, new TaskFailure("issue-not-found", "gone"));
    repositories.set(ONE, []);
    await watchFor(2 * MINUTE_MS - 1);
    expect(state.reads).toBe(2 * 4);
    expect(polled).toEqual(Array(4).fill("issue-not-found"));
  });

  test("slows down where none can be read", async () => {
    const { repositories, state, watchFor } = aScene();
    repositories.set(ONE, new TaskFailure("github-unavailable", "out"));
    await watchFor(2 * MINUTE_MS - 1);
    expect(state.reads).toBe(1);
  });

  test("lists nothing where one cannot be read, since the list would not be whole", async () => {
    const { poller, repositories } = aScene({ repositories: [OTHER, ONE] });
    repositories.set(OTHER, new TaskFailure("issue-not-found", "gone"));
    repositories.set(ONE, [issueOf(ONE, 1)]);
    await expect(poller.find()).rejects.toMatchObject({ code: "issue-not-found" });
  });

  test("keeps the issues of the others in mind where one of them has changed", async () => {
    const { poller, repositories, judged } = aScene({ repositories: [OTHER, ONE] });
    repositories.set(OTHER, [issueOf(OTHER, 1)]);
    repositories.set(ONE, [issueOf(ONE, 2)]);
    await poller.sweep();
    repositories.set(OTHER, null);
    repositories.set(ONE, []);
    poller.recheck(`${OTHER}#1`, 0);
    await poller.sweep();
    expect(judged).toEqual([1, 2, 1]);
  });

  test("forgets an issue that is pending no more in a repository that was renamed", async () => {
    const { poller, repositories, judged } = aScene();
    repositories.set(ONE, [issueOf("your-org/new-name", 1)]);
    await poller.sweep();
    repositories.set(ONE, []);
    poller.recheck("your-org/new-name#1", 0);
    await poller.sweep();
    expect(judged).toEqual([1]);
  });
});

describe("an issue that cannot be judged", () => {
  test("keeps nobody else waiting, and is tried again a minute later", async () => {
    const { repositories, unreadable, queued, judged, watchFor } = aScene();
    repositories.set(
      ONE,
      Array.from({ length: 20 }, (_, index) => issueOf(ONE, index + 1)),
    );
    unreadable.add(1);
    await watchFor(MINUTE_MS + 1);
    expect(queued).toHaveLength(19);
    expect(judged.filter((number) => number === 1)).toHaveLength(2);
  });

  test("is told as a failure of the poll, and keeps a list from passing for whole", async () => {
    const { poller, repositories, unreadable, log, polled, watchFor } = aScene();
    repositories.set(ONE, [issueOf(ONE, 1), issueOf(ONE, 2)]);
    unreadable.add(1);
    await expect(poller.find()).rejects.toMatchObject({ code: "github-unavailable" });
    await watchFor(MINUTE_MS + 1);
    expect(polled).toEqual([null, null, "github-unavailable"]);
    expect(log.texts("warning")).toEqual([expect.stringContaining("502")]);
  });

  test("ends the sweep where no other can be judged either", async () => {
    const { poller, repositories, unreadable, judged } = aScene();
    const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
    repositories.set(
      ONE,
      numbers.map((number) => issueOf(ONE, number)),
    );
    for (const number of numbers) unreadable.add(number);
    await poller.sweep();
    expect(judged).toHaveLength(8);
  });
});

describe("an issue that was judged", () => {
  test("is judged anew when it has changed within the same second", async () => {
    const { poller, repositories, judged } = aScene();
    repositories.set(ONE, [issueOf(ONE, 1)]);
    await poller.sweep();
    repositories.set(ONE, [issueOf(ONE, 1)]);
    await poller.sweep();
    expect(judged).toEqual([1]);
    repositories.set(ONE, [issueOf(ONE, 1, { commentCount: 1 })]);
    await poller.sweep();
    expect(judged).toEqual([1, 1]);
  });
});

describe("a pending issue", () => {
  test("is handed on with the next poll where the queue could not take it, and the poll is told to have failed", async () => {
    const { poller, repositories, queued, refused } = aScene();
    repositories.set(ONE, [issueOf(ONE, 1), issueOf(ONE, 2)]);
    refused.add(`${ONE}#1`);
    expect((await poller.sweep()).failures).toHaveLength(1);
    expect(queued).toEqual([`${ONE}#2`]);
    refused.clear();
    repositories.set(ONE, null);
    expect((await poller.sweep()).failures).toEqual([]);
    expect(queued).toEqual([`${ONE}#2`, `${ONE}#1`]);
  });
});

describe("a list", () => {
  test("begins with what was asked for first, and not with the oldest issue", async () => {
    const { poller, repositories, labelledAt } = aScene();
    repositories.set(ONE, [issueOf(ONE, 1), issueOf(ONE, 2)]);
    labelledAt.set(1, "2026-01-02T03:04:05Z").set(2, "2026-01-01T03:04:05Z");
    expect((await poller.find()).map(({ dispatch }) => dispatch.issueNumber)).toEqual([2, 1]);
  });
});

describe("watching", () => {
  test("slows down while nothing happens, and goes back to its pace once something has", async () => {
    const { repositories, state, clock, watchFor } = aScene();
    repositories.set(ONE, null);
    // Ten polls without news take five minutes; from then on they are a minute apart, until one finds news.
    clock.later(9.5 * MINUTE_MS, () => repositories.set(ONE, []));
    await watchFor(12 * MINUTE_MS - 1);
    expect(state.reads).toBe(10 + 5 + 4);
  });
});

describe("watching without an interval", () => {
  test("reads again soon where it failed", async () => {
    const { repositories, state, clock, watchFor } = aScene({ intervalMs: 0 });
    repositories.set(ONE, new TaskFailure("github-unavailable", "out"));
    clock.later(1000, () => repositories.set(ONE, []));
    await watchFor(MINUTE_MS);
    expect(state.reads).toBe(2);
  });

  test("reads once, and again for an issue that is to be looked at anew", async () => {
    const { poller, repositories, state, watchFor, clock } = aScene({ intervalMs: 0 });
    repositories.set(ONE, [issueOf(ONE, 1)]);
    clock.later(5000, () => poller.recheck(`${ONE}#1`, 10_000));
    await watchFor(MINUTE_MS);
    expect(state.reads).toBe(2);
  });

  test("does not read on and on for an issue that was closed meanwhile", async () => {
    const { poller, repositories, state, watchFor } = aScene({ intervalMs: 0 });
    repositories.set(ONE, []);
    poller.recheck(`${ONE}#1`, 10_000);
    await watchFor(MINUTE_MS);
    expect(state.reads).toBe(2);
  });

  test("waits for an issue that runs here just now", async () => {
    const { poller, repositories, state, watchFor, clock } = aScene({ intervalMs: 0 });
    repositories.set(ONE, [issueOf(ONE, 1)]);
    state.busy.add(`${ONE}#1`);
    poller.recheck(`${ONE}#1`, 10_000);
    clock.later(30_000, () => state.busy.clear());
    await watchFor(MINUTE_MS);
    expect(state.reads).toBe(2);
  });
});

describe("the end of watching", () => {
  test("does not wait for an answer that GitHub owes", async () => {
    const { state, watchFor, clock } = aScene();
    state.hangs = true;
    await watchFor(1000);
    expect(clock.elapsed()).toBe(1000);
  });

  test("does not wait until hundreds of issues are judged", async () => {
    const { poller, repositories, stop, judged, state } = aScene();
    repositories.set(
      ONE,
      Array.from({ length: 100 }, (_, index) => issueOf(ONE, index + 1)),
    );
    state.isSlow = true;
    const watching = poller.watch(stop.signal, () => {});
    while (judged.length < 8) await new Promise(setImmediate);
    stop.abort();
    await watching;
    await new Promise(setImmediate);
    expect(judged.length).toBeLessThanOrEqual(16);
    expect(state.reads).toBe(1);
  });
});
