import { z } from "zod";
import type { Oid, RepositoryName } from "../../task.ts";
import { type ClientOptions, createClient } from "./client.ts";
import { ownerAndName } from "./repository-name.ts";

/** One row of a tree to be made on another; `null` takes the path out. */
export interface TreeEntry {
  path: string;
  mode: "100644" | "100755" | "120000" | "160000";
  oid: Oid | null;
}

/** A commit as GitHub made it, and whether it signed it; `reason` is GitHub's word for why not. */
export interface MadeCommit {
  oid: Oid;
  verified: boolean;
  reason: string;
}

/** GitHub's git database. All of its writes may be repeated: the same content has the same id, and no branch moves. */
export interface GitDatabase {
  createBlob(repository: RepositoryName, content: Buffer): Promise<Oid>;
  createTree(repository: RepositoryName, base: Oid, entries: TreeEntry[]): Promise<Oid>;
  /** In the name of the token's account, which is what GitHub signs; throws `github-refused` where a parent is missing. */
  createCommit(
    repository: RepositoryName,
    commit: { tree: Oid; parents: Oid[]; message: string },
  ): Promise<MadeCommit>;
}

const DATABASE = "/repos/{owner}/{repo}/git";
const WRITE = { needs: "contents: write", missing: "target-not-found", repeatable: true } as const;
/** A file of tens of megabytes takes its time. */
const CALL_TIMEOUT_MS = 120_000;

const oidShape = z
  .object({ sha: z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/) })
  .transform(({ sha }) => sha);
const commitShape = z.object({
  sha: z.string(),
  verification: z.object({ verified: z.boolean(), reason: z.string().catch("unknown") }),
});

export function createGitDatabase(options: ClientOptions): GitDatabase {
  const client = createClient({ callTimeoutMs: CALL_TIMEOUT_MS, ...options });
  return {
    createBlob: (repository, content) =>
      client.call({
        ...WRITE,
        what: `store a file in ${repository}`,
        route: `POST ${DATABASE}/blobs`,
        parameters: {
          ...ownerAndName(repository),
          content: content.toString("base64"),
          encoding: "base64",
        },
        shape: oidShape,
      }),
    createTree: (repository, base, entries) =>
      client.call({
        ...WRITE,
        what: `store a tree in ${repository}`,
        route: `POST ${DATABASE}/trees`,
        parameters: { ...ownerAndName(repository), base_tree: base, tree: entries.map(asRow) },
        shape: oidShape,
      }),
    createCommit: (repository, commit) =>
      client.call({
        ...WRITE,
        what: `make a commit in ${repository}`,
        route: `POST ${DATABASE}/commits`,
        parameters: { ...ownerAndName(repository), ...commit },
        shape: commitShape.transform(({ sha, verification }) => ({ oid: sha, ...verification })),
      }),
  };
}

function asRow({ path, mode, oid }: TreeEntry) {
  return { path, mode, type: mode === "160000" ? "commit" : "blob", sha: oid };
}
