import { isUtf8 } from "node:buffer";
import { TaskFailure } from "../../failure.ts";
import { showPath } from "../../harmless.ts";
import type { GitStore, NewCommit } from "../../ports.ts";
import type { Change, Oid, RepositoryName } from "../../task.ts";
import type { GitDatabase, TreeEntry } from "../github/git-database.ts";
import { GITLINK } from "./differences.ts";

/** Through which a commit is made that GitHub signs. */
export interface Signing {
  database: GitDatabase;
  repository: RepositoryName;
  store: Pick<GitStore, "changes" | "treeOf" | "readBlobs">;
  /** Brings the commit that GitHub made into the store. */
  fetch(commit: Oid, parent: Oid): Promise<void>;
}

const LARGEST_BLOB = 40_000_000;
const UPLOADS_AT_ONCE = 4;
const ROWS_A_TREE = 500;

/**
 * Makes the commit at GitHub, file by file, and fetches it; no branch moves. Throws `too-large` for a file above 40 MB,
 * `not-signed` where GitHub does not sign for the token, and `git-failed` where GitHub's tree is not the one that git made.
 */
export async function createSignedCommit(signing: Signing, commit: NewCommit): Promise<Oid> {
  const { database, repository, store } = signing;
  const [parent = commit.tree] = commit.parents;
  const changes = await store.changes(parent, commit.tree);
  const rows = changes.map(asEntry);
  await uploadFiles(signing, changes);
  const tree = await buildTree(signing, await store.treeOf(parent), rows);
  if (tree !== commit.tree) {
    throw new TaskFailure(
      "git-failed",
      `GitHub made the tree \`${tree}\` of the work, git \`${commit.tree}\`: nothing was pushed.`,
    );
  }
  const { parents, message } = commit;
  const made = await database.createCommit(repository, { tree, parents, message });
  if (!made.verified) {
    throw new TaskFailure(
      "not-signed",
      `GitHub made the commit without a signature of its own (\`${made.reason}\`), so it was not pushed.`,
    );
  }
  await signing.fetch(made.oid, parent);
  return made.oid;
}

/** GitHub takes paths as text: those that are no UTF-8 would become others. */
function asEntry({ path, newMode, newOid, status }: Change): TreeEntry {
  const bytes = Buffer.from(path, "latin1");
  if (!isUtf8(bytes)) {
    throw new TaskFailure(
      "github-refused",
      `The name ${showPath(path)} is no UTF-8, which GitHub's API cannot store; with \`sign-commits: false\` it can be pushed.`,
    );
  }
  if (status === "deleted") return { path: bytes.toString(), mode: "100644", oid: null };
  return { path: bytes.toString(), mode: newMode as TreeEntry["mode"], oid: newOid };
}

async function uploadFiles(signing: Signing, changes: Change[]): Promise<void> {
  const there = new Set(changes.map(({ oldOid }) => oldOid));
  const wanted = changes.filter(
    ({ status, newMode, newOid }) => status !== "deleted" && newMode !== GITLINK && !there.has(newOid),
  );
  const waiting = [...new Map(wanted.map((change) => [change.newOid, change])).values()];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await uploadFile(signing, next);
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, work));
}

async function uploadFile({ database, repository, store }: Signing, { path, newOid }: Change): Promise<void> {
  const [content] = await store.readBlobs([newOid], LARGEST_BLOB);
  if (!content) {
    throw new TaskFailure(
      "too-large",
      `${showPath(path)} is larger than GitHub's API takes (${LARGEST_BLOB / 1_000_000} MB); with \`sign-commits: false\` it can be pushed.`,
    );
  }
  await database.createBlob(repository, content);
}

/** Those that go come first, so that a file can make room for a folder of its name. */
async function buildTree({ database, repository }: Signing, base: Oid, rows: TreeEntry[]): Promise<Oid> {
  const ordered = [...rows.filter(({ oid }) => oid === null), ...rows.filter(({ oid }) => oid !== null)];
  let tree = base;
  for (let at = 0; at < ordered.length; at += ROWS_A_TREE) {
    tree = await database.createTree(repository, tree, ordered.slice(at, at + ROWS_A_TREE));
  }
  return tree;
}
