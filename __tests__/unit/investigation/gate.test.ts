import { describe, expect, test } from "@jest/globals";
import { type Gate, passGate } from "../../../src/investigation/gate.ts";
import type { Reviewers, RunReview } from "../../../src/ports.ts";
import { aRun } from "../../builders/task.ts";
import { aWorld } from "../../fakes/world.ts";

const PRODUCTION: Reviewers = { users: ["mona"], teams: [] };

function aReview(change: Partial<RunReview> = {}): RunReview {
  return { state: "approved", by: "mona", comment: "Go", environments: ["production"], ...change };
}

/** A gate named `production`, its environment, and what people said to the run. */
function aGate(environment: Reviewers | null, ...reviews: RunReview[]) {
  const { ports, github, log, audit } = aWorld();
  if (environment) github.environments.set("production", environment);
  github.reviews.push(...reviews);
  const pass = (change: Partial<Gate> = {}) =>
    passGate(ports, {
      run: aRun(),
      environment: "production",
      approvalResult: null,
      allowUnprotected: false,
      allowedApprovers: [],
      ...change,
    });
  return { pass, entries: audit.entries, github, log };
}

describe("an environment that asks somebody", () => {
  test("lets a run pass that one of its reviewers approved, and says who", async () => {
    const { pass, entries } = aGate(PRODUCTION, aReview());
    expect(await pass()).toEqual({ kind: "approved", by: "mona", comment: "Go" });
    expect(entries).toMatchObject([
      { actor: "human", actionType: "policy_check", status: "success", metadata: { by: "mona" } },
    ]);
  });

  test("takes logins and its own name in any case", async () => {
    const { pass } = aGate(PRODUCTION, aReview({ by: "Mona", environments: ["Production"] }));
    expect(await pass()).toMatchObject({ kind: "approved" });
  });

  test("gives a rejection as it is, whoever it comes from", async () => {
    const { pass, entries } = aGate(PRODUCTION, aReview({ state: "rejected", by: "hubot", comment: "No" }));
    expect(await pass({ allowedApprovers: ["mona"] })).toEqual({
      kind: "rejected",
      by: "hubot",
      comment: "No",
    });
    expect(entries).toMatchObject([{ actor: "human", status: "denied" }]);
  });

  test.each([
    ["after", [aReview({ state: "rejected" }), aReview()]],
    ["before", [aReview(), aReview({ state: "rejected" })]],
  ])("stays closed to a run that somebody rejected, also where an approval was given %s it", async (_, reviews) => {
    const { pass } = aGate(PRODUCTION, ...reviews);
    expect(await pass()).toMatchObject({ kind: "rejected" });
  });

  test("does not take an earlier attempt's approval where this one skipped the job that asks", async () => {
    const { pass, entries } = aGate(PRODUCTION, aReview());
    await expect(pass({ approvalResult: "skipped", run: aRun({ attempt: 2 }) })).rejects.toMatchObject({
      code: "not-approved",
      detail: expect.stringContaining("Nobody was asked in attempt 2"),
    });
    expect(entries).toMatchObject([{ actor: "system", status: "denied" }]);
    expect(await pass({ approvalResult: "success" })).toMatchObject({ kind: "approved" });
  });

  test.each([
    ["before", [aReview({ by: "root" }), aReview()]],
    ["after", [aReview(), aReview({ by: "root" })]],
  ])("is closed by an approval of somebody who may not, though it stands %s one of a reviewer", async (_, reviews) => {
    const { pass, entries } = aGate(PRODUCTION, ...reviews);
    const refusal = {
      code: "not-approved",
      detail: expect.stringMatching(/^`root` let the run pass, .*start a new run\.$/),
    };
    await expect(pass()).rejects.toMatchObject(refusal);
    expect(entries).toMatchObject([{ actor: "system", status: "denied" }]);
    await expect(pass({ allowedApprovers: ["mona"] })).rejects.toMatchObject({
      ...refusal,
      detail: expect.stringMatching(/^`root` approved the run, .*`allowed-approvers`.*start a new run\.$/),
    });
  });

  test("takes several approvals of people who may, and no account of other environments' ones", async () => {
    const elsewhere = aReview({ by: "root", environments: ["staging"] });
    const { pass } = aGate(
      { users: ["mona", "hubot"], teams: [] },
      aReview(),
      elsewhere,
      aReview({ by: "hubot" }),
    );
    expect(await pass()).toMatchObject({ kind: "approved", by: "hubot" });
  });

  test("stays closed to a run that was rejected, whoever approved it besides", async () => {
    const { pass } = aGate(PRODUCTION, aReview({ by: "root" }), aReview({ state: "rejected" }));
    expect(await pass()).toMatchObject({ kind: "rejected", by: "mona" });
  });

  test.each<[string, RunReview[]]>([
    ["nobody's review", []],
    ["an undecided review", [aReview({ state: "pending" })]],
    ["another environment's review", [aReview({ environments: ["staging"] })]],
  ])("does not let a run pass with %s", async (_what, reviews) => {
    const { pass, entries } = aGate(PRODUCTION, ...reviews);
    await expect(pass()).rejects.toMatchObject({
      code: "not-approved",
      detail: expect.stringContaining("Nobody has approved the run 4711 for the environment `production`"),
    });
    expect(entries).toMatchObject([{ actor: "system", status: "denied" }]);
  });

  test("does not take an administrator's bypass for an approval", async () => {
    const { pass } = aGate(PRODUCTION, aReview({ by: "root" }));
    await expect(pass()).rejects.toMatchObject({
      code: "not-approved",
      detail: expect.stringContaining("`root` let the run pass, and is not among the required reviewers"),
    });
  });

  test("leaves it to GitHub who is in a team that it asks", async () => {
    const { pass } = aGate({ users: ["mona"], teams: ["on-call"] }, aReview({ by: "hubot" }));
    expect(await pass()).toMatchObject({ kind: "approved", by: "hubot" });
  });

  test.each([
    "mona",
    "hubot",
  ])("takes %s only where `allowed-approvers`, once it is set, says so", async (by) => {
    const { pass } = aGate({ users: [], teams: ["on-call"] }, aReview({ by }));
    await expect(pass({ allowedApprovers: ["octocat"] })).rejects.toMatchObject({
      code: "not-approved",
      detail: expect.stringContaining("`allowed-approvers`"),
    });
    expect(await pass({ allowedApprovers: ["octocat", by] })).toMatchObject({ by });
  });

  test("is asked also where the workflow would let an unprotected one pass", async () => {
    const { pass } = aGate(PRODUCTION);
    await expect(pass({ allowUnprotected: true })).rejects.toMatchObject({ code: "not-approved" });
  });
});

