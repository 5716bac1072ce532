import type { Settings } from "./inputs.ts";
import type { Investigation } from "./investigate.ts";
import { commitMessage } from "./naming.ts";
import { refuseSecrets } from "./policy/secrets.ts";
import type { GitStore, Ports } from "./ports.ts";
import type { Progress } from "./progress.ts";
import type { Oid, Start, StepResult, Task } from "./task.ts";

/** Work that was made and not pushed, as files for `actions/upload-artifact`. */
export interface KeptWork {
  /** Absolute path of the folder that holds `work.bundle` and, where it is not too long, `work.patch`. */
  folder: string;
  /** What to type to get it back. */
  commands: string[];
}

const LONGEST_PATCH = 64 * 1024 * 1024;

/** Nothing that was made is lost: what did not reach the target's branch is kept in the job's own folder. */
export async function keepUnpushed(
  ports: Pick<Ports, "artifacts" | "findSecrets" | "cancellation" | "log">,
  settings: Settings,
  task: Task,
  { proposal: { start, result }, store, tree }: Investigation,
  { current }: Progress,
): Promise<KeptWork | null> {
  if (current === "pull-request" || ports.cancellation.aborted) return null;
  try {
    return await keepWork(ports, settings, task, { start, store, tree, result });
  } catch (thrown) {
    ports.log.warning(`The work could not be kept: ${String(thrown)}`);
    return null;
  }
}

/** Keeps a tree as a git bundle and a patch; `null` where there is nothing new in it. Throws `secret-found`: artifacts are read by many. */
async function keepWork(
  ports: Pick<Ports, "artifacts" | "findSecrets">,
  settings: Pick<Settings, "author" | "committer" | "commitMessage">,
  task: Task,
  { start, store, tree, result }: { start: Start; store: GitStore; tree: Oid; result: StepResult },
): Promise<KeptWork | null> {
  if (tree === (await store.treeOf(start.oid))) return null;
  const message = commitMessage({ task, result, input: settings.commitMessage });
  await refuseSecrets(ports, store, { from: start.oid, to: tree, message });
  const { artifacts } = ports;
  const commit = await store.commit({
    tree,
    parents: [start.oid],
    message,
    author: settings.author,
    committer: settings.committer,
  });
  const folder = await artifacts.makeFolder("agent-runner-work");
  await store.bundle(commit, start.oid, task.branch, `${folder}/work.bundle`);
  const patch = await store.patch(start.oid, tree, LONGEST_PATCH);
  if (patch) await artifacts.write(`${folder}/work.patch`, patch);
  return {
    folder,
    commands: [
      `git fetch origin ${start.oid} && git fetch work.bundle ${task.branch}`,
      `git switch --create ${task.branch} FETCH_HEAD`,
    ],
  };
}
