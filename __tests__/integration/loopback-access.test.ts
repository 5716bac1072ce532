import { createSign, generateKeyPairSync } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { LoopbackGitHub } from "../../loopback/github.ts";
import type { Permissions } from "../../loopback/model.ts";
import { aClient, aGitHubWithWriter } from "../builders/loopback-client.ts";

let github: LoopbackGitHub;

beforeEach(async () => {
  github = await aGitHubWithWriter();
  github.createIssue("acme/app", { title: "One", body: null });
});

afterEach(async () => {
  // Closed first: a server that stays open after a failed expectation keeps the test run from ending.
  await github.close();
  expect(github.violations).toEqual([]);
});

function tokenWith(kind: "fine-grained" | "installation" | "actions", permissions: Permissions) {
  const bot = kind !== "fine-grained";
  const actor = bot
    ? ({ login: "github-actions[bot]", type: "Bot" } as const)
    : ({ login: "mona", type: "User" } as const);
  github.registerToken({ token: kind, actor, kind, access: { "acme/app": permissions } });
  return aClient(github, kind);
}

describe("who may see and do what on the loopback GitHub", () => {
  test("a token that nobody registered is answered 401 Bad credentials", async () => {
    const answer = await aClient(github, "wrong")("GET", "/repos/acme/app");
    expect([answer.status, answer.body.message]).toEqual([401, "Bad credentials"]);
  });

  test("a private repository does not exist for those without access, nor without a token", async () => {
    github.registerToken({
      token: "other",
      actor: { login: "eve", type: "User" },
      kind: "classic",
      access: {},
    });
    expect((await aClient(github, "other")("GET", "/repos/acme/app")).status).toBe(404);
    expect((await aClient(github, null)("GET", "/repos/acme/app")).status).toBe(404);
  });

  test("a public repository is read without a token, and not written", async () => {
    github.configure("acme/app", { private: false });
    const anybody = aClient(github, null);
    expect((await anybody("GET", "/repos/acme/app")).status).toBe(200);
    expect((await anybody("POST", "/repos/acme/app/issues/1/comments", { body: "x" })).status).toBe(401);
  });

  test.each([
    ["fine-grained", "Resource not accessible by personal access token"],
    ["installation", "Resource not accessible by integration"],
    ["actions", "Resource not accessible by integration"],
  ] as const)("a %s token without the permission is told which one would do", async (kind, message) => {
    const call = tokenWith(kind, { issues: "read" });
    const answer = await call("POST", "/repos/acme/app/issues/1/comments", { body: "x" });
    expect([answer.status, answer.body.message]).toEqual([403, message]);
    expect(answer.headers.get("x-accepted-github-permissions")).toBe("issues=write; pull_requests=write");
  });

  test("the token of a job has no user, and comments as the Actions bot", async () => {
    const call = tokenWith("actions", { issues: "write" });
    expect((await call("GET", "/user")).status).toBe(403);
    const { body } = await call("POST", "/repos/acme/app/issues/1/comments", { body: "hello" });
    expect(body.user).toMatchObject({ login: "github-actions[bot]", type: "Bot" });
    expect(body.performed_via_github_app.slug).toBe("github-actions");
  });

  test("GraphQL tells an app too whose token it is, and nothing else", async () => {
    const query = "query { viewer { login } }";
    const call = tokenWith("installation", { metadata: "read" });
    expect((await call("POST", "/graphql", { query })).body.data).toEqual({
      viewer: { login: "github-actions[bot]" },
    });
    expect((await aClient(github, null)("POST", "/graphql", { query })).status).toBe(401);
    expect((await aClient(github, "wrong")("POST", "/graphql", { query })).status).toBe(401);
    expect(github.violations).toEqual([]);
    expect(
      (await call("POST", "/graphql", { query: "query { viewer { name } }" })).body.data,
    ).toBeUndefined();
    expect(github.violations).toMatchObject([{ method: "POST", path: "/graphql", where: "request" }]);
    github.reset();
  });

  test("Actions may open pull requests only where the repository lets it", async () => {
    await github.commit("acme/app", "work", { "b.txt": "two\n" });
    const call = tokenWith("actions", { pull_requests: "write", contents: "read" });
    const wanted = { title: "Two", head: "work", base: "main" };
    github.configure("acme/app", { actionsMayCreatePullRequests: false });
    const refused = await call("POST", "/repos/acme/app/pulls", wanted);
    expect(refused.status).toBe(403);
    expect(refused.body.message).toBe("GitHub Actions is not permitted to create or approve pull requests.");
    github.configure("acme/app", { actionsMayCreatePullRequests: true });
    expect((await call("POST", "/repos/acme/app/pulls", wanted)).status).toBe(201);
  });

  test("an archived repository is read and not written", async () => {
    github.configure("acme/app", { archived: true });
    const call = aClient(github, "writer");
    expect((await call("GET", "/repos/acme/app")).body.archived).toBe(true);
    expect((await call("POST", "/repos/acme/app/issues", { title: "x" })).status).toBe(403);
  });

  test("labels of somebody who may only read are dropped in silence", async () => {
    github.registerToken({
      token: "reader",
      actor: { login: "eve", type: "User" },
      kind: "classic",
      access: { "acme/app": "read" },
    });
    const call = aClient(github, "reader");
    const { body } = await call("POST", "/repos/acme/app/issues", { title: "x", labels: ["copilot-agent"] });
    expect(body.labels).toEqual([]);
    expect((await call("POST", "/repos/acme/app/issues/1/labels", { labels: ["x"] })).status).toBe(403);
  });

  test("a renamed repository redirects to its number, reads with 301 and writes with 307", async () => {
    github.rename("acme/app", "acme/renamed");
    const call = aClient(github, "writer");
    const read = await call("GET", "/repos/acme/app/issues?state=all");
    const write = await call("POST", "/repos/acme/app/issues", { title: "x" });
    expect([read.status, write.status]).toEqual([301, 307]);
    const followed = await call("GET", read.headers.get("location") ?? "");
    expect(followed.body.map((issue: { title: string }) => issue.title)).toEqual(["One"]);
  });

  test("the permission of a person is told by name, of a stranger by what everybody may", async () => {
    const call = aClient(github, "writer");
    github.setPermission("acme/app", "max", "maintain");
    const { body } = await call("GET", "/repos/acme/app/collaborators/max/permission");
    expect([body.permission, body.role_name]).toEqual(["write", "maintain"]);
    expect((await call("GET", "/repos/acme/app/collaborators/nobody/permission")).status).toBe(404);
  });
});

