import type { Decision } from "../authorise.ts";
import type { Settings } from "../inputs.ts";
import { parseTask } from "../parse-task.ts";
import type { Ports } from "../ports.ts";
import { readSituation, triesAmong } from "../situation.ts";
import type { Issue, Task } from "../task.ts";

/**
 * Whether a signed task is this issue's alone: a copy of its signature on another labelled issue is a replay, unless that
 * issue came later and nothing ran for it.
 */
export async function checkReplay(
  ports: Pick<Ports, "dispatch">,
  { triggerLabel }: Pick<Settings, "triggerLabel">,
  { issue, taskId, metadata }: Task,
): Promise<Decision> {
  const issues = await ports.dispatch.issuesLabelled(issue.repository, triggerLabel, "all");
  for (const other of issues) {
    if (other.number === issue.number || signatureOf(other) !== metadata.signature) continue;
    // Who copies a signature must not keep the first issue from running.
    if (other.number > issue.number && !(await wasTried(ports, other, taskId))) continue;
    const reason = `its signature stands on issue #${other.number} too, and counts once`;
    return { allowed: false, reason };
  }
  return { allowed: true };
}

function signatureOf(issue: Issue): unknown {
  try {
    return parseTask(issue, { requireMetadata: true }).metadata.signature;
  } catch {
    return undefined;
  }
}

async function wasTried(ports: Pick<Ports, "dispatch">, issue: Issue, taskId: string): Promise<boolean> {
  const { results } = await readSituation(ports, issue, taskId);
  return triesAmong(results).length > 0;
}
