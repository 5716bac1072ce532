import { proposalEntry } from "./audit/entries.ts";
import type { Settings } from "./inputs.ts";
import { type Disposable, orDispose } from "./or-dispose.ts";
import type { FoundRefs, GitStore, Ports } from "./ports.ts";
import type { CheckoutSource, Processor, StoreSource, Work } from "./processors/processor.ts";
import { chooseProcessor } from "./processors/registry.ts";
import { chooseStart } from "./start.ts";
import type { Oid, Proposal, Task } from "./task.ts";

type Needs = Pick<Ports, "git" | "target" | "steps" | "log">;

/** The target's content, fetched for the chosen processor. Nothing of it has run yet. */
export type Source = Disposable &
  (
    | ({ processor: Extract<Processor, { needs: "store" }> } & StoreSource)
    | ({ processor: Extract<Processor, { needs: "checkout" }> } & CheckoutSource)
  );

/** A proposal, and the store that holds its tree; `failure` where there is only half-done work. */
export interface Investigation {
  proposal: Proposal;
  store: GitStore;
  tree: Oid;
  failure: Work["failure"];
}

/** Fetches what the processor needs, and chooses where its work starts. */
export async function openSource(ports: Needs, task: Task, settings: Settings): Promise<Source> {
  const processor = chooseProcessor(settings);
  if (settings.command && settings.processor && settings.processor !== "command")
    ports.log.warning(`The input \`command\` is not used by the processor \`${settings.processor}\`.`);
  const want = { base: task.target.base, branch: task.branch };
  const start = (refs: FoundRefs) => chooseStart(ports, task, refs, settings);
  if (processor.needs === "store") {
    const store = await ports.git.open(task.target.cloneUrl);
    return await orDispose(store, async () => ({
      processor,
      store,
      start: await start(await store.fetch(want)),
      dispose: store.dispose,
    }));
  }
  const checkout = await ports.git.checkout(task.target.cloneUrl, want);
  return await orDispose(checkout, async () => {
    const chosen = await start(checkout.refs);
    await checkout.switchTo(chosen.oid);
    return { processor, checkout, start: chosen, dispose: checkout.dispose };
  });
}

/** Runs the processor on the source and takes what it made. Reads only: nothing at GitHub changes. */
export async function investigate(
  ports: Needs & Pick<Ports, "audit">,
  task: Task,
  settings: Settings,
  source: Source,
): Promise<Investigation> {
  const job = { git: ports.git, steps: ports.steps, log: ports.log, task, settings };
  const { processor } = source;
  const work = await (processor.needs === "store"
    ? processor.process(job, source as StoreSource)
    : processor.process(job, source as CheckoutSource));
  const { store, tree, failure } = work;
  const proposal = await orDispose(store, () => propose(task, source, work));
  ports.audit.record(proposalEntry(proposal));
  return { proposal, store, tree, failure };
}

/** Judges by the tree, not by what the step said of itself. */
async function propose(task: Task, { start }: Source, work: Work): Promise<Proposal> {
  const { result, outputTail, leftOut } = work;
  const common = { task, start, result, outputTail, leftOut };
  if (result.status === "needs_input") {
    return {
      ...common,
      kind: "needs-input",
      question: result.question ?? result.summary ?? "It did not say what it needs.",
    };
  }
  if ((await work.store.changes(start.oid, work.tree)).length === 0)
    return { ...common, kind: "no-changes", reason: work.nothing };
  return { ...common, kind: "changes", tree: work.tree };
}
