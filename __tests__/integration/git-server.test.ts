import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Fault, RequestRecord } from "../../loopback/faults.ts";
import { type LoopbackGitHub, startLoopbackGitHub } from "../../loopback/github.ts";
import type { Permissions } from "../../loopback/model.ts";
import { locateGit } from "../../src/adapters/git/environment.ts";
import type { GitAdapterOptions } from "../../src/adapters/git/git.ts";
import { TaskFailure } from "../../src/failure.ts";
import type { GitStore } from "../../src/ports.ts";
import { aCommit, aDiff, BRANCH, connectGit, type GitScene, WANT, withGit } from "../builders/git.ts";

const TARGET = "your-org/target";
const TOKEN = "ghs_16C7e42F292c6912E7710c838347Ae178B4a";
const CLAIM = "refs/agent-runner/claims/1";
const BOT = { login: "github-actions[bot]", type: "Bot" } as const;
const FILES = { "a.txt": "one\ntwo\n", "src/b.txt": "b\n" };
const EDIT = aDiff("--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n-one\n+ONE\n two\n");

let loopback: LoopbackGitHub;

beforeEach(async () => {
  loopback = await startLoopbackGitHub();
  await loopback.createRepository(TARGET, { private: true, files: FILES });
});

afterEach(() => loopback.close());

function allow(permissions: Permissions): void {
  loopback.registerToken({
    token: TOKEN,
    name: "ours",
    actor: BOT,
    kind: "actions",
    access: { [TARGET]: permissions },
  });
}

/** Plays `act` with the adapter and a store on the loopback's target, with a token that may write unless told otherwise. */
function withServer<T>(
  act: (store: GitStore, scene: GitScene) => Promise<T>,
  permissions: Permissions = { contents: "write" },
  change: Partial<GitAdapterOptions> = {},
): Promise<T> {
  return withGit({}, async (scene) => {
    allow(permissions);
    const url = `${loopback.url}/${TARGET}.git`;
    const git = connectGit({
      temporaryFolder: scene.temporary,
      lines: scene.lines,
      token: async () => TOKEN,
      ...change,
    });
    return await act(await git.open(url), { ...scene, url, git });
  });
}

/** Commits the edit to the base. */
async function makeCommit(store: GitStore) {
  const { base } = await store.fetch(WANT);
  const tree = await store.applyDiffs(base, [EDIT]);
  return { base, commit: await store.commit(aCommit({ tree, parents: [base] })) };
}

const isPush = ({ path, method }: RequestRecord) => path.endsWith("git-receive-pack") && method === "POST";
const isFetch = ({ path, method }: RequestRecord) => path.endsWith("git-upload-pack") && method === "POST";
const branches = () => loopback.git(TARGET, "for-each-ref", "--format=%(refname)");

describe("the token", () => {
  test("is in every request, and in no argument, no file of ours and no URL", () =>
    withGit({}, async ({ room }) => {
      const [wrapper, seen] = [join(room, "git"), join(room, "arguments")];
      writeFileSync(
        wrapper,
        `#!/bin/sh\nprintf '%s\\n' "$@" >> ${seen}\nexec ${locateGit(process.env.PATH)} "$@"\n`,
        { mode: 0o755 },
      );
      await withServer(
        async (store, { git, url, temporary, lines }) => {
          const { commit } = await makeCommit(store);
          await store.push({ commit, branch: BRANCH, expected: null });
          const checkout = await git.checkout(url, WANT);
          await checkout.switchTo(commit);
          expect(new Set(loopback.requests.map(({ headers }) => headers.authorization))).toEqual(
            new Set(["ours"]),
          );
          expect(loopback.requests.length).toBeGreaterThan(6);

          const names = readdirSync(temporary, { recursive: true, withFileTypes: true });
          const files = names
            .filter((entry) => entry.isFile())
            .map((entry) => join(entry.parentPath, entry.name));
          const texts = [...files, seen].map((file) => readFileSync(file, "latin1"));
          const everything = [...texts, ...lines, ...loopback.requests.map(({ path }) => path)].join("\n");
          expect(everything).toContain("--force-with-lease");
          expect(everything).not.toContain(TOKEN);
          expect(everything).not.toContain(Buffer.from(`x-access-token:${TOKEN}`).toString("base64"));
        },
        { contents: "write" },
        { gitPath: wrapper },
      );
    }));

  test("is asked for anew where the server does not take it any more", () => {
    const asked: (string | undefined)[] = [];
    const token: GitAdapterOptions["token"] = async (_, refused) => {
      asked.push(refused);
      return refused === undefined ? "expired" : TOKEN;
    };
    return withServer(
      async (store) => {
        const { commit } = await makeCommit(store);
        expect(await store.push({ commit, branch: BRANCH, expected: null })).toBe("pushed");
        expect(new Set(asked)).toEqual(new Set([undefined, "expired"]));
      },
      { contents: "write" },
      { token },
    );
  });

  test("goes to no other server, where ours answers with a redirect", async () => {
    const reached: string[] = [];
    const sink = createServer((request, response) => {
      reached.push(request.url ?? "");
      response.end();
    });
    await new Promise<void>((resolve) => sink.listen(0, "127.0.0.1", resolve));
    const location = `http://127.0.0.1:${(sink.address() as AddressInfo).port}/your-org/target.git/info/refs?service=git-upload-pack`;
    loopback.faults.add({ match: () => true, fault: { kind: "redirect", location }, times: 9 });
    await withServer(async (store) => {
      await expect(store.fetch(WANT)).rejects.toMatchObject({ code: "target-not-found" });
      await expect(store.readRef(CLAIM)).rejects.toMatchObject({ code: "target-not-found" });
      await expect(store.createRef(CLAIM, "x")).rejects.toMatchObject({ code: "target-not-found" });
    });
    sink.close();
    expect(reached).toEqual([]);
  });
});

