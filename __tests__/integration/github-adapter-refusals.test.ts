import { describe, expect, test } from "@jest/globals";
import { withGitHub } from "../builders/github-adapter.ts";
import { aPullAnswer, aPullRefusal } from "../builders/github-answers.ts";

const PULL = { title: "Add it", body: "…", head: "agent-task-7-0123abcd", base: "main", draft: false };

describe("a refusal of the credentials", () => {
  test("is `bad-credentials` on every call, also when asking whose token it is", async () => {
    const refused = { status: 401, body: { message: "Bad credentials" } };
    await withGitHub([refused, refused, refused], async ({ github, requests }) => {
      const failure = { code: "bad-credentials", quote: "Bad credentials" };
      await expect(github.viewer()).rejects.toMatchObject(failure);
      await expect(github.issue("o/r", 7)).rejects.toMatchObject(failure);
      await expect(github.createComment("o/r", 7, "Hello")).rejects.toMatchObject(failure);
      expect(requests).toHaveLength(3);
    });
  });
});

describe("a refusal for want of a permission", () => {
  test("names the permission that GitHub names, as a workflow spells it, and the classic scope", async () => {
    const refused = {
      status: 403,
      headers: {
        "x-accepted-github-permissions": "issues=write; pull_requests=write,contents=read",
        "x-accepted-oauth-scopes": "repo, public_repo",
      },
      body: { message: "Resource not accessible by integration" },
    };
    await withGitHub([refused], async ({ github }) => {
      await expect(github.createComment("o/r", 7, "Hello")).rejects.toMatchObject({
        code: "missing-permission",
        detail:
          "Could not comment on o/r#7: GitHub answered 403. It takes `issues: write`, or `pull-requests: write` and " +
          "`contents: read` (a classic token: the scope `repo`, `public_repo`).",
        quote: "Resource not accessible by integration",
      });
    });
  });

  test.each([
    ["createComment", "issues: write"],
    ["addLabels", "issues: write"],
    ["createPullRequest", "pull-requests: write"],
    ["permission", "metadata: read"],
    ["workflowRun", "actions: read"],
    ["commitsAhead", "contents: read"],
  ] as const)("of %s names ours where GitHub names none", async (call, needed) => {
    await withGitHub([{ status: 403, body: { message: "Forbidden" } }], async ({ github }) => {
      const calls = {
        createComment: () => github.createComment("o/r", 7, "Hello"),
        addLabels: () => github.addLabels("o/r", 7, ["a"]),
        createPullRequest: () => github.createPullRequest("o/r", PULL),
        permission: () => github.permission("o/r", "octocat"),
        workflowRun: () => github.workflowRun("o/r", 5),
        commitsAhead: () => github.commitsAhead("o/r", "main", "topic"),
      };
      const failure: Promise<unknown> = calls[call]();
      await expect(failure).rejects.toMatchObject({ code: "missing-permission" });
      await expect(failure).rejects.toThrow(`It takes \`${needed}\`.`);
    });
  });

  test("for single sign-on tells where to authorise the token", async () => {
    const refused = {
      status: 403,
      headers: { "x-github-sso": "required; url=https://github.com/orgs/o/sso?authorization_request=A1" },
      body: { message: "Resource protected by organization SAML enforcement." },
    };
    await withGitHub([refused], async ({ github }) => {
      await expect(github.repository("o/r")).rejects.toThrow(
        "<https://github.com/orgs/o/sso?authorization_request=A1>",
      );
    });
  });

  test("is told apart where Actions may not create pull requests", async () => {
    const message = "GitHub Actions is not permitted to create or approve pull requests.";
    await withGitHub([{ status: 403, body: { message } }], async ({ github }) => {
      const failure = { code: "pull-requests-not-allowed", quote: message };
      await expect(github.createPullRequest("o/r", PULL)).rejects.toMatchObject(failure);
    });
  });

  test("is told apart where the repository is archived", async () => {
    const message = "Repository was archived so is read-only.";
    await withGitHub([{ status: 403, body: { message } }], async ({ github }) => {
      await expect(github.createPullRequest("o/r", PULL)).rejects.toMatchObject({ code: "target-archived" });
    });
  });
});

