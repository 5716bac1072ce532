import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { TaskFailure } from "../../failure.ts";
import type { Oid } from "../../task.ts";
import { ensureBlobs } from "./blobs.ts";
import type { Repository } from "./repository.ts";

/** Applies the bytes of a `git diff --binary --full-index` to the commit's tree, all or nothing; gives the tree. */
export async function applyPatch(repository: Repository, base: Oid, patch: Uint8Array): Promise<Oid> {
  const input = Buffer.from(patch);
  const environment = { GIT_INDEX_FILE: join(repository.gitDirectory, `index-${randomUUID()}`) };
  await Promise.all([
    fetchChanged(repository, base, input),
    repository.read(["read-tree", base], { environment }),
  ]);
  const args = ["apply", "--cached", "--binary", "--whitespace=nowarn", "-"];
  const { status, stderr } = await repository.run(args, { input, environment, quiet: true });
  if (status !== 0)
    throw new TaskFailure("patch-failed", "The patch does not fit its base.", { quote: stderr });
  return (await repository.read(["write-tree", "--missing-ok"], { environment })).toString().trim();
}

/** Fetches the files of the base that the patch changes: git must see what they were. */
async function fetchChanged(repository: Repository, base: Oid, input: Buffer): Promise<void> {
  const end = await repository.run(["apply", "--numstat", "-z", "-"], { input, quiet: true });
  const entries = end.stdout.toString("latin1").split("\0");
  const changed = new Set(entries.map((entry) => entry.split("\t").slice(2).join("\t")));
  const listing = (await repository.read(["ls-tree", "-r", "-z", base])).toString("latin1").split("\0");
  const blobs = listing.flatMap((entry) => {
    const [, oid, path = ""] = /^\d+ blob ([0-9a-f]+)\t([\s\S]*)$/.exec(entry) ?? [];
    return oid && changed.has(path) ? [oid] : [];
  });
  await ensureBlobs(repository, [...new Set(blobs)]);
}
