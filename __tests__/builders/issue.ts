import type { Issue } from "../../src/task.ts";

/** An open dispatch issue with its label and an ordinary author; `change` says what matters to the test. */
export function anIssue(change: Partial<Issue> = {}): Issue {
  const repository = change.repository ?? "your-org/dispatch";
  const number = change.number ?? 7;
  return {
    repository,
    number,
    url: `https://github.com/${repository}/issues/${number}`,
    title: "Add authentication",
    body: "",
    author: { login: "octocat", type: "User" },
    labels: ["copilot-agent"],
    state: "open",
    isPullRequest: false,
    commentCount: 0,
    updatedAt: "2026-01-02T03:04:05Z",
    ...change,
  };
}

/** A metadata comment with a task id and nothing else. */
export const METADATA = `<!-- agent_task_metadata {"task_id": "t-1"} -->`;

export const BACKEND_TASK_ID = "550e8400-e29b-41d4-a716-446655440000";

/** Body A of the contract as the backend writes it, with its parts exchangeable. */
export function aBackendBody(part: { instruction?: string; target?: string } = {}): string {
  const target = part.target ?? "**Target:** pr `your-org/your-project#42`\n\n";
  return `# Agent Task Delegation

**Task ID:** \`${BACKEND_TASK_ID}\`
**User ID:** \`user-123\`

${target}## Instructions

${part.instruction ?? "Add authentication middleware to the API"}

---

<!-- agent_task_metadata
{"task_id": "${BACKEND_TASK_ID}", "user_id": "user-123", "provider": "github_issue_dispatch"}
-->
`;
}
