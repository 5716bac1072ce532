import { describe, expect, test } from "@jest/globals";
import { authoriseSender, authoriseTarget, readTarget } from "../../src/authorise.ts";
import { TaskFailure } from "../../src/failure.ts";
import type { Permission, Repository } from "../../src/ports.ts";
import type { Actor } from "../../src/task.ts";
import { someSettings } from "../builders/settings.ts";
import { aWorld, DISPATCH, type Inputs, TARGET } from "../fakes/world.ts";

function user(login: string): Actor {
  return { login, type: "User" };
}

async function mayStart(sender: Actor, inputs: Inputs = {}, permission: Permission = "none") {
  const { github } = aWorld();
  github.permissions.set(sender.login, permission);
  return await authoriseSender(
    { dispatch: github.api },
    { repository: DISPATCH, sender },
    someSettings(inputs),
  );
}

describe("a person", () => {
  test.each<[Permission, boolean]>([
    ["admin", true],
    ["maintain", true],
    ["write", true],
    ["triage", false],
    ["read", false],
    ["none", false],
  ])("with the permission %s may start a task: %s", async (permission, allowed) => {
    expect((await mayStart(user("mona"), {}, permission)).allowed).toBe(allowed);
  });

  test("on allowed-actors may start a task without permission, in any case of letters", async () => {
    expect(await mayStart(user("Mona"), { "allowed-actors": "octocat, mona" })).toEqual({ allowed: true });
  });

  test("whose name only begins or ends like one on the list may not", async () => {
    for (const login of ["mona2", "xmona"]) {
      expect((await mayStart(user(login), { "allowed-actors": "mona" })).allowed).toBe(false);
    }
  });

  test("is told the permission and what it takes", async () => {
    expect(await mayStart(user("mona"), {}, "read")).toEqual({
      allowed: false,
      reason: `\`mona\` has the permission \`read\` on \`${DISPATCH}\`; starting a task takes \`write\`, or a place on the list \`allowed-actors\``,
    });
  });
});

describe("a bot", () => {
  const bot: Actor = { login: "hub-bot[bot]", type: "Bot" };

  test("may start a task by its exact name on allowed-bots", async () => {
    expect(await mayStart(bot, { "allowed-bots": "hub-bot[bot]" })).toEqual({ allowed: true });
  });

  test("may not by its name without [bot], which could be a person's", async () => {
    expect((await mayStart(bot, { "allowed-bots": "hub-bot" })).allowed).toBe(false);
  });

  test("may not by allowed-actors, nor by its permission: bots are named where bots are named", async () => {
    expect((await mayStart(bot, { "allowed-actors": "hub-bot[bot]" }, "admin")).allowed).toBe(false);
  });

  test("is one by its type, also where its name does not say so", async () => {
    const copilot: Actor = { login: "Copilot", type: "Bot" };
    expect((await mayStart(copilot, { "allowed-actors": "Copilot" }, "admin")).allowed).toBe(false);
    expect((await mayStart(copilot, { "allowed-bots": "copilot" })).allowed).toBe(true);
  });

  test("is one by its name, also where the event does not say its type", async () => {
    expect((await mayStart(user("hub-bot[bot]"), {}, "admin")).allowed).toBe(false);
  });
});

test("a check that fails is no answer: it throws, and nothing runs", async () => {
  const { github } = aWorld();
  github.script.plan("permission", new TaskFailure("github-unavailable", "No answer."));
  const asked = authoriseSender(
    { dispatch: github.api },
    { repository: DISPATCH, sender: user("mona") },
    someSettings(),
  );
  await expect(asked).rejects.toThrow("github-unavailable");
});

describe("a target", () => {
  const mayGo = (target: string, allowed = "") =>
    authoriseTarget(target, DISPATCH, someSettings({ "allowed-targets": allowed })).allowed;

  test("is by default any repository of the dispatch repository's owner, and no other", () => {
    expect(mayGo("your-org/your-project")).toBe(true);
    expect(mayGo("Your-Org/.github")).toBe(true);
    expect(mayGo("your-org-2/your-project")).toBe(false);
    expect(mayGo("other/your-project")).toBe(false);
  });

  test("must match one of allowed-targets where there are some, which replace the default", () => {
    expect(mayGo("acme/site-web", "acme/site-*, acme/api")).toBe(true);
    expect(mayGo("acme/api", "acme/site-*, acme/api")).toBe(true);
    expect(mayGo("acme/apis", "acme/site-*, acme/api")).toBe(false);
    expect(mayGo("your-org/your-project", "acme/*")).toBe(false);
  });

  test("that is refused is told what is allowed", () => {
    expect(authoriseTarget("other/x", DISPATCH, someSettings({ "allowed-targets": "a/*,b/c" }))).toEqual({
      allowed: false,
      reason: "the target `other/x` is not among the `allowed-targets` (`a/*`, `b/c`)",
    });
  });

  test("that cannot be seen, is archived or takes no pull requests is a failure of its own", async () => {
    const { github } = aWorld();
    const set = (name: string, change: Partial<Repository>) =>
      github.repositories.set(name, {
        ...{ name, defaultBranch: "main", archived: false, hasPullRequests: true },
        ...change,
      });
    set("your-org/old", { archived: true });
    set("your-org/mirror", { hasPullRequests: false });
    await expect(readTarget({ target: github.api }, "your-org/none")).rejects.toMatchObject({
      code: "target-not-found",
    });
    await expect(readTarget({ target: github.api }, "your-org/old")).rejects.toMatchObject({
      code: "target-archived",
    });
    await expect(readTarget({ target: github.api }, "your-org/mirror")).rejects.toMatchObject({
      code: "pull-requests-not-allowed",
    });
    await expect(readTarget({ target: github.api }, TARGET)).resolves.toMatchObject({
      defaultBranch: "main",
    });
  });
});
