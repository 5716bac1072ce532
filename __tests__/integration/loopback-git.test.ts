import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { LoopbackGitHub } from "../../loopback/github.ts";
import { aClient, aGitHubWithWriter } from "../builders/loopback-client.ts";

let github: LoopbackGitHub;
let folder: string;

beforeEach(async () => {
  github = await aGitHubWithWriter();
  folder = await mkdtemp(join(tmpdir(), "loopback-git-"));
});

afterEach(async () => {
  await github.close();
  await rm(folder, { recursive: true, force: true });
});

interface Run {
  status: number | null;
  text: string;
}

/** Git as a user has it, without any configuration of this machine. */
function git(...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn("git", args, {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        LC_ALL: "C",
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_TERMINAL_PROMPT: "0",
        GIT_AUTHOR_NAME: "Mona",
        GIT_AUTHOR_EMAIL: "mona@example.invalid",
        GIT_COMMITTER_NAME: "Mona",
        GIT_COMMITTER_EMAIL: "mona@example.invalid",
      },
    });
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    child.stderr.on("data", (chunk) => {
      text += chunk;
    });
    child.on("close", (status) => resolve({ status, text }));
  });
}

function urlFor(token: string, name = "acme/app"): string {
  return `${github.url.replace("//", `//x-access-token:${token}@`)}/${name}.git`;
}

/** A clone with one more commit, which changes that file. */
async function aChange(path: string, content = "new\n"): Promise<void> {
  await git("clone", "--quiet", urlFor("writer"), "clone");
  await writeFile(join(folder, "clone", "placeholder"), "");
  await git("-C", "clone", "update-index", "--add", "--cacheinfo", `100644,${await blob(content)},${path}`);
  await git("-C", "clone", "commit", "--quiet", "-m", "Change");
}

async function blob(content: string): Promise<string> {
  await writeFile(join(folder, "content"), content);
  return (await git("-C", "clone", "hash-object", "-w", join(folder, "content"))).text.trim();
}

const push = (token: string, ...refs: string[]) =>
  git("-C", "clone", "push", "--porcelain", urlFor(token), ...refs);

