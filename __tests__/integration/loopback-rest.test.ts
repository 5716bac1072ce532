import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { LoopbackGitHub } from "../../loopback/github.ts";
import { aClient, aGitHubWithWriter, type Client } from "../builders/loopback-client.ts";

let github: LoopbackGitHub;
let call: Client;

beforeEach(async () => {
  github = await aGitHubWithWriter();
  call = aClient(github, "writer");
});

afterEach(async () => {
  // Closed first: a server that stays open after a failed expectation keeps the test run from ending.
  await github.close();
  expect(github.violations).toEqual([]);
  expect(github.unknownRoutes).toEqual([]);
});

const PULL = { title: "Two", head: "work", base: "main", body: "text" };

describe("issues", () => {
  test("an issue keeps its labels, comments, reactions and the history of all of it", async () => {
    const { body: issue } = await call("POST", "/repos/acme/app/issues", { title: "One", labels: ["go"] });
    const comments = `/repos/acme/app/issues/${issue.number}/comments`;
    const { body: comment } = await call("POST", comments, { body: "first" });
    await call("PATCH", `/repos/acme/app/issues/comments/${comment.id}`, { body: "second" });
    await call("POST", `/repos/acme/app/issues/comments/${comment.id}/reactions`, { content: "eyes" });
    await call("DELETE", `/repos/acme/app/issues/${issue.number}/labels/go`);
    await call("PATCH", `/repos/acme/app/issues/${issue.number}`, { state: "closed" });
    expect(github.issue("acme/app", issue.number)).toMatchObject({
      author: "mona",
      state: "closed",
      stateReason: "completed",
      labels: [],
      comments: [{ author: "mona", body: "second", reactions: ["eyes"] }],
      events: ["labeled go", "unlabeled go", "closed"],
    });
    const { body: timeline } = await call("GET", `/repos/acme/app/issues/${issue.number}/timeline`);
    expect(timeline.map((row: { event: string }) => row.event)).toEqual([
      "labeled",
      "commented",
      "unlabeled",
      "closed",
    ]);
  });

  test("a list is cut into pages that link to each other, pull requests among them", async () => {
    for (const title of ["1", "2", "3", "4", "5"]) github.createIssue("acme/app", { title, body: null });
    const first = await call("GET", "/repos/acme/app/issues?per_page=2&direction=asc");
    expect(first.body.map((issue: { title: string }) => issue.title)).toEqual(["1", "2"]);
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
    const second = await call("GET", next);
    expect(second.body.map((issue: { title: string }) => issue.title)).toEqual(["3", "4"]);
    expect(second.headers.get("link")).toMatch(/rel="prev".*rel="next".*rel="last".*rel="first"/);
  });

  test("state, labels and since choose from a list", async () => {
    github.createIssue("acme/app", { title: "a", body: null, labels: ["x", "y"] });
    github.createIssue("acme/app", { title: "b", body: null, labels: ["x"] });
    github.editIssue("acme/app", 2, { state: "closed" });
    const titles = async (query: string) =>
      (await call("GET", `/repos/acme/app/issues?${query}`)).body.map(
        (issue: { title: string }) => issue.title,
      );
    expect(await titles("labels=x")).toEqual(["a"]);
    expect(await titles("labels=x&state=all&sort=created&direction=desc")).toEqual(["b", "a"]);
    expect(await titles("labels=x,y&state=all")).toEqual(["a"]);
    expect(await titles("state=all&since=2999-01-01T00:00:00Z")).toEqual([]);
  });

  test("what has not changed is answered 304, and costs none of the rate limit", async () => {
    github.createIssue("acme/app", { title: "a", body: null });
    const first = await call("GET", "/repos/acme/app/issues");
    const etag = first.headers.get("etag") ?? "";
    const again = await call("GET", "/repos/acme/app/issues", undefined, { "if-none-match": etag });
    expect([again.status, again.body]).toEqual([304, null]);
    expect(again.headers.get("x-ratelimit-remaining")).toBe(first.headers.get("x-ratelimit-remaining"));
    github.comment("acme/app", 1, "news");
    const changed = await call("GET", "/repos/acme/app/issues", undefined, { "if-none-match": etag });
    expect(changed.status).toBe(200);
  });

  test("with no call left the answer is 403 and names the time of the next", async () => {
    const reset = Date.now() + 60_000;
    github.setRateLimit("writer", 0, reset);
    const answer = await call("GET", "/repos/acme/app");
    expect([answer.status, answer.headers.get("x-ratelimit-remaining")]).toEqual([403, "0"]);
    expect(answer.headers.get("x-ratelimit-reset")).toBe(String(Math.floor(reset / 1000)));
    expect((await call("GET", "/rate_limit")).body.rate.remaining).toBe(0);
  });

  test("bodies end at 65,536 characters, whatever they weigh", async () => {
    github.createIssue("acme/app", { title: "a", body: null });
    const path = "/repos/acme/app/issues/1/comments";
    expect((await call("POST", path, { body: "語".repeat(65_536) })).status).toBe(201);
    const tooLong = await call("POST", path, { body: "x".repeat(65_537) });
    expect(tooLong.body.errors[0].message).toBe("Body is too long (maximum is 65536 characters)");
    expect((await call("POST", path, { body: " " })).status).toBe(422);
  });
});

