import { TaskFailure } from "../failure.ts";
import { showPath } from "../harmless.ts";
import type { GitStore, Ports } from "../ports.ts";
import type { FoundSecret } from "../redact.ts";
import type { Change, Oid } from "../task.ts";

type Store = Pick<GitStore, "changes" | "readBlobs">;

/** What is about to leave: the changes between two commits or trees, and the commit's message. */
export interface Leaving {
  from: Oid;
  to: Oid;
  message: string;
}

/** Files are read together up to this length, longer ones one by one. */
const SMALL = 1024 * 1024;
const FILES_AT_ONCE = 50;
/** GitHub takes no larger file. */
const LARGEST = 100 * 1024 * 1024;
const GITLINK = "160000";
const NO_MODE = "000000";
const SHOWN = 10;

/**
 * Refuses a change that would carry a secret away: a value that this run holds, in any encoding, always; one of a well-known
 * shape where the changed files did not hold it before. Throws `secret-found`, which names files and lines and never a value.
 */
export async function refuseSecrets(
  { findSecrets }: Pick<Ports, "findSecrets">,
  store: Store,
  { from, to, message }: Leaving,
): Promise<void> {
  const changes = await store.changes(from, to);
  const written = changes.filter(({ newMode }) => newMode !== NO_MODE && newMode !== GITLINK);
  const found = [
    ...findSecrets(message).map((secret) => ({
      ...secret,
      where: `the commit's message, line ${secret.line}`,
    })),
    ...written
      .filter(({ status }) => status === "added")
      .flatMap(({ path }) => findSecrets(Buffer.from(path, "latin1")))
      .map((secret) => ({ ...secret, where: "the name of a file" })),
    ...(await findInFiles(findSecrets, store, written)),
  ];
  if (found.length === 0) return;
  const known = await knownSecrets(findSecrets, store, changes);
  const added = found.filter(({ digest }) => digest === null || !known.has(digest));
  if (added.length === 0) return;
  const listed = added.slice(0, SHOWN).map(({ kind, where }) => `${where} (${kind})`);
  const more = added.length > SHOWN ? ` and ${added.length - SHOWN} more places` : "";
  throw new TaskFailure("secret-found", `It was found in ${listed.join(", ")}${more}. Nothing was pushed.`);
}

async function findInFiles(
  findSecrets: Ports["findSecrets"],
  store: Store,
  written: Change[],
): Promise<(FoundSecret & { where: string })[]> {
  const found: (FoundSecret & { where: string })[] = [];
  const search = ({ path }: Change, content: Buffer) => {
    for (const secret of findSecrets(content)) {
      found.push({ ...secret, where: `${showPath(path)}, line ${secret.line}` });
    }
  };
  for (let at = 0; at < written.length; at += FILES_AT_ONCE) {
    const part = written.slice(at, at + FILES_AT_ONCE);
    const contents = await store.readBlobs(
      part.map(({ newOid }) => newOid),
      SMALL,
    );
    for (const [index, change] of part.entries()) {
      search(change, contents[index] ?? (await readLarge(store, change)));
    }
  }
  return found;
}

async function readLarge(store: Store, { path, newOid }: Change): Promise<Buffer> {
  const [content] = await store.readBlobs([newOid], LARGEST);
  if (content) return content;
  throw new TaskFailure("too-large", `${showPath(path)} is larger than the 100 MiB that GitHub takes.`);
}

/** What the changed files held before: an example that is edited, or moved to another file, is no leak. */
async function knownSecrets(
  findSecrets: Ports["findSecrets"],
  store: Store,
  changes: Change[],
): Promise<Set<string | null>> {
  const before = changes.filter(({ oldMode }) => oldMode !== NO_MODE && oldMode !== GITLINK);
  const known = new Set<string | null>();
  for (const { oldOid } of before) {
    const [content] = await store.readBlobs([oldOid], LARGEST);
    for (const { digest } of findSecrets(content ?? "")) known.add(digest);
  }
  return known;
}
