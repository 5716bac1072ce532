import { readFileSync } from "node:fs";
import { splitTrail, type TrailLine, verifyTrail } from "../../audit/verify.ts";
import { TaskFailure } from "../../failure.ts";

/** Holds a trail against its own hashes, and says on standard output what it found. Gives the exit status. */
export async function verifyFile(path: string, { head }: { head?: string }): Promise<number> {
  const found = verifyTrail(readLines(path), head?.toLowerCase() ?? null);
  if (!found.ok) {
    process.stdout.write(`line ${found.line}: ${found.what}: ${found.detail}\n`);
    return 1;
  }
  process.stdout.write(`whole: ${found.events} events, head ${found.head}\n`);
  if (head === undefined) {
    process.stdout.write(
      "Give the head of the run's log (--head) to learn of lines that are missing at the end, or were added there.\n",
    );
  }
  return 0;
}

function readLines(path: string): TrailLine[] {
  try {
    return splitTrail(readFileSync(path));
  } catch (cause) {
    throw new TaskFailure("invalid-input", `The file ${JSON.stringify(path)} cannot be read.`, { cause });
  }
}
