import { generateKeyPairSync } from "node:crypto";
import { describe, expect, jest, test } from "@jest/globals";
import type { Finding } from "../../src/service/doctor/finding.ts";
import { countEnds, DISPATCH, LABEL, SECRET, TARGET, withService } from "../builders/service.ts";

jest.setTimeout(60_000);

type Level = Finding["level"];

/** Findings that are not fine, as `subject check`. */
function notOk(stdout: string, level: Level): string[] {
  const findings = JSON.parse(stdout) as Finding[];
  return findings
    .filter((finding) => finding.level === level)
    .map(({ subject, check }) => `${subject} ${check}`);
}

describe("doctor", () => {
  test("finds nothing wrong where everything is set up, and changes nothing", async () => {
    await withService(async ({ github, open, start }) => {
      open(1);
      const before = [github.issue(DISPATCH, 1), github.pulls(TARGET)];
      const service = start(["doctor", "--json"]);
      expect(await service.ended()).toBe(0);
      expect(notOk(service.output().stdout, "problem")).toEqual([]);
      expect([github.issue(DISPATCH, 1), github.pulls(TARGET)]).toEqual(before);
      expect(github.unknownRoutes).toEqual([]);
    });
  });

  test("names each thing that would make a first run fail, with its remedy", async () => {
    await withService(async ({ github, start }) => {
      github.registerToken({
        token: "github_pat_weak",
        actor: { login: "weak", type: "User" },
        kind: "fine-grained",
        access: {
          [DISPATCH]: { metadata: "read", issues: "read", repository_hooks: "read" },
          [TARGET]: { metadata: "read", contents: "read" },
        },
      });
      github.addRule(TARGET, "agent-task-*", { type: "creation" });
      github.setRateLimit("github_pat_weak", 100);
      const environment = { GITHUB_TOKEN: "github_pat_weak", AGENT_WEBHOOK_SECRET: SECRET };
      const service = start(["doctor", "--json"], environment);
      expect(await service.ended()).toBe(1);
      const { stdout } = service.output();
      expect(notOk(stdout, "problem").sort()).toEqual([
        `${TARGET} branch-rules`,
        `${TARGET} may-create-branch`,
        `${TARGET} may-create-pull-request`,
        `${DISPATCH} may-create-issue`,
        `${DISPATCH} trigger-label`,
        `${DISPATCH} webhook`,
      ]);
      expect(notOk(stdout, "warning")).toEqual(["token rate-limit"]);
      expect((JSON.parse(stdout) as Finding[]).every(({ level, remedy }) => level === "ok" || remedy)).toBe(
        true,
      );
    });
  });

  test("is not content with an account that may only read, though whoever reads may open an issue", async () => {
    await withService(async ({ github, start }) => {
      const actor = { login: "reader", type: "User" } as const;
      github.registerToken({ token: "ghp_reader", actor, kind: "classic", access: { [DISPATCH]: "read" } });
      const service = start(["doctor", "--json", "--target", DISPATCH], { GITHUB_TOKEN: "ghp_reader" });
      expect(await service.ended()).toBe(1);
      expect(notOk(service.output().stdout, "problem")).toContain(`${DISPATCH} may-create-issue`);
      expect(github.requests).toContainEqual(
        expect.objectContaining({ method: "POST", path: `/repos/${DISPATCH}/issues`, status: 422 }),
      );
    });
  });

  test("says what it is where GitHub does not accept the token", async () => {
    await withService(async ({ start }) => {
      const service = start(["doctor"], { GITHUB_TOKEN: "ghp_unknown" });
      expect(await service.ended()).toBe(1);
      expect(service.output().stdout).toContain(
        "✗ token · token: Could not read whose token it is: GitHub answered 401.",
      );
    });
  });
});

describe("a GitHub App", () => {
  test("serves the dispatch repository and the target, each with a token of its own that is revoked at the end", async () => {
    await withService(async ({ github, open, start }) => {
      const { publicKey, privateKey } = generateKeyPairSync("rsa", {
        modulusLength: 2048,
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "pkcs8", format: "pem" },
      });
      const permissions = {
        contents: "write",
        issues: "write",
        pull_requests: "write",
        metadata: "read",
      } as const;
      const installations = [{ id: 7, account: "acme", repositories: [DISPATCH, TARGET] }];
      github.registerApp({ id: 42, slug: "agents", publicKey, permissions, installations });
      const [number = 0] = open(1, [LABEL]);
      const environment = { GITHUB_TOKEN: "", GITHUB_APP_ID: "42", GITHUB_APP_PRIVATE_KEY: privateKey };
      const service = start(["run", "--issue", `${DISPATCH}#${number}`], environment);
      expect(await service.ended()).toBe(0);
      expect(countEnds(github, [number])).toEqual({ results: [1], pulls: [1] });
      const revoked = github.requests.filter(
        ({ method, path }) => method === "DELETE" && path === "/installation/token",
      );
      expect(revoked.map(({ status }) => status)).toEqual([204, 204]);
      const doctor = start(["doctor", "--json"], environment);
      await doctor.ended();
      expect(notOk(doctor.output().stdout, "problem")).toEqual([]);
    });
  });
});
