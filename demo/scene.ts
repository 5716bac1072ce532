import { issuesEvent } from "../loopback/events.ts";
import type { LoopbackGitHub } from "../loopback/github.ts";
import type { Actor } from "../loopback/model.ts";

/** The token of the demo's job; it opens nothing but the loopback GitHub. */
export const TOKEN = "ghs_demo0000000000000000000000000000000000";

/** What is on GitHub before the run, and the event that sets it off. */
export interface Scene {
  /** The dispatch repository. */
  repository: string;
  /** The dispatch issue; `null` where the run files it itself. */
  issueNumber: number | null;
  target: string;
  event: { name: string; payload: unknown };
  sender: Actor;
  /** What the demo made up, for the reader. */
  notes: string[];
}

const REPOSITORY = "acme/greetings";
const PERSON: Actor = { login: "octocat", type: "User" };

const GREET = `/** Greets the world, politely. */
export function greet() {
  return "Hello, world!";
}
`;

const TEST = `import assert from "node:assert";
import { greet } from "../src/greet.js";

assert.match(greet(), /^Hello/);
`;

/** The commits after the first one, oldest first: message and files. */
const HISTORY: [message: string, files: Record<string, string>][] = [
  ["Add a command line", { "src/cli.js": 'import { greet } from "./greet.js";\n\nconsole.log(greet());\n' }],
  ["Test the greeting", { "test/greet.test.js": TEST }],
  ["Be polite", { "src/greet.js": GREET }],
  [
    "Tell how to run it",
    { "README.md": "# Greetings\n\nRun `node src/cli.js` and be greeted.\n", LICENSE: "MIT\n" },
  ],
];

const DIFF = `--- a/src/greet.js
+++ b/src/greet.js
@@ -1,4 +1,4 @@
-/** Greets the world, politely. */
-export function greet() {
-  return "Hello, world!";
+/** Greets somebody, or else the world, politely. */
+export function greet(name = "world") {
+  return \`Hello, \${name}!\`;
 }
--- a/src/cli.js
+++ b/src/cli.js
@@ -1,3 +1,3 @@
 import { greet } from "./greet.js";
 
-console.log(greet());
+console.log(greet(process.argv[2]));
`;

/** The body that the Handsfree backend's `github_issue_dispatch` provider writes. */
export function backendBody(repository: string): string {
  const taskId = "550e8400-e29b-41d4-a716-446655440000";
  return `# Agent Task Delegation

**Task ID:** \`${taskId}\`
**User ID:** \`user-123\`

**Target:** repository \`${repository}\`

## Instructions

Greet people by their name:

\`\`\`diff
${DIFF}\`\`\`

---

<!-- agent_task_metadata
{"task_id": "${taskId}", "user_id": "user-123", "provider": "github_issue_dispatch"}
-->
`;
}

/** The demo's own story: a small project with a history, and an issue that a backend wrote. */
export async function setOwnScene(github: LoopbackGitHub): Promise<Scene> {
  await makeProject(github, REPOSITORY);
  const issueNumber = github.createIssue(REPOSITORY, {
    title: "Greet people by name",
    body: backendBody(REPOSITORY),
    author: PERSON,
  });
  admit(github, PERSON, [REPOSITORY]);
  const event = { action: "labeled", repo: REPOSITORY, number: issueNumber, sender: PERSON } as const;
  const payload = issuesEvent(github, { ...event, label: "copilot-agent" });
  return {
    repository: REPOSITORY,
    issueNumber,
    target: REPOSITORY,
    event: { name: "issues", payload },
    sender: PERSON,
    notes: [],
  };
}

/** A repository with several commits over several files. */
export async function makeProject(
  github: LoopbackGitHub,
  repository: string,
  settings: { defaultBranch?: string; private?: boolean } = {},
): Promise<void> {
  const files = { "src/greet.js": GREET.replace(", politely", "") };
  await github.createRepository(repository, { ...settings, files });
  for (const [message, files] of HISTORY) {
    await github.commit(repository, settings.defaultBranch ?? "main", files, message);
  }
}

/** Gives the sender the permission to start tasks, and the job a token for the repositories. */
export function admit(github: LoopbackGitHub, sender: Actor, repositories: string[]): void {
  const permissions = {
    contents: "write",
    issues: "write",
    pull_requests: "write",
    metadata: "read",
  } as const;
  const access = Object.fromEntries(repositories.map((name) => [name, permissions]));
  const actor: Actor = { login: "github-actions[bot]", type: "Bot" };
  github.registerToken({ token: TOKEN, kind: "actions", actor, access });
  for (const name of repositories) github.setPermission(name, sender.login, "write");
}
