import { chmodSync, existsSync, readdirSync, rmdirSync, unlinkSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";

const ACCESSIBLE = 0o700;

/**
 * Deletes a folder with all that is in it, read-only folders included; one that is not there is no failure. Goes folder by folder,
 * since `fs.rm` would hold a whole checkout in memory: half a gigabyte for 100,000 files.
 */
export async function removeFolder(path: string | Buffer): Promise<void> {
  if (!existsSync(path)) return;
  chmodSync(path, ACCESSIBLE);
  for (const entry of readdirSync(path, { withFileTypes: true, encoding: "buffer" })) {
    const inner = Buffer.concat([Buffer.from(path), Buffer.from("/"), entry.name]);
    if (entry.isDirectory()) await removeFolder(inner);
    else unlinkSync(inner);
  }
  rmdirSync(path);
  await nextTurn();
}
