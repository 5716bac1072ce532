import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { parseTask } from "../../src/parse-task.ts";
import { checkSignature, hmacOf, type SignedTask, signedText } from "../../src/signature.ts";
import { anIssue } from "../builders/issue.ts";

const SECRET = "correct horse battery staple";
const EXPIRES = "2027-01-31T12:00:00Z";
const BEFORE = new Date("2027-01-31T11:59:59Z");

/** A task that was signed for another one where `signed` differs from it. */
function aSignedTask(change: Partial<SignedTask> = {}, signed: Partial<SignedTask> = {}): SignedTask {
  const plain = {
    taskId: "test-12345678",
    instruction: "Add a README",
    targetRepository: "Owner/Repo",
    targetPullRequest: null,
  };
  const signature = hmacOf(SECRET, signedText({ ...plain, ...change, ...signed }, EXPIRES));
  return { ...plain, metadata: { signature, expires: EXPIRES }, ...change };
}

function reasonOf(task: SignedTask, secret = SECRET, now = BEFORE): string | null {
  const decision = checkSignature(task, secret, now);
  return decision.allowed ? null : decision.reason;
}

describe("the published example", () => {
  const page = readFileSync(new URL("../../docs/correlation.md", import.meta.url), "utf8");
  const chapter = page.slice(page.indexOf("## 5. Signed tasks"), page.indexOf("## 6."));
  const body = /```markdown\n(.*?)```/s.exec(chapter)?.[1] ?? "";
  const task = parseTask(anIssue({ body }), { requireMetadata: true });

  test("has the text that is signed", () => {
    expect(chapter).toContain(`\`\`\`text\n${signedText(task, EXPIRES)}\n\`\`\``);
  });

  test("is accepted until it expires, to the second", () => {
    expect(reasonOf(task)).toBeNull();
    expect(reasonOf(task, SECRET, new Date(EXPIRES))).toBe(`its signature expired at ${EXPIRES}`);
  });

  test("is refused with another secret", () => {
    expect(reasonOf(task, "correct horse battery stapler")).toContain("its signature does not fit");
  });
});

describe("a signature", () => {
  test.each<[string, Partial<SignedTask>]>([
    ["task id", { taskId: "test-1" }],
    ["instruction", { instruction: "Add a README and a backdoor" }],
    ["target", { targetRepository: "owner/other" }],
    ["missing target", { targetRepository: null }],
    ["pull request", { targetPullRequest: 7 }],
  ])("does not fit another %s", (_, other) => {
    expect(reasonOf(aSignedTask())).toBeNull();
    expect(reasonOf(aSignedTask({}, other))).toContain("its signature does not fit");
  });

  test("does not fit another expiry, nor the same time in other words", () => {
    for (const expires of ["2028-01-31T12:00:00Z", "2027-01-31T12:00:00.000Z", "2027-01-31T13:00:00+01:00"]) {
      const { metadata, ...task } = aSignedTask();
      expect(reasonOf({ ...task, metadata: { ...metadata, expires } })).toContain("does not fit");
    }
  });

  test("fits whatever the line ends and the white space around the instruction", () => {
    const signed = { instruction: "One\nTwo" };
    expect(reasonOf(aSignedTask({ instruction: "\r\n One\r\nTwo\t\n" }, signed))).toBeNull();
    expect(reasonOf(aSignedTask({ instruction: "One\n\nTwo" }, signed))).toContain("does not fit");
  });

  test("fits however the target's name is spelt", () => {
    expect(
      reasonOf(aSignedTask({ targetRepository: "OWNER/repo" }, { targetRepository: "owner/REPO" })),
    ).toBeNull();
  });

  test.each([
    ["no metadata", {}, "lacks `signature` or `expires`"],
    ["no expiry", { signature: "0".repeat(64) }, "lacks `signature` or `expires`"],
    ["an expiry without a zone", { signature: "0".repeat(64), expires: "2027-01-31T12:00:00" }, "ISO 8601"],
    ["an expiry that is no text", { signature: "0".repeat(64), expires: 1801396800 }, "ISO 8601"],
    ["a short signature", { signature: "00", expires: EXPIRES }, "64 hex digits"],
    ["a signature in capitals", { signature: "A".repeat(64), expires: EXPIRES }, "64 hex digits"],
    ["a signature that is no text", { signature: ["0".repeat(64)], expires: EXPIRES }, "64 hex digits"],
  ])("is refused with %s", (_, metadata, reason) => {
    expect(reasonOf(aSignedTask({ metadata }))).toContain(reason);
  });
});