describe("pull requests", () => {
  beforeEach(async () => {
    await github.commit("acme/app", "work", { "b.txt": "two\n" });
  });

  test("a pull request shows what is on the branch, and is a part of the issues", async () => {
    const { status, body } = await call("POST", "/repos/acme/app/pulls", { ...PULL, draft: true });
    const tip = await github.git("acme/app", "rev-parse", "work");
    expect(status).toBe(201);
    expect(body).toMatchObject({
      draft: true,
      commits: 1,
      additions: 1,
      changed_files: 1,
      head: { sha: tip },
    });
    const { body: files } = await call("GET", `/repos/acme/app/pulls/${body.number}/files`);
    expect(files).toMatchObject([{ filename: "b.txt", status: "added", patch: "@@ -0,0 +1 @@\n+two" }]);
    const { body: found } = await call("GET", "/repos/acme/app/pulls?head=acme:work&state=all");
    expect(found).toHaveLength(1);
    expect((await call("GET", `/repos/acme/app/issues/${body.number}`)).body.pull_request).toBeDefined();
  });

  test("a second one for the same branch is refused, also when both come at once", async () => {
    const both = await Promise.all([1, 2].map(() => call("POST", "/repos/acme/app/pulls", PULL)));
    expect(both.map(({ status }) => status).sort()).toEqual([201, 422]);
    const { body } = await call("POST", "/repos/acme/app/pulls", PULL);
    expect(body.errors[0].message).toBe("A pull request already exists for acme:work.");
  });

  test("no commits between, no such head and no such base are refused, each by its name", async () => {
    await github.git("acme/app", "branch", "same", "main");
    const same = await call("POST", "/repos/acme/app/pulls", { ...PULL, head: "same" });
    expect(same.body.errors[0].message).toBe("No commits between main and same");
    const head = await call("POST", "/repos/acme/app/pulls", { ...PULL, head: "no" });
    const base = await call("POST", "/repos/acme/app/pulls", { ...PULL, base: "no" });
    expect([head.status, head.body.errors[0].field]).toEqual([422, "head"]);
    expect([base.status, base.body.errors[0].field]).toEqual([422, "base"]);
  });

  test("a pull request follows its branch, and closes when the branch goes", async () => {
    await call("POST", "/repos/acme/app/pulls", PULL);
    const tip = await github.commit("acme/app", "work", { "c.txt": "three\n" });
    expect(github.pulls("acme/app")[0]?.head.oid).toBe(tip);
    expect((await call("DELETE", "/repos/acme/app/git/refs/heads/work")).status).toBe(204);
    expect(github.pulls("acme/app")[0]).toMatchObject({ state: "closed", merged: false });
  });

  test("a merge by the button or by a push to the base ends as merged", async () => {
    await call("POST", "/repos/acme/app/pulls", PULL);
    await github.merge("acme/app", 1);
    expect(github.pulls("acme/app")[0]).toMatchObject({ state: "closed", merged: true });
    expect(await github.git("acme/app", "show", "main:b.txt")).toBe("two");
    const tip = await github.commit("acme/app", "work", { "d.txt": "four\n" });
    await call("POST", "/repos/acme/app/pulls", PULL);
    const { body: merged } = await call("POST", "/repos/acme/app/git/commits", {
      message: "Merge by hand",
      tree: await github.git("acme/app", "rev-parse", "work^{tree}"),
      parents: [await github.git("acme/app", "rev-parse", "main"), tip],
    });
    await call("PATCH", "/repos/acme/app/git/refs/heads/main", { sha: merged.sha });
    expect(github.pulls("acme/app")[1]).toMatchObject({ state: "closed", merged: true });
  });

  test("reviewers must be collaborators and somebody else than the author", async () => {
    await call("POST", "/repos/acme/app/pulls", PULL);
    const path = "/repos/acme/app/pulls/1/requested_reviewers";
    expect((await call("POST", path, { reviewers: ["stranger"] })).status).toBe(422);
    expect((await call("POST", path, { reviewers: ["mona"] })).status).toBe(422);
    github.setPermission("acme/app", "rex", "read");
    expect((await call("POST", path, { reviewers: ["rex"], team_reviewers: ["core"] })).status).toBe(201);
    expect(github.pulls("acme/app")[0]).toMatchObject({ reviewers: ["rex"], teams: ["core"] });
  });
});

