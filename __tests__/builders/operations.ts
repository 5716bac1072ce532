import { workflowDispatchEvent } from "../../loopback/events.ts";
import type { ActionEnd, ActionRun } from "../../loopback/runner.ts";
import { readJson, type Scene } from "./halves.ts";
import { DEVELOPER, REPOSITORY } from "./job.ts";
import { someFindings } from "./report.ts";

export const RESOURCE = "deployment/web";
export const POLICY_PATH = ".github/operations.yml";

/** A script that writes this report. */
export function reporting(content: unknown): string {
  return `cat > "$AGENT_REPORT_FILE" <<'REPORT'\n${JSON.stringify(content)}\nREPORT`;
}

/** A policy with these rules, in the default branch of the repository. */
export async function setPolicy({ github }: Pick<Scene, "github">, ...rules: string[]): Promise<void> {
  const text = ["name: test", "version: 1", ...rules, ""].join("\n");
  await github.commit(REPOSITORY, "main", { [POLICY_PATH]: text });
}

/** Somebody starts the workflow by hand. */
export function aStart(
  { github }: Pick<Scene, "github">,
  sender: string = DEVELOPER.login,
): ActionRun["event"] {
  const event = { repo: REPOSITORY, inputs: {}, sender: { login: sender, type: "User" as const } };
  return { name: "workflow_dispatch", payload: workflowDispatchEvent(github, event) };
}

/** Investigates the resource; by default its report proposes a restart. */
export function investigate(
  scene: Scene,
  inputs: Record<string, string> = {},
  event = aStart(scene),
  more: Partial<ActionRun> = {},
): Promise<ActionEnd> {
  const given = {
    resource: RESOURCE,
    command: reporting(someFindings()),
    "trace-id": "incident-7",
    ...inputs,
  };
  return scene.investigate(event, given, more);
}

/** Acts on what was investigated; by default the command only leaves a line in the log. */
export async function act(
  scene: Scene,
  investigated: ActionEnd,
  inputs: Record<string, string> = {},
  more: Partial<ActionRun> = {},
): Promise<ActionEnd & { result: Record<string, unknown> }> {
  const end = await scene.act(
    aStart(scene),
    investigated,
    { resource: RESOURCE, command: "echo RESTARTED", "patch-file": "", ...inputs },
    more,
  );
  return { ...end, result: readJson(end.outputs["action-result-file"]) };
}

/** The marks of actions that were begun. */
export async function marksIn({ github }: Pick<Scene, "github">): Promise<string[]> {
  const refs = await github.git(REPOSITORY, "for-each-ref", "--format=%(refname)", "refs/agent-runner/acts");
  return refs.split("\n").filter(Boolean);
}