describe("what the server refuses", () => {
  test("a token that it does not know is bad-credentials", () =>
    withServer(
      async (store, { git, url }) => {
        const failure = { code: "bad-credentials" };
        await expect(store.fetch(WANT)).rejects.toMatchObject(failure);
        await expect(git.checkout(url, WANT)).rejects.toMatchObject(failure);
        await expect(store.createRef(CLAIM, "x")).rejects.toMatchObject(failure);
      },
      {},
      { token: async () => "unknown" },
    ));

  test("a repository that the token does not see is target-not-found, and so is one that was renamed", async () => {
    await withServer(async (_, { git }) => {
      const store = await git.open(`${loopback.url}/your-org/other.git`);
      await expect(store.fetch(WANT)).rejects.toMatchObject({ code: "target-not-found" });
    });
    loopback.rename(TARGET, "your-org/renamed");
    await withServer(async (store) => {
      await expect(store.fetch(WANT)).rejects.toMatchObject({ code: "target-not-found" });
    });
  });

  test("reading without contents: read, and writing without contents: write, is missing-permission", async () => {
    await withServer(
      async (store) => {
        const detail = expect.stringContaining("`contents: read`");
        await expect(store.fetch(WANT)).rejects.toMatchObject({ code: "missing-permission", detail });
      },
      { metadata: "read" },
    );
    await withServer(
      async (store) => {
        const { commit } = await makeCommit(store);
        const push = store.push({ commit, branch: BRANCH, expected: null });
        const detail = expect.stringContaining("`contents: write`");
        await expect(push).rejects.toMatchObject({ code: "missing-permission", detail });
      },
      { contents: "read" },
    );
  });

  test("a protected branch is branch-protected, with the server's words", () =>
    withServer(async (store) => {
      loopback.configure(TARGET, { protectedBranches: ["agent-task-*"] });
      const { commit } = await makeCommit(store);
      const push = store.push({ commit, branch: BRANCH, expected: null });
      await expect(push).rejects.toMatchObject({
        code: "branch-protected",
        quote: expect.stringContaining("GH006"),
      });
      expect(loopback.requests.filter(isPush)).toHaveLength(1);
    }));

  test("a workflow file is workflow-permission", () =>
    withServer(async (store) => {
      const { base } = await store.fetch(WANT);
      const tree = await store.writeFiles(base, { ".github/workflows/ci.yml": "on: push\n" });
      const commit = await store.commit(aCommit({ tree, parents: [base] }));
      const push = store.push({ commit, branch: BRANCH, expected: null });
      await expect(push).rejects.toMatchObject({ code: "workflow-permission" });
    }));

  test.each([
    [429, "rate-limited", 1],
    [502, "git-failed", 3],
  ])("a status of %i is %s, after %i tries", (status, code, tries) =>
    withServer(async (store) => {
      loopback.faults.add({ match: () => true, fault: { kind: "status", status }, times: 9 });
      await expect(store.fetch(WANT)).rejects.toMatchObject({ code });
      expect(loopback.requests).toHaveLength(tries);
    }));
});

