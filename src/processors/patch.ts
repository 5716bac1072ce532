import { findDiffBlocks } from "./diff-blocks.ts";
import type { Processor } from "./processor.ts";

const NOTHING_TO_APPLY =
  "The instruction holds no fenced `diff` or `patch` block, and the workflow names no other processor. " +
  'To have an agent work on it, set the input `command` (for example `command: my-agent < "$AGENT_INSTRUCTION_FILE"`); ' +
  "see `docs/configuration.md`.";

/** Applies every fenced `diff` or `patch` block of the instruction, all or nothing; needs only the files they touch. */
export const patch: Processor = {
  needs: "store",
  async process({ task, log }, { store, start }) {
    const diffs = findDiffBlocks(task.instruction);
    log.info(`The instruction holds ${diffs.length} fenced diff${diffs.length === 1 ? "" : "s"}.`);
    const tree = diffs.length > 0 ? await store.applyDiffs(start.oid, diffs) : await store.treeOf(start.oid);
    const nothing = diffs.length > 0 ? "Everything in the diffs is already there." : NOTHING_TO_APPLY;
    return { store, tree, result: {}, outputTail: "", leftOut: [], nothing, failure: null };
  },
};