describe("a thing that is not there", () => {
  const missing = { status: 404, body: { message: "Not Found" } };

  test("is an answer to the questions that may be asked of it", async () => {
    const script = [missing, missing, missing, missing, missing, missing, { status: 410, body: {} }];
    await withGitHub(script, async ({ github }) => {
      expect(await github.repository("o/r")).toBeNull();
      expect(await github.issue("o/r", 7)).toBeNull();
      expect(await github.pullRequest("o/r", 7)).toBeNull();
      expect(await github.commitsAhead("o/r", "main", "topic")).toBeNull();
      expect(await github.workflowRun("o/r", 5)).toBeNull();
      expect(await github.permission("o/r", "nobody")).toBe("none");
      expect(await github.issue("o/r", 7)).toBeNull();
    });
  });

  test("fails everything else, by what is missing", async () => {
    await withGitHub([missing, missing, missing], async ({ github }) => {
      const issue = { code: "issue-not-found" };
      await expect(github.createComment("o/r", 7, "Hello")).rejects.toMatchObject(issue);
      await expect(github.comments("o/r", 7)).rejects.toMatchObject(issue);
      await expect(github.createPullRequest("o/r", PULL)).rejects.toMatchObject({ code: "target-not-found" });
    });
  });

  test("is what the deletion of a comment wants", async () => {
    await withGitHub([missing], async ({ github }) => {
      expect(await github.deleteComment("o/r", 900)).toBeUndefined();
    });
  });
});

describe("a pull request that GitHub will not create", () => {
  test("because the branch has one is an answer", async () => {
    const refused = aPullRefusal({ code: "custom", message: "A pull request already exists for o:topic." });
    await withGitHub([refused], async ({ github }) => {
      expect(await github.createPullRequest("o/r", PULL)).toEqual({ kind: "exists" });
    });
  });

  test("because there is nothing in it is an answer", async () => {
    const refused = aPullRefusal({ code: "custom", message: "No commits between main and topic" });
    await withGitHub([refused], async ({ github }) => {
      expect(await github.createPullRequest("o/r", PULL)).toEqual({ kind: "no-commits" });
    });
  });

  test("because its base is missing is `base-not-found`", async () => {
    const refused = aPullRefusal({ field: "base", code: "invalid" });
    await withGitHub([refused], async ({ github }) => {
      await expect(github.createPullRequest("o/r", PULL)).rejects.toMatchObject({
        code: "base-not-found",
        detail: "`o/r` has no branch `main`.",
      });
    });
  });

  test("for another reason is `github-refused`, with all that GitHub says of it", async () => {
    const refused = aPullRefusal({ field: "head", code: "invalid" });
    await withGitHub([refused], async ({ github }) => {
      await expect(github.createPullRequest("o/r", PULL)).rejects.toMatchObject({
        code: "github-refused",
        detail: "Could not create a pull request in o/r: GitHub answered 422.",
        quote: "Validation Failed; head is invalid",
      });
    });
  });

  test("is created where GitHub says so", async () => {
    await withGitHub([{ status: 201, body: aPullAnswer() }], async ({ github }) => {
      const created = await github.createPullRequest("o/r", PULL);
      expect(created).toMatchObject({ kind: "created", pullRequest: { number: 12, body: "" } });
    });
  });
});

describe("any other refusal", () => {
  test.each([409, 422, 423, 451])("with %i is `github-refused` and never repeated", async (status) => {
    await withGitHub([{ status, body: "odd" }], async ({ github, requests }) => {
      await expect(github.requestReviewers("o/r", 7, ["a"], [])).rejects.toMatchObject({
        code: "github-refused",
      });
      expect(requests).toHaveLength(1);
    });
  });
});
