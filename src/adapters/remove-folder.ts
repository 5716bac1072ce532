import { spawn } from "node:child_process";
import { readFile, realpath, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { holds } from "./steps/isolation/runner-places.ts";

/** Deletes a folder with all that is in it; a link in its place is deleted, never followed. One that is not there is no failure. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 2 });
}

/** Characters that are kept of what a program says: one line for each file that it cannot delete, and a step chooses their number and length. */
const LONGEST_REASON = 2000;

/**
 * The same for a folder in which a step worked: GNU's `rm` opens each folder from the one above it and never through a link, so
 * that nothing can be put in its way, and does not hold every path at once as `fs.rm` does. Throws where something is
 * mounted in the folder: that is not ours to delete.
 */
export async function removeStepFolder(path: string): Promise<void> {
  if (await holdsMount(path)) throw new Error(`Something is mounted in ${path}.`);
  let { status, reason } = await runRm("--", path);
  if (status === 0) return;
  // Another kind of `rm` knows no such option, and has deleted nothing.
  const isGnu = (await runRm()).status === 0;
  if (!isGnu) return await removeFolder(path);
  // Folders without the right to write keep their files, as Go's cache of modules does; but not from root.
  if (process.getuid?.() !== 0) {
    await run("chmod", ["--recursive", "--silent", "u+rwX", "--", path]);
    ({ status, reason } = await runRm("--", path));
  }
  if (status !== 0) throw new Error(reason);
}

function runRm(...paths: string[]): ReturnType<typeof run> {
  return run("rm", ["--recursive", "--force", "--one-file-system", ...paths]);
}

function run(name: "rm" | "chmod", args: string[]): Promise<{ status: number | null; reason: string }> {
  return new Promise((resolve) => {
    const stdio: ["ignore", "ignore", "pipe"] = ["ignore", "ignore", "pipe"];
    // From its own place: a step may have put another one on the path.
    const child = spawn(`/usr/bin/${name}`, args, { env: { LC_ALL: "C" }, stdio });
    let reason = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      reason += text.slice(0, LONGEST_REASON - reason.length);
    });
    child.on("error", () => resolve({ status: null, reason }));
    child.on("close", (status) => resolve({ status, reason }));
  });
}

async function holdsMount(path: string): Promise<boolean> {
  const mounts = await readFile("/proc/self/mountinfo", "utf8").catch(() => "");
  if (mounts === "") return false;
  // Not where the folder leads to, should a link stand in its place.
  const above = dirname(path);
  const folder = join(await realpath(above).catch(() => above), basename(path));
  return mounts.split("\n").some((line) => holds(folder, mountPoint(line)));
}

/** Of a line of `mountinfo`, where white space is written as octal numbers. */
function mountPoint(line: string): string {
  const [, , , , point = ""] = line.split(" ");
  return point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