describe("GitHub Apps on the loopback GitHub", () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

  function jwt(key = privateKey, lifetime = 300): string {
    const now = Math.floor(Date.now() / 1000);
    const content = `${encode({ alg: "RS256", typ: "JWT" })}.${encode({ iss: "7", iat: now - 10, exp: now + lifetime })}`;
    return `${content}.${createSign("RSA-SHA256").update(content).sign(key, "base64url")}`;
  }

  beforeEach(() => {
    github.registerApp({
      id: 7,
      slug: "my-agent",
      publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
      permissions: { issues: "write", contents: "write" },
      installations: [{ id: 70, account: "acme", repositories: ["acme/app"] }],
    });
  });

  test("a signed app finds its installation and gets a token that writes as the app's bot", async () => {
    const app = aClient(github, jwt());
    const { body: installation } = await app("GET", "/repos/acme/app/installation");
    const path = `/app/installations/${installation.id}/access_tokens`;
    const { status, body } = await app("POST", path, {
      repositories: ["app"],
      permissions: { issues: "write" },
    });
    expect([status, body.permissions]).toEqual([201, { issues: "write", metadata: "read" }]);
    const call = aClient(github, body.token);
    const comment = await call("POST", "/repos/acme/app/issues/1/comments", { body: "hello" });
    expect(comment.body.user.login).toBe("my-agent[bot]");
    expect((await call("GET", "/repos/acme/app/git/ref/heads/main")).status).toBe(403);
    expect((await call("DELETE", "/installation/token")).status).toBe(204);
    expect((await call("GET", "/repos/acme/app")).status).toBe(401);
  });

  test("another key, or a token that would live too long, is refused", async () => {
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    expect((await aClient(github, jwt(other))("GET", "/app")).status).toBe(401);
    expect((await aClient(github, jwt(privateKey, 900))("GET", "/app")).status).toBe(401);
    expect((await aClient(github, jwt())("GET", "/app")).body.slug).toBe("my-agent");
  });

  test("permissions that the app does not have are not given out", async () => {
    const wanted = { permissions: { workflows: "write" } };
    const answer = await aClient(github, jwt())("POST", "/app/installations/70/access_tokens", wanted);
    expect(answer.status).toBe(422);
  });
});
