import { describe, expect, test } from "@jest/globals";
import { gitFailure, httpStatus, rejection } from "../../../../src/adapters/git/failures.ts";

const URL = "https://github.com/your-org/your-project.git/";
const end = (stderr: string) => ({ status: 128, stdout: Buffer.alloc(0), stderr, overflow: false });

describe("the HTTP status in git's messages", () => {
  test.each([
    [`fatal: unable to access '${URL}': The requested URL returned error: 403`, 403],
    [
      "error: RPC failed; HTTP 502 curl 22 The requested URL returned error: 502\nfatal: the remote end hung up",
      502,
    ],
    [`fatal: could not read Username for 'https://github.com': terminal prompts disabled`, 401],
    [`fatal: Authentication failed for '${URL}'`, 401],
    [`remote: Repository not found.\nfatal: repository '${URL}' not found`, 404],
    ["fatal: unable to access: Could not resolve host: github.com", null],
    ["remote: fatal: The requested URL returned error: 403", null],
  ])("%s: %s", (stderr, status) => {
    expect(httpStatus(stderr)).toBe(status);
  });

  test.each([
    [401, "read", "bad-credentials"],
    [403, "write", "missing-permission"],
    [404, "read", "target-not-found"],
    [307, "read", "target-not-found"],
    [429, "write", "rate-limited"],
    [500, "read", "git-failed"],
  ] as const)("%i on a %s is %s", (status, access, code) => {
    const stderr = `fatal: unable to access '${URL}': The requested URL returned error: ${status}`;
    expect(gitFailure(["fetch"], end(stderr), access)).toMatchObject({ code, quote: stderr });
  });

  test("a failure without one is git-failed, with the last lines to be quoted and no hints", () => {
    const stderr = `${"noise\n".repeat(50)}hint: try again\nfatal: bad thing\n`;
    const failure = gitFailure(["fetch"], end(stderr));
    expect(failure).toMatchObject({ code: "git-failed", detail: "`git fetch` ended with status 128." });
    expect(failure.quote?.split("\n")).toHaveLength(12);
    expect(failure.quote).toMatch(/noise\nfatal: bad thing$/);
  });
});

describe("a ref that the server refused", () => {
  test.each([
    [
      "protected branch hook declined",
      "remote: error: GH006: Protected branch update failed for refs/heads/x.",
      "branch-protected",
    ],
    [
      "push declined due to repository rule violations",
      "remote: error: GH013: Repository rule violations found for refs/heads/x.",
      "branch-protected",
    ],
    [
      "push declined due to repository rule violations",
      "remote: error: GH013: Repository rule violations found.\nremote: - Push cannot contain secrets",
      "secret-found",
    ],
    ["pre-receive hook declined", "remote: error: GH001: Large files detected.", "too-large"],
    [
      "pre-receive hook declined",
      "remote: error: GH009: Secrets detected! This push failed.",
      "secret-found",
    ],
    [
      "refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission",
      "",
      "workflow-permission",
    ],
    [
      "refusing to allow an OAuth App to create or update workflow `.github/workflows/ci.yml` without `workflow` scope",
      "",
      "workflow-permission",
    ],
    ["pre-receive hook declined", "remote: Not on a Friday.", "push-rejected"],
  ])("%s (%s) is %s", (reason, stderr, code) => {
    const failure = rejection("refs/heads/x", reason, stderr);
    expect(failure).toMatchObject({ code });
    expect(failure.quote).toContain(reason);
  });
});
