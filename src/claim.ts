import { z } from "zod";
import { keepRenewing } from "./lease.ts";
import { branchFor } from "./naming.ts";
import type { Git, GitStore, Ports } from "./ports.ts";
import type { Oid, Run, Task } from "./task.ts";

/** Who may work on a task now: one run at a time, wherever it runs. */
export type Claim = { kind: "won"; release(): Promise<void> } | { kind: "taken"; by: string };

/** What the claim's commit message holds, as JSON. */
const ownerShape = z.object({
  run_id: z.string(),
  run_attempt: z.number(),
  run_url: z.string(),
  repository: z.string().nullable(),
  /** GitHub's clock. */
  since: z.iso.datetime(),
  lease_seconds: z.number().positive(),
});
type Owner = z.output<typeof ownerShape>;

type Needs = Pick<Ports, "claims" | "dispatch" | "clock" | "log">;

/**
 * Claims the task with a ref of the target that only one can create. A claim whose run has ended, or whose lease
 * is over, is taken over by compare-and-swap. The service's own lease (`run.leaseSeconds`) is renewed until the release.
 */
export async function claimTask(ports: Needs, task: Task, run: Run, leaseMs: number): Promise<Claim> {
  const { claims: git, dispatch } = ports;
  const ref = claimRef(task);
  const message = () => ownerMessage(run, dispatch.now(), leaseMs);
  const mine = message();
  const keep = (oid: Oid) =>
    run.leaseSeconds ? wonForLease(ports, task, run, oid, message) : won(git, task, oid);
  return await withStore(git, task, async (store) => {
    const created = await store.createRef(ref, mine);
    if (created) return keep(created);
    const held = await store.readRef(ref);
    // Gone between the two calls: its owner has just finished.
    if (!held) return { kind: "taken", by: "a run that has just finished" };
    // Our own, where the answer to its creation was lost.
    if (held.message.trim() === mine) return keep(held.oid);
    const owner = parseOwner(held.message);
    if (owner && !(await isOver(dispatch, owner, run))) return { kind: "taken", by: owner.run_url };
    const replaced = await store.replaceRef(ref, held.oid, mine);
    return replaced ? keep(replaced) : { kind: "taken", by: "another run" };
  });
}

function ownerMessage(run: Run, now: Date, leaseMs: number): string {
  return JSON.stringify({
    run_id: run.id,
    run_attempt: run.attempt,
    run_url: run.url,
    repository: run.repository,
    since: now.toISOString(),
    lease_seconds: run.leaseSeconds ?? Math.ceil(leaseMs / 1000),
  } satisfies Owner);
}

/**
 * The service may die without a trace, so its lease is short and renewed. While a step runs, a renewal's store lies on disk for
 * a moment: hooks and settings come from git's environment, never from what stands there.
 */
function wonForLease(
  ports: Needs,
  task: Task,
  run: Run,
  oid: Oid,
  message: () => string,
): Extract<Claim, { kind: "won" }> {
  const ref = claimRef(task);
  let held = oid;
  const renew = () =>
    withStore(ports.claims, task, async (store) => {
      const next = await store.replaceRef(ref, held, message());
      // Ours all the same, where the answer to the last renewal was lost.
      const found = next ? null : await store.readRef(ref);
      const isOurs = found !== null && parseOwner(found.message)?.run_id === run.id;
      held = next ?? (isOurs ? found.oid : held);
      return next !== null || isOurs;
    });
  const renewal = keepRenewing(ports, (run.leaseSeconds ?? 0) * 1000, renew);
  const release = async () => {
    await renewal.stop();
    await won(ports.claims, task, held).release();
  };
  return { kind: "won", release };
}

/** The claim of a run that ended without giving it back; `null` where there is none or it is somebody else's. */
export async function findOwnClaim(
  { claims }: Pick<Ports, "claims">,
  task: Task,
  run: Run,
): Promise<Extract<Claim, { kind: "won" }> | null> {
  const held = await withStore(claims, task, (store) => store.readRef(claimRef(task)));
  if (!held) return null;
  const owner = parseOwner(held.message);
  const isOwn = owner?.run_id === run.id && owner.run_attempt === run.attempt;
  return isOwn ? won(claims, task, held.oid) : null;
}

/** Where a task's claim stands. Claims are no branches: they start no workflow, and rules for branches do not cover them. */
export function claimRef({ issue, taskId }: Pick<Task, "issue" | "taskId">): string {
  return `refs/agent-runner/claims/${branchFor(issue, taskId)}`;
}

function won(git: Git, task: Task, oid: Oid): Extract<Claim, { kind: "won" }> {
  const release = () =>
    withStore(git, task, async (store) => {
      await store.deleteRef(claimRef(task), oid);
    });
  return { kind: "won", release };
}

/** A store of its own for each use, since none may lie about while a processing step runs. */
async function withStore<T>(git: Git, task: Task, use: (store: GitStore) => Promise<T>): Promise<T> {
  const store = await git.open(task.target.cloneUrl);
  try {
    return await use(store);
  } finally {
    await store.dispose();
  }
}

function parseOwner(message: string): Owner | null {
  try {
    return ownerShape.parse(JSON.parse(message));
  } catch {
    return null;
  }
}

async function isOver(dispatch: Ports["dispatch"], owner: Owner, run: Run): Promise<boolean> {
  if (Date.parse(owner.since) + owner.lease_seconds * 1000 < dispatch.now().getTime()) return true;
  if (owner.run_id === run.id) return owner.run_attempt < run.attempt;
  if (!owner.repository) return false;
  // Needs `actions: read`, which the job may lack: then the lease alone decides.
  const other = await dispatch.workflowRun(owner.repository, Number(owner.run_id)).catch(() => null);
  return other?.ended ?? false;
}
