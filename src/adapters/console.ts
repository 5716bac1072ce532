import * as core from "@actions/core";
import { logLines } from "../log-lines.ts";
import type { Log } from "../ports.ts";

/** The runner's console, as `@actions/core` writes to it. */
type RunnerConsole = Pick<typeof core, "debug" | "info" | "warning" | "startGroup" | "endGroup">;

/**
 * The log of a run inside GitHub Actions. Any message may carry a piece from outside, so every one is made harmless, and
 * only then redacted: what is taken out of a text can put a secret together.
 */
export function createConsoleLog(redact: (text: string) => string, runner: RunnerConsole = core): Log {
  const safe = (text: string) => redact(logLines(text).join("\n"));
  return {
    debug: (message) => runner.debug(safe(message)),
    info: (message) => runner.info(safe(message)),
    warning: (message) => runner.warning(safe(message)),
    outside: (line) => runner.info(safe(line)),
    async group(title, work) {
      runner.startGroup(safe(title).replaceAll("\n", " "));
      try {
        return await work();
      } finally {
        runner.endGroup();
      }
    },
  };
}
