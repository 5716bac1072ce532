import { createHmac, timingSafeEqual } from "node:crypto";
import * as core from "@actions/core";
import type { Run } from "../task.ts";
import type { FileCommands } from "./file-commands.ts";

const STATE = "finished";

/** Tells the post step that the main one has written its end. The step could write to the state file, so it is signed. */
export function saveFinished(files: Pick<FileCommands, "saveState">, run: Run, key: string): void {
  files.saveState(STATE, signature(run, key));
}

export function hasFinished(run: Run, key: string): boolean {
  const [given, expected] = [core.getState(STATE), signature(run, key)].map((text) => Buffer.from(text));
  return (
    given?.length === expected?.length &&
    timingSafeEqual(given ?? Buffer.alloc(0), expected ?? Buffer.alloc(0))
  );
}

function signature({ id, attempt }: Run, key: string): string {
  return createHmac("sha256", key).update(`${STATE}:${id}:${attempt}`).digest("hex");
}
