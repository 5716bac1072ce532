// GitHub's answers, cut down to the fields that every answer of their kind has and that the adapter could look at.

export function anIssueAnswer(change: Record<string, unknown> = {}) {
  return {
    id: 70,
    repository_url: "https://api.github.com/repos/your-org/dispatch",
    number: 7,
    html_url: "https://github.com/your-org/dispatch/issues/7",
    title: "Add authentication",
    body: "Please",
    user: { login: "octocat", type: "User" },
    labels: [{ id: 1, name: "copilot-agent" }],
    state: "open",
    comments: 2,
    updated_at: "2026-01-02T03:04:05Z",
    ...change,
  };
}

export function aCommentAnswer(change: Record<string, unknown> = {}) {
  return {
    id: 900,
    html_url: "https://github.com/your-org/dispatch/issues/7#issuecomment-900",
    body: "Hello",
    user: { login: "octocat", type: "User" },
    author_association: "MEMBER",
    performed_via_github_app: null,
    created_at: "2026-01-02T03:04:05Z",
    ...change,
  };
}

export function aPullAnswer(change: Record<string, unknown> = {}) {
  return {
    number: 12,
    html_url: "https://github.com/your-org/target/pull/12",
    state: "open",
    merged_at: null,
    draft: false,
    title: "Add authentication",
    body: null,
    head: {
      ref: "agent-task-7-0123abcd",
      sha: "a".repeat(40),
      repo: { id: 5, full_name: "your-org/target" },
    },
    base: { ref: "main", repo: { id: 5, full_name: "your-org/target" } },
    ...change,
  };
}

/** GitHub's 422 to `POST /pulls`. */
export function aPullRefusal(error: Record<string, string>) {
  return {
    status: 422,
    body: { message: "Validation Failed", errors: [{ resource: "PullRequest", ...error }] },
  };
}
