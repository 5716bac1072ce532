import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IsolationChoice } from "../../../isolation.ts";
import { refusal } from "./refusal.ts";

/**
 * The folder for checkouts and steps: the runner's temporary one, which another user could not pass through without seeing
 * the rest of it; so that level has one of its own, open for search alone. Throws `isolation-unavailable` where it is not ours.
 */
export function workFolder({ level }: IsolationChoice, temporaryFolder: string): string {
  if (level !== "user") return temporaryFolder;
  const folder = join(tmpdir(), `agent-runner-${process.getuid?.()}`);
  mkdirSync(folder, { recursive: true });
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw refusal(`\`${folder}\` belongs to somebody else.`, "Remove it, or set `TMPDIR` to another folder.");
  }
  chmodSync(folder, 0o711);
  return folder;
}
