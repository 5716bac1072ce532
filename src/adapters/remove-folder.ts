import { rm } from "node:fs/promises";

/** Deletes a folder with all that is in it; a link in its place is deleted, never followed. One that is not there is no failure. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 2 });
}
