import { describe, expect, test } from "@jest/globals";
import { renderLogin, renderPage, type View } from "../../../../src/service/status/page.ts";
import { aJob } from "../../../builders/queued-job.ts";
import { called, ended, givenUp, START, started, stateAfter } from "../../../builders/service-events.ts";
import { aFailedOutcome, anOutcome, aPullRequest } from "../../../builders/task.ts";

function aPage(change: Partial<View> = {}): string {
  return renderPage({
    ...{ name: "agent-runner", repositories: ["your-org/dispatch"], serverUrl: "https://github.com" },
    ...{ concurrency: 2, state: stateAfter(), waiting: [], now: START.getTime() + 120_000 },
    ...change,
  });
}

/** What a person reads there, without the markup. */
function textOf(page: string): string {
  return page.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

const HOSTILE = `</bdi></title><script>alert(1)</script><img src=x onerror='alert("2")'>&amp;`;
const SHOWN = `&lt;/bdi&gt;&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=&#39;alert(&quot;2&quot;)&#39;&gt;&amp;amp;`;

describe("the status page", () => {
  test("shows a title that is markup letter by letter, wherever the task is", () => {
    const job = (number: number) => aJob(number, { title: HOSTILE });
    const state = stateAfter([1, ended(job(1))], [2, started(job(2))]);
    const page = aPage({ state, waiting: [job(3)], name: HOSTILE });
    expect(page.split(SHOWN)).toHaveLength(7);
    expect(page).not.toContain("<script>");
    expect(page).not.toContain("<img");
  });

  test("links nowhere but to the web", () => {
    const outcome = (url: string) => anOutcome({ pullRequest: aPullRequest({ url }) });
    const page = (url: string) => aPage({ state: stateAfter([1, ended(aJob(1), outcome(url))]) });
    expect(page("javascript:alert(1)")).not.toContain("javascript:");
    expect(page("https://github.com/a/b/pull/42")).toContain(
      '<a href="https://github.com/a/b/pull/42" rel="noreferrer">pull request #42</a>',
    );
  });

  test("has nothing in it that its policy would not let through, and asks no other host", () => {
    const state = stateAfter([1, ended(aJob(1))], [2, started(aJob(2))]);
    const page = aPage({ state, waiting: [aJob(3)] });
    expect(page).not.toMatch(/<[^>]*\s(?:style|on\w+)=/);
    const loaded = [...page.matchAll(/<(?:script|link|img|iframe)[^>]*(?:src|href)="([^"]*)"/g)];
    expect(loaded.map(([, address]) => address)).toEqual(["/status.css", "/status.svg", "/status.js"]);
  });

  test("tells of a running task its stage and age, of a waiting one who asked and since when", () => {
    const running = aJob(2, { attempt: 2 });
    const state = stateAfter([30, started(running)], [40, { kind: "stage", job: running, stage: "push" }]);
    const waiting = [aJob(3, { priority: "high", since: "2026-01-02T03:02:05Z" })];
    const text = textOf(aPage({ state, waiting }));
    expect(text).toContain("#2 Task 2 (try 2) Push 1 min");
    expect(text).toContain("#3 Task 3 octocat (high) 4 min");
    expect(text).toContain("1 task running, 1 waiting.");
  });

  test("tells of a result how it ended, how long it took, and whether the task rests", () => {
    const outcome = aFailedOutcome({ code: "timeout" });
    const state = stateAfter(
      [0, started(aJob(1))],
      [65, ended(aJob(1))],
      [66, ended(aJob(2), outcome)],
      [66, givenUp(aJob(2), outcome)],
    );
    const text = textOf(aPage({ state }));
    expect(text).toContain("#1 Task 1 Opened pull request #42 1 min 5 s 55 s");
    expect(text).toContain("#2 Task 2 The processing step took too long (given up) 0.0 s 54 s");
    expect(text).toContain("Success 50 % 1 succeeded, 1 failed");
  });

  test("names the repository of a task where there are several", () => {
    const page = aPage({ waiting: [aJob(3)], repositories: ["your-org/dispatch", "your-org/other"] });
    expect(textOf(page)).toContain("your-org/dispatch#3 Task 3");
  });

  test("shows as many waiting tasks as a page can hold, and counts the others", () => {
    const page = aPage({ waiting: Array.from({ length: 1000 }, (_, index) => aJob(index + 1)) });
    expect(page.match(/id="waiting-/g)).toHaveLength(25);
    expect(page).toContain("and 975 more");
  });

  test("tells what is left of the rate limit, and that the last poll failed", () => {
    const limit = { limit: 5000, remaining: 150, resetAt: START.getTime() + 720_000 };
    const state = stateAfter([1, called({ limit })], [2, { kind: "polled", failure: "bad-credentials" }]);
    const page = aPage({ state });
    expect(textOf(page)).toContain("Calls left 150 of 5 000, all again in 10 min");
    expect(page).toContain('class="bar spent"');
    expect(textOf(page)).toContain("failed: bad-credentials ; 1 call in 24 h, 0 refused or lost");
  });

  test("draws a column for each hour in which tasks ended, and nothing of yesterday", () => {
    const state = stateAfter(
      [0, ended(aJob(1))],
      [7200, ended(aJob(2), aFailedOutcome())],
      [7200, ended(aJob(3))],
    );
    const columns = (hours: number) => {
      const page = aPage({ state, now: START.getTime() + hours * 3_600_000 });
      return [...page.matchAll(/class="(success|failure)" x="([\d.]+)"/g)].map(([, kind, x]) => [
        kind,
        Number(x),
      ]);
    };
    expect(columns(2)).toEqual([
      ["success", 211.5],
      ["success", 231.5],
      ["failure", 231.5],
    ]);
    expect(columns(24)).toEqual([
      ["success", 11.5],
      ["failure", 11.5],
    ]);
    expect(columns(26)).toEqual([]);
  });

  test("says in words that nothing has happened yet", () => {
    const text = textOf(aPage());
    for (const words of [
      "Nothing runs.",
      "Nothing waits.",
      "Nothing has ended yet.",
      "GitHub has not told yet",
    ]) {
      expect(text).toContain(words);
    }
  });
});

test("the page that asks for the token says whether the last one was wrong", () => {
  expect(renderLogin("agent-runner", false)).not.toContain('role="alert"');
  expect(textOf(renderLogin("agent-runner", true))).toContain("That is not the token.");
});
