import type { Oid } from "../../task.ts";
import { fetchObjects } from "./refs.ts";
import type { Repository } from "./repository.ts";

/** Fetches those of the files that the store lacks, all in one request. */
export async function ensureBlobs(repository: Repository, oids: Oid[]): Promise<void> {
  const sizes = await findSizes(repository, oids);
  const missing = oids.filter((oid) => !sizes.has(oid));
  await fetchObjects(repository, missing, "files");
}

/** The bytes of files, in the order asked; `null` for one longer than `maxBytes`. */
export async function readBlobs(
  repository: Repository,
  oids: Oid[],
  maxBytes: number,
): Promise<(Buffer | null)[]> {
  if (oids.length === 0) return [];
  await ensureBlobs(repository, oids);
  const sizes = await findSizes(repository, oids);
  const small = new Set(oids.filter((oid) => (sizes.get(oid) ?? 0) <= maxBytes));
  const contents = await readContents(repository, [...small]);
  return oids.map((oid) => contents.get(oid) ?? null);
}

/** Sizes in bytes of the objects that are there, of those asked at least. What is there stays as it is. */
async function findSizes({ read, sizes }: Repository, oids: Oid[]): Promise<Map<Oid, number>> {
  const unknown = oids.filter((oid) => !sizes.has(oid));
  if (unknown.length === 0) return sizes;
  const output = await read(["cat-file", "--batch-check=%(objectname) %(objectsize)"], {
    input: `${unknown.join("\n")}\n`,
  });
  for (const line of output.toString().split("\n")) {
    const [oid, size] = line.split(" ");
    if (oid && size && size !== "missing") sizes.set(oid, Number(size));
  }
  return sizes;
}

async function readContents(repository: Repository, oids: Oid[]): Promise<Map<Oid, Buffer>> {
  const contents = new Map<Oid, Buffer>();
  if (oids.length === 0) return contents;
  const output = await repository.read(["cat-file", "--batch=%(objectname) %(objectsize)"], {
    input: `${oids.join("\n")}\n`,
  });
  for (let position = 0; position < output.length; ) {
    const start = output.indexOf("\n", position) + 1;
    const [oid = "", size = "0"] = output.toString("latin1", position, start - 1).split(" ");
    contents.set(oid, output.subarray(start, start + Number(size)));
    position = start + Number(size) + 1;
  }
  return contents;
}
