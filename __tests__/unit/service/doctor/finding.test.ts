import { expect, test } from "@jest/globals";
import { TaskFailure } from "../../../../src/failure.ts";
import { examine } from "../../../../src/service/doctor/finding.ts";

test.each([
  "rate-limited",
  "github-unavailable",
] as const)("a check that ends with %s has a remedy for whoever asked, and not for a task's issue", async (code) => {
  const finding = await examine("token", "token", () => Promise.reject(new TaskFailure(code, "No.")));
  expect(finding).toMatchObject({ level: "problem", detail: "No." });
  expect(finding.remedy).toContain("check again");
  expect(finding.remedy).not.toContain("/agent retry");
});