describe("an answer that is lost", () => {
  const faults: [string, Fault][] = [
    ["dropped before", { kind: "drop-before" }],
    ["dropped after", { kind: "drop-after" }],
    ["truncated", { kind: "truncated" }],
    ["502, though it took effect", { kind: "status", status: 502, handled: true }],
    ["500 without effect", { kind: "status", status: 500 }],
  ];

  test.each(faults)("of a fetch (%s) is asked for again", (_, fault) =>
    withServer(async (store) => {
      loopback.faults.add({ match: isFetch, fault });
      await expect(store.fetch(WANT)).resolves.toMatchObject({ branch: null });
      expect(loopback.faults.pending).toBe(0);
    }));

  test.each(faults)("of a push (%s) is looked up, and the push is done once", (_, fault) =>
    withServer(async (store) => {
      const { commit } = await makeCommit(store);
      loopback.faults.add({ match: isPush, fault });
      expect(await store.push({ commit, branch: BRANCH, expected: null })).toBe("pushed");
      expect(loopback.faults.pending).toBe(0);
      expect(await loopback.git(TARGET, "rev-parse", BRANCH)).toBe(commit);
    }));

  test.each(faults)("of a claim (%s) is looked up, and the claim is ours", (_, fault) =>
    withServer(async (store) => {
      loopback.faults.add({ match: isPush, fault });
      const oid = await store.createRef(CLAIM, "mine");
      expect(await loopback.git(TARGET, "rev-parse", CLAIM)).toBe(oid);
    }));

  test("of a push that lost a race meanwhile is moved", () =>
    withServer(async (store) => {
      const { base, commit } = await makeCommit(store);
      loopback.faults.add({ match: isPush, fault: { kind: "drop-before" } });
      const push = store.push({ commit, branch: BRANCH, expected: null });
      await loopback.git(TARGET, "update-ref", `refs/heads/${BRANCH}`, base);
      expect(await push).toBe("moved");
    }));

  test("twice fails, and leaves nothing behind", () =>
    withServer(async (store) => {
      const { commit } = await makeCommit(store);
      loopback.faults.add({ match: isPush, fault: { kind: "status", status: 503 }, times: 2 });
      const push = store.push({ commit, branch: BRANCH, expected: null });
      await expect(push).rejects.toMatchObject({
        code: "git-failed",
        detail: expect.stringContaining("503"),
      });
      expect(await branches()).toBe("refs/heads/main");
    }));
});

describe("a server that hangs", () => {
  const aliveIn = (folder: string) =>
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
      .filter((pid) => readText(`/proc/${pid}/environ`).includes(folder));

  test("is cut off at the deadline, and no process of git is left", () =>
    withServer(
      async (store, { temporary }) => {
        loopback.faults.add({ match: isFetch, fault: { kind: "hang" } });
        await expect(store.fetch(WANT)).rejects.toMatchObject({
          code: "git-failed",
          detail: expect.stringContaining("stopped"),
        });
        await untilNone(() => aliveIn(temporary));
      },
      { contents: "read" },
      { deadlineMs: 1000 },
    ));

  test("is left at once where the run is cancelled, with the reason that was given", async () => {
    const run = new AbortController();
    const reason = new TaskFailure("cancelled", "The run was cancelled.");
    await withServer(
      async (store, { temporary }) => {
        const match = (request: RequestRecord) => {
          if (isFetch(request)) run.abort(reason);
          return isFetch(request);
        };
        loopback.faults.add({ match, fault: { kind: "hang" } });
        await expect(store.fetch(WANT)).rejects.toBe(reason);
        await expect(store.readRef(CLAIM)).rejects.toBe(reason);
        await untilNone(() => aliveIn(temporary));
        await store.dispose();
        expect(readdirSync(temporary)).toEqual([]);
      },
      { contents: "read" },
      { cancellation: run.signal },
    );
  });
});

describe("the number of requests", () => {
  const many = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`src/${index % 7}/${index}.txt`, `${index}\n`.repeat(50)]),
  );
  const diffs = Object.keys(many).map((path, index) =>
    aDiff(`--- a/${path}\n+++ b/${path}\n@@ -1 +1,2 @@\n+new\n ${index}\n`),
  );

  test.each([
    ["one diff of 100 files", [aDiff(diffs.map(({ text }) => text).join(""))]],
    ["100 diffs of one file", diffs],
  ])("is seven at most for %s, from the fetch to the push", async (_, blocks) => {
    await loopback.createRepository("your-org/large", { files: { ...many, "unrelated.txt": "x\n" } });
    loopback.registerToken({
      token: TOKEN,
      actor: BOT,
      kind: "actions",
      access: { "your-org/large": { contents: "write" } },
    });
    await withGit({}, async ({ temporary, lines }) => {
      const git = connectGit({ temporaryFolder: temporary, lines, token: async () => TOKEN });
      const store = await git.open(`${loopback.url}/your-org/large.git`);
      const { base } = await store.fetch(WANT);
      const tree = await store.applyDiffs(base, blocks);
      expect(await store.stat(base, tree)).toMatchObject({ files: 100, insertions: 100, deletions: 0 });
      await store.patch(base, tree, 1 << 20);
      const commit = await store.commit(aCommit({ tree, parents: [base] }));
      expect(await store.push({ commit, branch: BRANCH, expected: null })).toBe("pushed");
      expect(loopback.requests.length).toBeLessThanOrEqual(7);
    });
  });

  test("may be more where the base went on meanwhile, so that the push still works", () =>
    withServer(async (store) => {
      const { commit } = await makeCommit(store);
      await loopback.commit(TARGET, "main", { "src/b.txt": "changed\n" });
      expect(await store.push({ commit, branch: BRANCH, expected: null })).toBe("pushed");
      expect(await loopback.git(TARGET, "rev-parse", BRANCH)).toBe(commit);
    }));
});

function readText(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}

async function untilNone(list: () => string[]): Promise<void> {
  while (list().length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}
