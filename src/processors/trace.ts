import { quoteText } from "../harmless.ts";
import type { Processor } from "./processor.ts";

/** A demonstration that needs no agent: writes the task into `agent-tasks/<task id>.md`. */
export const trace: Processor = {
  needs: "store",
  async process({ task }, { store, start }) {
    // A colon is allowed in a task id and not in a Windows file name; a leading dot would hide the file.
    const path = `agent-tasks/${task.taskId.replace(/:/g, "_").replace(/^\.+/, "_")}.md`;
    const { repository, number } = task.issue;
    const text = `# Task ${task.taskId}\n\nDispatched by ${repository}#${number}.\n\n${quoteText(task.instruction)}\n`;
    const tree = await store.writeFiles(start.oid, { [path]: text });
    const result = { summary: `Recorded the task in \`${path}\`.` };
    return {
      store,
      tree,
      result,
      outputTail: "",
      leftOut: [],
      nothing: `\`${path}\` is already there.`,
      failure: null,
    };
  },
};