describe("git over HTTP on the loopback GitHub", () => {
  test("a private repository asks for a token, refuses a wrong one, and hides from others", async () => {
    github.registerToken({
      token: "other",
      actor: { login: "eve", type: "User" },
      kind: "classic",
      access: {},
    });
    expect((await git("ls-remote", `${github.url}/acme/app.git`)).text).toContain("could not read Username");
    expect((await git("ls-remote", urlFor("wrong"))).text).toContain("Authentication failed");
    expect((await git("ls-remote", urlFor("other"))).text).toContain("Repository not found.");
    expect((await git("ls-remote", urlFor("writer"))).status).toBe(0);
    expect(github.requests.filter(({ kind }) => kind === "git").map(({ status }) => status)).toEqual([
      401, 401, 401, 401, 404, 401, 200, 200,
    ]);
  });

  test("a public repository is cloned by anybody and pushed to by nobody", async () => {
    github.configure("acme/app", { private: false });
    const url = `${github.url}/acme/app.git`;
    expect((await git("clone", "--quiet", url, "clone")).status).toBe(0);
    expect((await git("-C", "clone", "push", url, "HEAD:refs/heads/x")).text).toContain(
      "could not read Username",
    );
  });

  test("a partial clone without files gets commits and trees alone, and a file by its id", async () => {
    const clone = ["clone", "--quiet", "--bare", "--depth=1", "--filter=blob:none"];
    expect((await git(...clone, urlFor("writer"), "partial")).status).toBe(0);
    const missing = await git("-C", "partial", "rev-list", "--objects", "--missing=print", "HEAD");
    const oid = await github.git("acme/app", "rev-parse", "main:a.txt");
    expect(missing.text).toContain(`?${oid}`);
    expect((await git("-C", "partial", "cat-file", "-p", oid)).text).toBe("one\n");
  });

  test("a push arrives, on branches and on refs of any name", async () => {
    await aChange("b.txt");
    const { status } = await push("writer", "HEAD:refs/heads/work", "HEAD:refs/agent-runner/claims/1");
    expect(status).toBe(0);
    expect(await github.git("acme/app", "show", "work:b.txt")).toBe("new");
    expect(await github.git("acme/app", "rev-parse", "refs/agent-runner/claims/1")).toHaveLength(40);
  });

  test("a token that may only read is answered 403", async () => {
    github.registerToken({
      token: "reader",
      actor: { login: "mona", type: "User" },
      kind: "fine-grained",
      access: { "acme/app": { contents: "read" } },
    });
    await aChange("b.txt");
    const { status, text } = await push("reader", "HEAD:refs/heads/work");
    expect(status).toBe(128);
    expect(text).toContain("Write access to repository not granted.");
    expect(text).toContain("403");
  });

  test("a protected branch takes no push, and says so beside the ref", async () => {
    github.configure("acme/app", { protectedBranches: ["main", "release/*"] });
    await aChange("b.txt");
    const { text } = await push("writer", "HEAD:refs/heads/release/1");
    expect(text).toContain("remote: error: GH006: Protected branch update failed for refs/heads/release/1.");
    expect(text).toContain("[remote rejected] (protected branch hook declined)");
    expect(await github.git("acme/app", "for-each-ref", "refs/heads/release")).toBe("");
  });

  test.each([
    ["actions", "a GitHub App", "`workflows` permission"],
    ["fine-grained", "a Personal Access Token", "`workflows` permission"],
    ["classic", "an OAuth App", "`workflow` scope"],
  ] as const)("a %s token may not change workflows without being allowed to", async (kind, who, lacks) => {
    const actor = { login: "mona", type: "User" } as const;
    const access = { "acme/app": kind === "classic" ? ("write" as const) : ({ contents: "write" } as const) };
    github.registerToken({ token: "plain", actor, kind, access, scopes: ["repo"] });
    await aChange(".github/workflows/ci.yml");
    const { text } = await push("plain", "HEAD:refs/heads/work");
    const path = "`.github/workflows/ci.yml`";
    expect(text).toContain(
      `(refusing to allow ${who} to create or update workflow ${path} without ${lacks})`,
    );
    expect((await push("writer", "HEAD:refs/heads/work")).status).toBe(0);
  });

  test("a file above 100 MB is refused by its name", async () => {
    await aChange("dir/big.bin", "0".repeat(100 * 1024 * 1024 + 1));
    const { text } = await push("writer", "HEAD:refs/heads/work");
    expect(text).toContain("GH001: Large files detected");
    expect(text).toContain("File dir/big.bin is larger");
  }, 60_000);

  test("a renamed repository redirects git too", async () => {
    github.rename("acme/app", "acme/renamed");
    expect((await git("clone", "--quiet", urlFor("writer"), "clone")).status).toBe(0);
  });

  test("an archived repository is read and not pushed to", async () => {
    await aChange("b.txt");
    github.configure("acme/app", { archived: true });
    expect((await push("writer", "HEAD:refs/heads/work")).text).toContain("was archived so it is read-only");
  });

  test("of six pushes that would create one ref, one wins", async () => {
    await aChange("b.txt");
    const racers = Array.from({ length: 6 }, () =>
      git(
        "-C",
        "clone",
        "push",
        "--quiet",
        "--force-with-lease=refs/x/y/z:",
        urlFor("writer"),
        "HEAD:refs/x/y/z",
      ),
    );
    await Promise.all(racers);
    const commit = await git("-C", "clone", "commit-tree", "HEAD^{tree}", "-m", "Another");
    const late = await push("writer", "--force-with-lease=refs/x/y/z:", `${commit.text.trim()}:refs/x/y/z`);
    expect(late.status).toBe(1);
    expect(await github.git("acme/app", "for-each-ref", "--format=%(refname)", "refs/x")).toBe("refs/x/y/z");
  });

  test("a push moves the pull request of its branch, for the API to see at once", async () => {
    await aChange("b.txt");
    await push("writer", "HEAD:refs/heads/work");
    const call = aClient(github, "writer");
    await call("POST", "/repos/acme/app/pulls", { title: "Two", head: "work", base: "main" });
    await git("-C", "clone", "commit", "--quiet", "--allow-empty", "-m", "More");
    await push("writer", "HEAD:refs/heads/work");
    const tip = (await git("-C", "clone", "rev-parse", "HEAD")).text.trim();
    expect((await call("GET", "/repos/acme/app/pulls/1")).body.head.sha).toBe(tip);
    expect(await github.git("acme/app", "rev-parse", "refs/pull/1/head")).toBe(tip);
    expect((await push("writer", "HEAD:refs/pull/1/head")).status).toBe(1);
  });
});
