import type { ChildProcess } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { LoopbackGitHub } from "../../loopback/github.ts";
import {
  aCanaryGitHub,
  allThatGitHubHolds,
  allThatWasTold,
  CANARIES,
  DISPATCH,
  runCanaryJob,
  spellingsOf,
  TARGET,
} from "../builders/canary-job.ts";
import { aClient } from "../builders/loopback-client.ts";

jest.setTimeout(120_000);

const KEYS = generateKeyPairSync("rsa", { modulusLength: 2048 });
const KEY = KEYS.privateKey.export({ type: "pkcs1", format: "pem" }).toString();
const APP = { "app-id": "1234", "app-private-key": KEY, "target-token": "" };
const CHANGE = "echo 2 > a.txt; echo '#!/bin/sh' > run.sh; chmod +x run.sh; ln -s a.txt link";

let github: LoopbackGitHub;
let minted: string[];
beforeEach(async () => {
  github = await aCanaryGitHub();
  github.registerApp({
    id: 1234,
    slug: "my-app",
    publicKey: KEYS.publicKey.export({ type: "spki", format: "pem" }).toString(),
    permissions: { contents: "write", pull_requests: "write", workflows: "write", metadata: "read" },
    installations: [{ id: 33, account: "your-org", repositories: [TARGET, DISPATCH] }],
  });
  minted = [];
  const { register } = github.state;
  github.state.register = (token) => {
    if (token.kind === "installation") minted.push(token.token);
    return register.call(github.state, token);
  };
});
afterEach(() => github.close());

const requestsTo = (path: RegExp) => github.requests.filter((request) => path.test(request.path));
const alive = () => minted.filter((token) => github.state.tokens.has(token));

