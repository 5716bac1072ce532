import type { Settings } from "./inputs.ts";
import { commitMessage } from "./naming.ts";
import { refuseSecrets } from "./policy/secrets.ts";
import type { GitStore, Ports } from "./ports.ts";
import type { Oid, Start, StepResult, Task } from "./task.ts";

/** Work that was made and not pushed, as files for `actions/upload-artifact`. */
export interface KeptWork {
  /** Absolute path of the folder that holds `work.bundle` and, where it is not too long, `work.patch`. */
  folder: string;
  /** What to type to get it back. */
  commands: string[];
}

const LONGEST_PATCH = 64 * 1024 * 1024;

/** Keeps a tree as a git bundle and a patch; `null` where there is nothing new in it. Throws `secret-found`: artifacts are read by many. */
export async function keepWork(
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
