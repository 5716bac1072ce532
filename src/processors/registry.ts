import { TaskFailure } from "../failure.ts";
import type { Settings } from "../inputs.ts";
import { command } from "./command.ts";
import { patch } from "./patch.ts";
import type { Processor } from "./processor.ts";
import { trace } from "./trace.ts";

/** The processors: one line, one file each. */
const PROCESSORS: Record<string, Processor> = { command, patch, trace };

/** The configured processor: the one named, else `command` where a command is set, else `patch`. */
export function chooseProcessor(settings: Pick<Settings, "processor" | "command">): Processor {
  const name = settings.processor ?? (settings.command ? "command" : "patch");
  const processor = Object.hasOwn(PROCESSORS, name) ? PROCESSORS[name] : undefined;
  if (processor) return processor;
  const known = Object.keys(PROCESSORS).map((each) => `\`${each}\``);
  throw new TaskFailure("processor-not-found", `\`${name}\` is not one of ${known.join(", ")}.`);
}
