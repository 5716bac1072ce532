import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { FaultRule } from "../../loopback/faults.ts";
import { type LoopbackGitHub, startLoopbackGitHub } from "../../loopback/github.ts";
import { createGitDatabase } from "../../src/adapters/github/git-database.ts";
import { fixedToken } from "../../src/adapters/token-source.ts";
import type { Git, NewCommit } from "../../src/ports.ts";
import { aClock } from "../builders/clock.ts";
import { aCommit, BRANCH, connectGit, listed, takeWork } from "../builders/git.ts";
import { aClient } from "../builders/loopback-client.ts";

const TARGET = "your-org/your-project";
const FILES = {
  "README.md": "# Target\n",
  "old.txt": "old\n",
  "name/of/file.txt": "deep\n",
  "run.sh": { mode: "100755", content: "true\n" },
  link: { mode: "120000", content: "README.md" },
};
const WORK = `
printf '\\xff\\x00binary' > "ünï code.bin"
printf 'new\\n' > new.sh && chmod +x new.sh
ln -s ../README.md name/link
rm old.txt link && mkdir link && printf 'x\\n' > link/file.txt
rm -r name/of && printf 'now a file\\n' > name/of
chmod -x run.sh`;

jest.setTimeout(30_000);

let github: LoopbackGitHub;
let folder: string;
let url: string;

beforeEach(async () => {
  github = await startLoopbackGitHub();
  folder = mkdtempSync(join(tmpdir(), "signed-commit-"));
  url = `${github.url}/${TARGET}.git`;
  await github.createRepository(TARGET, { files: FILES });
});

afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await github.close();
});

/** The git adapter with a token of an App's installation, or of a person. */
function connect(kind: "installation" | "classic" = "installation"): Git {
  const actor =
    kind === "installation"
      ? { login: "my-app[bot]", type: "Bot" as const }
      : { login: "mona", type: "User" as const };
  github.registerToken({ token: kind, actor, kind, access: { [TARGET]: "write" } });
  const token = fixedToken(kind);
  const log = { debug: () => {}, warning: () => {} };
  const redact = (text: string) => text;
  const database = createGitDatabase({ baseUrl: github.url, token, clock: aClock(), log, redact });
  return connectGit({ token, database, temporaryFolder: folder, lines: [] });
}

/** Takes a step's work and commits it signed; the caller pushes it. */
async function commitWork(git: Git, script: string, change: Partial<NewCommit> = {}) {
  const work = await takeWork(git, url, script);
  const { tree, base } = work;
  const commit = await work.store.commit(aCommit({ tree, parents: [base], signed: true, ...change }));
  return { ...work, commit };
}

const inTarget = (...args: string[]) => github.git(TARGET, ...args);

function posted(path: string): number {
  return github.requests.filter((request) => request.method === "POST" && request.path.endsWith(path)).length;
}

