import { createHash } from "node:crypto";
import type { Identity, NewCommit } from "../../src/ports.ts";
import type { Oid } from "../../src/task.ts";

/** A file's text, with its git mode where that is not `100644`. */
export type File = string | { mode: string; text: string };
/** All files of a tree; path → file. */
export type Files = Record<string, File>;

export const SOMEBODY: Identity = { name: "Mona", email: "mona@example.org" };

/** A git repository on a server, in memory. */
export interface FakeRemote {
  /** Full names: `refs/heads/main`. */
  refs: Map<string, Oid>;
  commits: Map<Oid, NewCommit>;
  trees: Map<Oid, Files>;
  blobs: Map<Oid, Buffer>;
  /** Base and text of each patch that was made, with the tree that it makes. */
  patches: Map<string, Oid>;
  addTree(files: Files): Oid;
  addCommit(commit: NewCommit): Oid;
  /** Puts a commit with these files beside those of before on a branch; `from`: where a new branch begins. */
  grow(branch: string, files: Files, options?: { by?: Identity; message?: string; from?: string }): Oid;
  filesOn(branch: string): Files | null;
  tipOf(branch: string): NewCommit | null;
  /** The commit and all before it; unknown ids have none. */
  historyOf(commit: Oid): Oid[];
}

export function idOf(value: unknown): Oid {
  return createHash("sha1").update(JSON.stringify(value)).digest("hex");
}

export function createFakeRemote(files: Files): FakeRemote {
  const refs: FakeRemote["refs"] = new Map();
  const commits: FakeRemote["commits"] = new Map();
  const trees: FakeRemote["trees"] = new Map();
  const blobs: FakeRemote["blobs"] = new Map();
  const remote: FakeRemote = {
    refs,
    commits,
    trees,
    blobs,
    patches: new Map(),
    addTree(added) {
      const sorted = Object.entries(added).sort(([one], [other]) => (one < other ? -1 : 1));
      for (const [, file] of sorted) blobs.set(idOf(textOf(file)), Buffer.from(textOf(file)));
      const oid = idOf(sorted);
      trees.set(oid, Object.fromEntries(sorted));
      return oid;
    },
    addCommit(commit) {
      const oid = idOf([commit, commits.size]);
      commits.set(oid, commit);
      return oid;
    },
    grow(branch, added, { by = SOMEBODY, message = "Change it", from = branch } = {}) {
      const parent = refs.get(`refs/heads/${from}`);
      const tree = remote.addTree({ ...(remote.filesOn(from) ?? {}), ...added });
      const oid = remote.addCommit({
        tree,
        parents: parent ? [parent] : [],
        message,
        author: by,
        committer: by,
      });
      refs.set(`refs/heads/${branch}`, oid);
      return oid;
    },
    filesOn: (branch) => trees.get(remote.tipOf(branch)?.tree ?? "") ?? null,
    tipOf: (branch) => commits.get(refs.get(`refs/heads/${branch}`) ?? "") ?? null,
    historyOf(commit) {
      const found = commits.get(commit);
      return found ? [commit, ...found.parents.flatMap((parent) => remote.historyOf(parent))] : [];
    },
  };
  remote.grow("main", files);
  return remote;
}

export function textOf(file: File): string {
  return typeof file === "string" ? file : file.text;
}

export function modeOf(file: File | undefined): string {
  if (file === undefined) return "000000";
  return typeof file === "string" ? "100644" : file.mode;
}
