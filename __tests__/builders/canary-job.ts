import { issuesEvent } from "../../loopback/events.ts";
import { type LoopbackGitHub, startLoopbackGitHub } from "../../loopback/github.ts";
import { fullName, type Permissions } from "../../loopback/model.ts";
import { type ActionEnd, type ActionRun, runAction } from "../../loopback/runner.ts";

export const DISPATCH = "your-org/dispatch";
export const TARGET = "your-org/your-project";

/** Of both shapes that GitHub gives out; put together here, so that no scanner takes this file for a leak. */
export const CANARIES = {
  dispatch: `ghs_${"c4nArY0dIsPaTcH".repeat(3).slice(0, 36)}`,
  target: `ghs_${["eyJhbGciOiJSUzI1NiIsImtpZCI6ImMifQ", "eyJpc3MiOiJjYW5hcnkiLCJzdWIiOiI0MiJ9".repeat(5), "Q2FuYXJ5LXNpZ25hdHVyZS0tLS0tLS0tLS0t"].join(".")}`,
};

const PERSON = { login: "mona", type: "User" } as const;
const WRITE: Permissions = { contents: "write", pull_requests: "write", issues: "write", metadata: "read" };

/** A dispatch repository with one issue for another repository, and a canary token for each of them. */
export async function aCanaryGitHub(): Promise<LoopbackGitHub> {
  const github = await startLoopbackGitHub();
  await github.createRepository(DISPATCH, {});
  await github.createRepository(TARGET, {
    private: true,
    files: { "README.md": "# Target\n", "a.txt": "1\n" },
  });
  github.setPermission(DISPATCH, PERSON.login, "write");
  const actor = { login: "github-actions[bot]", type: "Bot" } as const;
  github.registerToken({
    ...{ token: CANARIES.dispatch, name: "dispatch", kind: "actions", actor },
    access: { [DISPATCH]: WRITE },
  });
  github.registerToken({
    ...{ token: CANARIES.target, name: "target", kind: "installation" },
    ...{ actor: { login: "target-app[bot]", type: "Bot" }, access: { [TARGET]: WRITE } },
  });
  return github;
}

/** Sets the label on a new issue, or on one that is there, and runs the bundle on it, with a token for each repository unless told otherwise. */
export async function runCanaryJob(
  github: LoopbackGitHub,
  inputs: Record<string, string>,
  { issue, ...change }: Partial<ActionRun> & { issue?: number } = {},
): Promise<ActionEnd> {
  const body = `Change a file.\n\nTarget Repository: ${TARGET}`;
  const number = issue ?? github.createIssue(DISPATCH, { title: "Change a file", body, author: PERSON });
  const event = {
    action: "labeled",
    repo: DISPATCH,
    number,
    sender: PERSON,
    label: "copilot-agent",
  } as const;
  return await runAction({
    serverUrl: github.url,
    repository: DISPATCH,
    event: { name: "issues", payload: issuesEvent(github, event) },
    inputs: { token: CANARIES.dispatch, "target-token": CANARIES.target, ...inputs },
    ...change,
  });
}

/** A secret in every spelling that could give it away, wherever it stands in what was encoded. */
export function spellingsOf(secret: string): string[] {
  const hex = Buffer.from(secret).toString("hex");
  const shifted = [0, 1, 2].map((offset) =>
    Buffer.from("-".repeat(offset) + secret)
      .toString("base64")
      .slice(4, -4),
  );
  const url = shifted.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"));
  return [secret, encodeURIComponent(secret), hex, hex.toUpperCase(), ...shifted, ...url];
}

/** Everything that the run left at GitHub: issues, comments, pull requests, and all objects and refs of all repositories. */
export async function allThatGitHubHolds(github: LoopbackGitHub): Promise<string> {
  const issues = github.state.repositories.flatMap((repository) => repository.issues);
  const told = issues.map(({ title, body, comments, labels, pull }) =>
    JSON.stringify([title, body, labels, comments.map((comment) => comment.body), pull?.head.ref]),
  );
  const objects = await Promise.all(
    github.state.repositories
      .map(fullName)
      .flatMap((name) => [
        github.git(name, "cat-file", "--batch-all-objects", "--batch"),
        github.git(name, "for-each-ref"),
      ]),
  );
  return [...told, ...objects].join("\n");
}

/** Everything that a run told the workflow and its readers. */
export function allThatWasTold({ log, outputs, summary, state, post }: ActionEnd): string {
  return [log, JSON.stringify(outputs), summary, JSON.stringify(state), post?.log].join("\n");
}