describe("an environment that asks nobody", () => {
  test("is refused where it is missing, since GitHub makes what is misspelled", async () => {
    const { pass, github } = aGate(null);
    await expect(pass()).rejects.toMatchObject({
      code: "environment-unprotected",
      detail: expect.stringMatching(/no environment `production`\. Is its name misspelled\? GitHub creates/),
    });
    expect(github.script.names()).not.toContain("runReviews");
  });

  test("is refused where it has no required reviewers", async () => {
    const { pass } = aGate({ users: [], teams: [] }, aReview());
    await expect(pass()).rejects.toMatchObject({
      code: "environment-unprotected",
      detail: expect.stringContaining("`production` of `your-org/dispatch` has no required reviewers"),
    });
  });

  test("is passed, with a warning, where the workflow says so", async () => {
    const { pass, log, entries } = aGate(null);
    expect(await pass({ allowUnprotected: true })).toEqual({ kind: "unprotected" });
    expect(log.texts("warning").join()).toContain("`allow-unprotected`");
    expect(entries).toMatchObject([{ actor: "system", status: "success" }]);
  });

  test("cannot be asked for by a run that is none of GitHub Actions", async () => {
    const { pass } = aGate(PRODUCTION, aReview());
    await expect(pass({ run: aRun({ repository: null }) })).rejects.toMatchObject({
      code: "environment-unprotected",
    });
  });
});