describe("a GitHub App", () => {
  test("does all on the target, with one token for it alone that is revoked at the end", async () => {
    const end = await runCanaryJob(github, { ...APP, command: CHANGE });
    expect(end.outputs.outcome).toBe("opened");
    const [pull] = github.state.repository(TARGET).issues;
    expect(pull?.author.login).toBe("my-app[bot]");
    const permissions = { contents: "write", pull_requests: "write", metadata: "read" };
    const asked = requestsTo(/access_tokens$/).map(({ body }) => body);
    expect(asked).toEqual([{ repositories: ["your-project"], permissions }]);
    expect([minted.length, alive()]).toEqual([1, []]);
    expect(new Set(requestsTo(/your-org\/dispatch/).map(({ headers }) => headers.authorization))).toEqual(
      new Set(["dispatch"]),
    );
    const secrets = [...minted, ...KEY.split("\n").filter((line) => /^\w{20}/.test(line))].flatMap(
      spellingsOf,
    );
    const told = `${allThatWasTold(end)}${await allThatGitHubHolds(github)}`;
    expect(secrets.filter((secret) => told.includes(secret))).toEqual([]);
    expect(github.violations).toEqual([]);
  });

  test("gets another token where the first one is refused in the middle, by the API or by git", async () => {
    const fault = { kind: "status", status: 401, message: "Bad credentials" } as const;
    for (const path of [/\/pulls$/, /git-receive-pack$/]) {
      github.faults.add({ match: (request) => path.test(request.path) && request.method === "POST", fault });
    }
    const end = await runCanaryJob(github, { ...APP, command: CHANGE });
    expect(end.outputs.outcome).toBe("opened");
    expect(minted.length).toBeGreaterThan(1);
    expect([alive(), github.faults.pending]).toEqual([[], 0]);
  });

  test("has its tokens revoked also where the run fails", async () => {
    const end = await runCanaryJob(github, { ...APP, command: "exit 3" });
    expect(end.outputs["failure-code"]).toBe("command-failed");
    expect([minted.length, alive()]).toEqual([1, []]);
  });

  test("ends a killed run in the post step with a token of its own, which is revoked as well", async () => {
    let main: ChildProcess | undefined;
    const end = await runCanaryJob(
      github,
      { ...APP, command: "echo at work; sleep 20" },
      {
        onStart: (started) => {
          main = started;
        },
        onOutput: (text) => {
          if (text.includes("at work")) main?.kill("SIGKILL");
        },
      },
    );
    expect([end.signal, end.post?.exitCode]).toEqual(["SIGKILL", 0]);
    // Nobody knows the killed one's any more: it ends with its hour.
    expect([minted.length, alive()]).toEqual([2, minted.slice(0, 1)]);
    expect(await github.git(TARGET, "for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");
  });

  test("may never change a workflow, though it was granted to", async () => {
    const command = "mkdir -p .github/workflows; echo 'on: push' > .github/workflows/x.yml";
    const end = await runCanaryJob(github, { ...APP, command, "on-protected": "allow" });
    expect(end.outputs["failure-code"]).toBe("workflow-permission");
  });

  test("that is not installed on the target is told so", async () => {
    const [app] = github.state.apps;
    for (const installation of app?.installations ?? []) installation.repositories = [DISPATCH];
    const end = await runCanaryJob(github, { ...APP, command: CHANGE });
    expect(end.outputs["failure-code"]).toBe("target-not-found");
    expect(end.log).toContain("the App to be installed there");
  });

  test("with a key that is none is an input to be corrected, and nothing is fetched", async () => {
    const end = await runCanaryJob(github, { ...APP, "app-private-key": "not a key", command: CHANGE });
    expect(end.outputs["failure-code"]).toBe("invalid-input");
    expect(github.requests.filter(({ kind }) => kind !== "api")).toEqual([]);
    expect(end.log).not.toContain("not a key");
  });
});

describe("signed commits", () => {
  const signed = { ...APP, "sign-commits": "true" };

  async function headOf(branch: string | undefined): Promise<string> {
    return await github.git(TARGET, "log", "-1", "--format=%cn <%ce> %an%n%P %T%n%B", `refs/heads/${branch}`);
  }

  test("are GitHub's, with the task's trailers, on the base, by way of one branch", async () => {
    const { outputs } = await runCanaryJob(github, { ...signed, command: CHANGE });
    expect(outputs.outcome).toBe("opened");
    const head = await headOf(outputs.branch);
    expect(head).toMatch(/^GitHub <noreply@github\.com> my-app\[bot\]\n/);
    expect(head).toContain(await github.git(TARGET, "rev-parse", "main"));
    expect(head).toMatch(/\nAgent-Task-Id: \S+\nAgent-Dispatch-Issue: your-org\/dispatch#1/);
    const modes = await github.git(
      TARGET,
      "ls-tree",
      "--format=%(objectmode) %(path)",
      outputs["commit-sha"] ?? "",
    );
    expect(modes.split("\n")).toEqual(["100644 README.md", "100644 a.txt", "120000 link", "100755 run.sh"]);
    expect(github.violations).toEqual([]);
  });

  /** A commit with our whole message that GitHub made and signed for a person, as its editor and its squashing do. */
  async function editOnPages(branch: string): Promise<string> {
    const client = aClient(github, CANARIES.target);
    const [parent, message] = (await github.git(TARGET, "log", "-1", "--format=%H%n%B", branch)).split(
      /\n(.*)/s,
    );
    const tree = await github.git(TARGET, "rev-parse", "main^{tree}");
    const author = { name: "Mona", email: "17+mona@users.noreply.github.com" };
    const committer = { name: "GitHub", email: "noreply@github.com" };
    const commit = { message, tree, parents: [parent], author, committer };
    const made = await client("POST", `/repos/${TARGET}/git/commits`, commit);
    expect(made.body.verification.verified).toBe(true);
    await client("PATCH", `/repos/${TARGET}/git/refs/heads/${branch}`, { sha: made.body.sha });
    return made.body.sha;
  }

  test("are known as ours on a re-run, and replaced", async () => {
    const first = await runCanaryJob(github, { ...signed, command: CHANGE });
    const again = { issue: 1, runAttempt: 2 };
    const second = await runCanaryJob(github, { ...signed, command: "echo 3 > a.txt" }, again);
    expect([second.outputs.outcome, second.outputs.branch]).toEqual(["updated", first.outputs.branch]);
    expect(await headOf(second.outputs.branch)).toContain(await github.git(TARGET, "rev-parse", "main"));
  });

  test("are built upon where a person edited the branch on GitHub's pages, which signs that too", async () => {
    const first = await runCanaryJob(github, { ...signed, command: CHANGE });
    const branch = first.outputs.branch ?? "";
    const edited = await editOnPages(branch);
    const again = { issue: 1, runAttempt: 2 };
    const second = await runCanaryJob(github, { ...signed, command: "echo 3 > a.txt" }, again);
    expect(second.outputs.outcome).toBe("updated");
    expect(await headOf(branch)).toContain(edited);
  });

  test("are refused with a remedy where the token is a person's, and no branch is left", async () => {
    github.registerToken({
      token: `ghp_${"p3rS0n4lT0k3n".repeat(3).slice(0, 36)}`,
      actor: { login: "mona", type: "User" },
      kind: "classic",
      access: { [TARGET]: "write" },
    });
    const personal = {
      "target-token": `ghp_${"p3rS0n4lT0k3n".repeat(3).slice(0, 36)}`,
      "sign-commits": "true",
    };
    const end = await runCanaryJob(github, { ...personal, command: CHANGE });
    expect(end.outputs["failure-code"]).toBe("not-signed");
    expect(end.log).toContain("Use a GitHub App");
    expect(await github.git(TARGET, "for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");
  });

  test("are not even made in a dry run", async () => {
    await runCanaryJob(github, { ...signed, command: CHANGE, "dry-run": "true" });
    expect(requestsTo(/\/git\/(?:blobs|trees|commits)$/)).toEqual([]);
  });
});