describe("the git database", () => {
  test("a commit can be made of a blob, a tree and a ref", async () => {
    const { body: ref } = await call("GET", "/repos/acme/app/git/ref/heads/main");
    const { body: parent } = await call("GET", `/repos/acme/app/git/commits/${ref.object.sha}`);
    const { body: blob } = await call("POST", "/repos/acme/app/git/blobs", {
      content: "bmV3Cg==",
      encoding: "base64",
    });
    const { body: tree } = await call("POST", "/repos/acme/app/git/trees", {
      base_tree: parent.tree.sha,
      tree: [
        { path: "dir/new.txt", mode: "100644", type: "blob", sha: blob.sha },
        { path: "a.txt", mode: "100644", type: "blob", sha: null },
      ],
    });
    const wanted = { message: "Add\n\nAgent-Task-Id: 1", tree: tree.sha, parents: [ref.object.sha] };
    const { body: commit } = await call("POST", "/repos/acme/app/git/commits", wanted);
    const path = "refs/agent-runner/claims/1";
    expect((await call("POST", "/repos/acme/app/git/refs", { ref: path, sha: commit.sha })).status).toBe(201);
    expect(await github.git("acme/app", "ls-tree", "-r", "--name-only", path)).toBe("dir/new.txt");
    expect(await github.git("acme/app", "log", "-1", "--format=%an %B", path)).toContain(
      "mona Add\n\nAgent-Task-Id: 1",
    );
  });

  test("of six that create the same ref at once, one wins", async () => {
    const sha = await github.git("acme/app", "rev-parse", "main");
    const racers = Array.from({ length: 6 }, () =>
      call("POST", "/repos/acme/app/git/refs", { ref: "refs/agent-runner/claims/x", sha }),
    );
    const statuses = (await Promise.all(racers)).map(({ status }) => status).sort();
    expect(statuses).toEqual([201, 422, 422, 422, 422, 422]);
  });

  test("a ref goes forward only, unless forced, and not at all where it is protected", async () => {
    const old = await github.git("acme/app", "rev-parse", "main");
    await github.commit("acme/app", "work", { "b.txt": "two\n" });
    const update = (sha: string, force: boolean) =>
      call("PATCH", "/repos/acme/app/git/refs/heads/work", { sha, force });
    expect((await update(old, false)).body.message).toBe("Update is not a fast forward");
    expect((await update(old, true)).status).toBe(200);
    github.configure("acme/app", { protectedBranches: ["work"] });
    expect((await update(old, true)).status).toBe(422);
  });

  test("contents, commits and comparisons are read from the real repository", async () => {
    await github.commit("acme/app", "feature/x", { "dir/b.txt": "two\n" });
    const { body: file } = await call("GET", "/repos/acme/app/contents/dir/b.txt?ref=feature/x");
    expect(Buffer.from(file.content, "base64").toString()).toBe("two\n");
    expect((await call("GET", "/repos/acme/app/contents/dir/b.txt")).status).toBe(404);
    const { body: branch } = await call("GET", "/repos/acme/app/branches/feature/x");
    expect([branch.name, branch.protected]).toEqual(["feature/x", false]);
    const { body: compared } = await call("GET", "/repos/acme/app/compare/main...feature/x");
    expect([compared.status, compared.ahead_by, compared.files[0].filename]).toEqual([
      "ahead",
      1,
      "dir/b.txt",
    ]);
    expect((await call("GET", "/repos/acme/app/commits/feature/x/status")).body.total_count).toBe(0);
  });
});
