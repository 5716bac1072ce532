import { ensureBlobs } from "./blobs.ts";
import type { TouchedFile } from "./compare-index.ts";
import type { Repository } from "./repository.ts";
import type { WorkTreeCommand } from "./untracked.ts";

/** Those of the touched files that have another content or mode than before; their old content is there afterwards. */
export async function findModified(
  repository: Repository,
  command: WorkTreeCommand,
  touched: TouchedFile[],
): Promise<TouchedFile[]> {
  const unchanged = await findRewritten(repository, command, touched);
  const modified = touched.filter((file) => !unchanged.has(file));
  // To give a file the line ends that the repository wants, git looks at what it was before.
  await ensureBlobs(
    repository,
    modified.map(({ oldOid }) => oldOid),
  );
  return modified;
}

/** The files that were only written anew, with the bytes that they had: their old content need not be fetched. */
async function findRewritten(
  repository: Repository,
  command: WorkTreeCommand,
  touched: TouchedFile[],
): Promise<Set<TouchedFile>> {
  // Git takes one path a line here, follows links, and reads a quotation mark as the start of an escaped path.
  const isPlain = ({ path, oldMode, newMode }: TouchedFile) =>
    oldMode === newMode && oldMode !== "120000" && !/^"|\n/.test(path);
  const plain = touched.filter(isPlain);
  if (plain.length === 0) return new Set();
  const input = Buffer.from(plain.map(({ path }) => `${path}\n`).join(""), "latin1");
  const args = ["hash-object", "--no-filters", "--stdin-paths"];
  const { stdout } = await repository.run(args, { ...command, input, quiet: true });
  const hashes = stdout.toString().split("\n");
  return new Set(plain.filter(({ oldOid }, index) => hashes[index] === oldOid));
}
