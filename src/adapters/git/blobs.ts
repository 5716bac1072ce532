import type { Oid } from "../../task.ts";
import { fetchObjects } from "./refs.ts";
import type { Repository } from "./repository.ts";

/** Fetches those of the files that the store lacks, all in one request. */
export async function ensureBlobs(repository: Repository, oids: Oid[]): Promise<void> {
  await fetchObjects(repository, await missingObjects(repository, oids), "files");
}

/** The bytes of files, in the order asked; `null` for one longer than `maxBytes`. */
export async function readBlobs(
  repository: Repository,
  oids: Oid[],
  maxBytes: number,
): Promise<(Buffer | null)[]> {
  if (oids.length === 0) return [];
  await ensureBlobs(repository, oids);
  const sizes = await checkObjects(repository, oids);
  const small = new Set(oids.filter((oid) => (sizes.get(oid) ?? 0) <= maxBytes));
  const contents = await readContents(repository, [...small]);
  return oids.map((oid) => contents.get(oid) ?? null);
}

async function missingObjects(repository: Repository, oids: Oid[]): Promise<Oid[]> {
  if (oids.length === 0) return [];
  const sizes = await checkObjects(repository, oids);
  return oids.filter((oid) => !sizes.has(oid));
}

/** Sizes in bytes of the objects that are there. */
async function checkObjects(repository: Repository, oids: Oid[]): Promise<Map<Oid, number>> {
  const output = await repository.read(["cat-file", "--batch-check=%(objectname) %(objectsize)"], {
    input: `${oids.join("\n")}\n`,
  });
  const lines = output
    .toString()
    .split("\n")
    .map((line) => line.split(" "));
  return new Map(
    lines.flatMap(([oid, size]) => (oid && size && size !== "missing" ? [[oid, Number(size)]] : [])),
  );
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
