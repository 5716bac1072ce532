import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const PAGE = readFileSync(new URL("../../docs/investigate-approve-act.md", import.meta.url), "utf8");

export const HAS_JQ = spawnSync("jq", ["--version"]).status === 0;

/** A chapter of the page, by its whole heading. */
export function chapter(heading: string): string {
  const level = heading.split(" ")[0] ?? "";
  const after = PAGE.split(`\n${heading}\n`)[1] ?? "";
  return after.split(new RegExp(`^#{2,${level.length}} `, "m"))[0] ?? "";
}

/** The fenced blocks of a text in one language, as a reader would copy them. */
export function blocksIn(text: string, language: string): string[] {
  const found = text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"));
  return [...found].map(([, block = ""]) => block);
}

/** What `kubectl get` shows, JSON. */
export const DEPLOYMENT = JSON.stringify({
  metadata: { annotations: { "deployment.kubernetes.io/revision": "42" } },
  spec: { replicas: 3 },
  status: { readyReplicas: 3 },
});

/** Stands in for `kubectl`: writes down what it is asked, and shows one deployment. */
export const KUBECTL = `#!/usr/bin/env bash
printf '%s\\n' "$*" >> "$CALLS"
case "$*" in
  *jsonpath*) printf 3 ;;
  get*) cat "$DEPLOYMENT" ;;
  "rollout history"*"--revision 41") echo "revision #41, image web:1.9" ;;
  "rollout history"*) exit 1 ;;
esac
`;

/** What each example is asked, what it finds and does, and which contexts it refuses. */
export const WORKED_EXAMPLES = [
  {
    heading: "### Restart a service",
    context: { error_rate: 0.07 },
    recommendation: "restart_service",
    refused: [],
    does: "rollout restart deployment/web",
  },
  {
    heading: "### Roll a configuration back",
    context: { to_revision: 41 },
    recommendation: "rollback_service",
    refused: [{}, { to_revision: "41; reboot" }, { to_revision: 40 }],
    does: "rollout undo deployment/web --to-revision 41",
  },
  {
    heading: "### Scale up",
    context: { replicas: 6 },
    recommendation: "scale_service",
    refused: [{}, { replicas: 11 }, { replicas: "6 --all" }, { replicas: [6] }],
    does: "scale deployment/web --replicas 6",
  },
];

/** The two scripts under a heading of the page. */
export function scriptsOf(heading: string): { investigate: string; act: string } {
  const [investigate = "", act = ""] = blocksIn(chapter(heading), "bash");
  return { investigate, act };
}
