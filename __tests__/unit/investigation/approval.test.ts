import { describe, expect, test } from "@jest/globals";
import { approveReport, approverOf, refusalOf } from "../../../src/investigation/approval.ts";
import { applyPolicy } from "../../../src/investigation/auto-approval.ts";
import { handOverInvestigated } from "../../../src/investigation/investigate-outputs.ts";
import { type Investigated, NOTHING_INVESTIGATED } from "../../../src/investigation/investigated.ts";
import { parseReport } from "../../../src/investigation/read-approved.ts";
import type { InvestigationReport } from "../../../src/investigation/report.ts";
import { anOperationReport, aTaskReport } from "../../builders/report.ts";
import { aFailedOutcome, aRun } from "../../builders/task.ts";
import { aWorld } from "../../fakes/world.ts";

const PATH = ".github/operations.yml";
const ALLOWED = "allowed_actions: [{ type: restart_service }, { type: open_pull_request }]";
const LOW = "auto_approve: { risk_level: low, actions: ['*'] }";
const DENIED = "denied_actions: [{ type: '*', reason: Ask @mona. }]";

function aWorldWithPolicy(...rules: string[]) {
  const world = aWorld();
  world.github.files.set(PATH, ["name: test", "version: 1", ...rules].join("\n"));
  world.github.environments.set("production", { users: ["mona"], teams: [] });
  const approve = (report: InvestigationReport, operationsPolicy: string | null = PATH) =>
    approveReport(
      world.ports,
      {
        ...{ environment: "production", approvalResult: null, allowUnprotected: false, allowedApprovers: [] },
        ...{ operationsPolicy, reportDigest: `sha256:${"a".repeat(64)}` },
      },
      aRun(),
      report,
    );
  const apply = (
    report: InvestigationReport | null,
    operationsPolicy: string | null = PATH,
    outcome: Investigated["outcome"] = { kind: "investigated" },
  ) => applyPolicy(world.ports, { operationsPolicy }, aRun(), { ...NOTHING_INVESTIGATED, outcome, report });
  return { ...world, approve, apply };
}

describe("an approval", () => {
  test("is the policy's where it is sure, and nobody else is asked", async () => {
    const { approve, github, audit } = aWorldWithPolicy(ALLOWED, LOW);
    const approval = await approve(anOperationReport());
    expect(approval).toMatchObject({ kind: "policy" });
    expect(approverOf(approval)).toBe("policy");
    expect(github.script.names()).not.toContain("environmentReviewers");
    expect(audit.entries).toMatchObject([
      { metadata: { step: "operations-policy", policy: "test", kind: "approved" }, status: "success" },
    ]);
  });

  test("is a person's where the policy is unsure, or there is none", async () => {
    const { approve, github } = aWorldWithPolicy(ALLOWED);
    await expect(approve(anOperationReport())).rejects.toMatchObject({ code: "not-approved" });
    github.reviews.push({ state: "approved", by: "mona", comment: "", environments: ["production"] });
    expect(approverOf(await approve(anOperationReport()))).toBe("mona");
    expect(approverOf(await approve(anOperationReport(), null))).toBe("mona");
  });

  test("of a person changes nothing about what the policy denies", async () => {
    const { approve, github, audit } = aWorldWithPolicy(ALLOWED, DENIED);
    github.reviews.push({ state: "approved", by: "mona", comment: "", environments: ["production"] });
    const approval = await approve(anOperationReport());
    expect(refusalOf(approval)).toContain("the policy denies `restart_service`: Ask ");
    expect(refusalOf(approval)).not.toContain("@mona");
    expect(approverOf(approval)).toBeNull();
    expect(audit.steps()).toEqual(["operations-policy: denied"]);
  });

  test("of the policy changes nothing about what a person rejected in this run", async () => {
    const { approve, github, audit } = aWorldWithPolicy(ALLOWED, LOW);
    github.reviews.push({ state: "rejected", by: "mona", comment: "No", environments: ["production"] });
    expect(await approve(anOperationReport())).toEqual({ kind: "rejected", by: "mona", comment: "No" });
    expect(audit.steps()).toEqual(["operations-policy: success", "approve: denied"]);
  });

  test("that was refused tells who and why, harmless", () => {
    const comment = "Fixes #1 @mona";
    expect(refusalOf({ kind: "rejected", by: "mona", comment })).toMatch(/^`mona` rejected it: Fixes #/);
    expect(refusalOf({ kind: "rejected", by: "mona", comment })).not.toMatch(/#1|@mona/);
    expect(refusalOf({ kind: "rejected", by: "mona", comment: " " })).toBe("`mona` rejected it");
    expect(refusalOf({ kind: "unprotected" })).toBeNull();
  });
});

describe("an investigation that is over", () => {
  test("needs no person where the policy is sure of it", async () => {
    const { apply } = aWorldWithPolicy(ALLOWED, LOW);
    expect((await apply(anOperationReport())).approval).toEqual({
      approved: true,
      reason: "A rule of `auto_approve` covers it.",
    });
    expect((await apply(anOperationReport({ risk_level: "high" }))).approval.approved).toBe(false);
  });

  test("needs a person where there is no policy, and nobody where nothing is proposed", async () => {
    const { apply, audit } = aWorldWithPolicy(ALLOWED, LOW);
    expect((await apply(anOperationReport(), null)).approval.reason).toContain("No operations policy");
    expect((await apply({ ...anOperationReport(), action: null })).approval.reason).toBe(
      "Nothing is proposed.",
    );
    expect((await apply(null)).approval.approved).toBe(false);
    expect(audit.entries).toEqual([]);
  });

  test("of a denied operation ends denied and proposes nothing any more", async () => {
    const { investigated, approval } = await aWorldWithPolicy(DENIED).apply(anOperationReport());
    expect(investigated).toMatchObject({ outcome: { kind: "denied" }, report: { action: null } });
    expect(approval.approved).toBe(false);
  });

  test("of a denied task ends denied, and its report stays as it is, so that its issue is told", async () => {
    const report = aTaskReport({ paths: ["a.md"] });
    const { investigated, approval } = await aWorldWithPolicy(DENIED).apply(report);
    expect(investigated).toMatchObject({
      outcome: { kind: "denied", reason: expect.stringMatching(/^the policy denies .*Ask /) },
      report,
    });
    expect(approval).toEqual({ approved: false, reason: expect.stringMatching(/^The policy denies /) });
    const { outputs, files } = handOverInvestigated(investigated, aRun(), { traceId: "t", approval });
    expect(outputs).toMatchObject({ outcome: "denied", action: "", "auto-approved": "false" });
    expect(
      parseReport(files.find(({ name }) => name === "investigation-report.json")?.content as Uint8Array),
    ).toEqual(report);
  });

  test("that failed stays a failure, also where the policy would deny its work", async () => {
    const { investigated } = await aWorldWithPolicy(DENIED).apply(
      aTaskReport({ paths: ["a.md"] }),
      PATH,
      aFailedOutcome(),
    );
    expect(investigated.outcome).toEqual(aFailedOutcome());
  });
});