describe("a signed commit", () => {
  test("holds git's own tree: modes, links, deletions, odd names and what became a folder or a file", async () => {
    const { store, tree, base, commit, changes } = await commitWork(connect(), WORK);
    expect(listed(changes)).toHaveLength(9);
    expect(await inTarget("rev-parse", `${commit}^{tree}`)).toBe(tree);
    expect(await inTarget("rev-parse", `${commit}^`)).toBe(base);
    expect(await inTarget("for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");
    expect(await store.push({ commit, branch: BRANCH, expected: null })).toBe("pushed");
    expect(await inTarget("rev-parse", `refs/heads/${BRANCH}`)).toBe(commit);
    expect(github.violations).toEqual([]);
  });

  test("is GitHub's, which signs it for the App, and keeps its message with the trailers", async () => {
    const message = "Work\n\nAgent-Task-Id: t-1\nAgent-Dispatch-Issue: o/r#1\n";
    const { commit } = await commitWork(connect(), "echo 2 > README.md", { message });
    const shown = await inTarget("log", "-1", "--format=%an <%ae>%n%cn <%ce>%n%B", commit);
    expect(shown).toMatch(
      /^my-app\[bot\] <\d+\+my-app\[bot\]@users\.noreply\.github\.com>\nGitHub <noreply@github\.com>\nWork\n\n/,
    );
    expect(shown).toContain("Agent-Task-Id: t-1\nAgent-Dispatch-Issue: o/r#1");
  });

  test("keeps a submodule that the base has", async () => {
    const client = aClient(github, "writer");
    github.registerToken({
      token: "writer",
      actor: { login: "mona", type: "User" },
      kind: "classic",
      access: { [TARGET]: "write" },
    });
    const main = await inTarget("rev-parse", "main");
    const rows = [{ path: "kept", mode: "160000", type: "commit", sha: main }];
    const git = `/repos/${TARGET}/git`;
    const tree = await client("POST", `${git}/trees`, { base_tree: main, tree: rows });
    const made = await client("POST", `${git}/commits`, {
      message: "m",
      tree: tree.body.sha,
      parents: [main],
    });
    await client("PATCH", `${git}/refs/heads/main`, { sha: made.body.sha });
    const { commit } = await commitWork(connect(), "echo 2 > README.md");
    expect(await inTarget("ls-tree", commit, "kept")).toBe(`160000 commit ${main}\tkept`);
  });

  test("sends each content once, none that the base has, and large trees in parts", async () => {
    const script =
      "for i in $(seq 501); do echo same > f$i.txt; done; cp README.md copy.md; git mv old.txt moved.txt";
    const { commit, tree } = await commitWork(connect(), script);
    expect([posted("/git/blobs"), posted("/git/trees"), posted("/git/commits")]).toEqual([2, 2, 1]);
    expect(await inTarget("rev-parse", `${commit}^{tree}`)).toBe(tree);
  });

  test("replaces what we pushed before, and never what somebody else pushed meanwhile", async () => {
    const git = connect();
    const first = await commitWork(git, "echo 1 > README.md");
    await first.store.push({ commit: first.commit, branch: BRANCH, expected: null });
    const second = await commitWork(git, "echo 2 > README.md");
    const move = { commit: second.commit, branch: BRANCH };
    expect(await second.store.push({ ...move, expected: first.commit })).toBe("pushed");
    const foreign = await github.commit(TARGET, BRANCH, { "theirs.txt": "3\n" });
    const third = await commitWork(git, "echo 4 > README.md");
    expect(await third.store.push({ ...move, commit: third.commit, expected: second.commit })).toBe("moved");
    expect(await third.store.push({ ...move, commit: third.commit, expected: null })).toBe("moved");
    expect(await inTarget("rev-parse", `refs/heads/${BRANCH}`)).toBe(foreign);
  });
});

describe("no commit is pushed", () => {
  test("where GitHub does not sign for the token, as for a person's", async () => {
    const made = commitWork(connect("classic"), "echo 2 > README.md");
    await expect(made).rejects.toMatchObject({ code: "not-signed" });
    await expect(made).rejects.toThrow("`unsigned`");
    expect(await inTarget("for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");
  });

  test("where a file's name is no UTF-8", async () => {
    const made = commitWork(connect(), "printf 1 > $'caf\\xe9'");
    await expect(made).rejects.toMatchObject({ code: "github-refused" });
    expect(posted("/git/trees")).toBe(0);
  });
});

describe("an answer that is lost", () => {
  const faults: FaultRule["fault"][] = [
    { kind: "drop-before" },
    { kind: "drop-after" },
    { kind: "status", status: 502, handled: true },
    { kind: "malformed" },
  ];

  test.each(
    ["blobs", "trees", "commits"].flatMap((part) =>
      faults.map((fault) => [part, fault.kind, fault] as const),
    ),
  )("to the %s call (%s) costs another try and nothing else", async (part, _kind, fault) => {
    const match: FaultRule["match"] = ({ path }) => path.endsWith(`/git/${part}`);
    github.faults.add({ match, fault });
    const { store, commit, tree } = await commitWork(connect(), "echo 2 > README.md");
    expect(await store.push({ commit, branch: BRANCH, expected: null })).toBe("pushed");
    expect(await inTarget("rev-parse", `${BRANCH}^{tree}`)).toBe(tree);
    expect(github.faults.pending).toBe(0);
  });
});
