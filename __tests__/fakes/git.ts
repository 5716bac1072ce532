import { TaskFailure } from "../../src/failure.ts";
import type { Checkout, Git, GitStore, WantedRefs } from "../../src/ports.ts";
import type { Change, Oid } from "../../src/task.ts";
import { type CallScript, createCallScript, recorded } from "./recorded.ts";
import { type FakeRemote, type Files, idOf, modeOf, textOf } from "./remote.ts";

export interface FakeGit extends Git {
  script: CallScript;
  /** The folders of the checkouts; a step may change them. */
  workTrees: Map<string, Files>;
  /** Stores and checkouts that nobody has disposed of. */
  left(): number;
}

/** Git on the remote, whatever the URL; trees, commits and refs are real enough to compare and to swap. */
export function createFakeGit(remote: FakeRemote): FakeGit {
  const script = createCallScript();
  const workTrees: FakeGit["workTrees"] = new Map();
  const alive = new Set<number>();
  let made = 0;
  const disposer = () => {
    const id = ++made;
    alive.add(id);
    return { id, dispose: async () => void alive.delete(id) };
  };
  const git: Git = {
    async open() {
      const { dispose } = disposer();
      return recorded(createStore(remote, workTrees, dispose), script);
    },
    async checkout(_url, want) {
      const refs = findRefs(remote, want);
      const { id, dispose } = disposer();
      const path = `/work/${id}`;
      const checkout: Checkout = {
        path,
        refs,
        async switchTo(commit) {
          workTrees.set(path, { ...filesOf(remote, commit) });
        },
        dispose,
      };
      return { ...recorded({ switchTo: checkout.switchTo, dispose }, script), path, refs };
    },
  };
  return { ...recorded(git, script), script, workTrees, left: () => alive.size };
}

function createStore(
  remote: FakeRemote,
  workTrees: FakeGit["workTrees"],
  dispose: () => Promise<void>,
): GitStore {
  return { ...content(remote, workTrees), ...differences(remote), ...refMoves(remote), dispose };
}

function content(remote: FakeRemote, workTrees: FakeGit["workTrees"]) {
  const write = (base: Oid, files: Files) => remote.addTree({ ...filesOf(remote, base), ...files });
  return {
    fetch: async (want) => findRefs(remote, want),
    fetchCommits: async () => {},
    applyDiffs: async (base, diffs) =>
      write(base, Object.assign({}, ...diffs.map(({ text }) => newFileIn(text)))),
    async applyPatch(base, patch) {
      const tree = remote.patches.get(`${base}\n${Buffer.from(patch).toString()}`);
      if (!tree) throw new TaskFailure("patch-failed", "The fake has made no such patch.");
      return tree;
    },
    writeFiles: async (base, files) => write(base, files),
    snapshot: async ({ path }) => ({ tree: remote.addTree(workTrees.get(path) ?? {}), leftOut: [] }),
    treeOf: async (commit) => remote.commits.get(commit)?.tree ?? commit,
    commit: async (commit) => remote.addCommit(commit),
    bundle: async () => {},
  } satisfies Partial<GitStore>;
}

function differences(remote: FakeRemote) {
  const changes = async (from: Oid, to: Oid) => changesBetween(filesOf(remote, from), filesOf(remote, to));
  const patch = async (from: Oid, to: Oid) =>
    (await changes(from, to))
      .map(({ path, newOid }) => `+++ b/${path}\n${remote.blobs.get(newOid) ?? ""}`)
      .join("");
  return {
    changes,
    async stat(from, to) {
      const paths = (await changes(from, to)).map(({ path }) => path);
      return { files: paths.length, insertions: 0, deletions: 0, text: paths.join("\n") };
    },
    async patch(from, to, maxBytes) {
      const text = Buffer.from(await patch(from, to));
      remote.patches.set(`${from}\n${text}`, to);
      return text.length > maxBytes ? null : text;
    },
    readBlobs: async (blobs, maxBytes) =>
      blobs
        .map((oid) => remote.blobs.get(oid) ?? null)
        .map((blob) => (blob && blob.length <= maxBytes ? blob : null)),
  } satisfies Partial<GitStore>;
}

function refMoves({ refs, commits, addTree, addCommit }: FakeRemote) {
  const swap = (ref: string, expected: Oid | null, oid: Oid | null): boolean => {
    if ((refs.get(ref) ?? null) !== expected) return false;
    if (oid === null) refs.delete(ref);
    else refs.set(ref, oid);
    return true;
  };
  const told = (message: string) => {
    const self = { name: "agent-runner", email: "claim@example.org" };
    return addCommit({ tree: addTree({}), parents: [], message, author: self, committer: self });
  };
  const move = (ref: string, expected: Oid | null, message: string) => {
    const oid = told(message);
    return swap(ref, expected, oid) ? oid : null;
  };
  return {
    push: async ({ commit, branch, expected }) =>
      swap(`refs/heads/${branch}`, expected, commit) ? ("pushed" as const) : ("moved" as const),
    createRef: async (ref, message) => move(ref, null, message),
    async readRef(ref) {
      const oid = refs.get(ref);
      return oid ? { oid, message: commits.get(oid)?.message ?? "" } : null;
    },
    readRefs: async (folder) =>
      [...refs]
        .filter(([ref]) => ref.startsWith(folder))
        .map(([ref, oid]) => ({ ref, oid, message: commits.get(oid)?.message ?? "" })),
    replaceRef: async (ref, expected, message) => move(ref, expected, message),
    deleteRef: async (ref, expected) => swap(ref, expected, null),
  } satisfies Partial<GitStore>;
}

/** Of a commit, or of a tree. */
function filesOf(remote: FakeRemote, oid: Oid): Files {
  return remote.trees.get(remote.commits.get(oid)?.tree ?? oid) ?? {};
}

function findRefs(remote: FakeRemote, want: WantedRefs) {
  const base = remote.refs.get(`refs/heads/${want.base}`);
  if (!base) throw new TaskFailure("base-not-found", `There is no branch \`${want.base}\`.`);
  return { base, branch: remote.refs.get(`refs/heads/${want.branch}`) ?? null };
}

/** The fake's patches make whole files: `+++ b/path`, then their lines. */
function newFileIn(diff: string): Files {
  const path = /^\+\+\+ b\/(.+)$/m.exec(diff)?.[1];
  if (!path) throw new TaskFailure("patch-failed", "The fake wants a line `+++ b/path`.");
  const lines = [...diff.matchAll(/^\+(?!\+\+ )(.*)$/gm)].map(([, line]) => line);
  return { [path]: `${lines.join("\n")}\n` };
}

function changesBetween(before: Files, after: Files): Change[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return paths.flatMap((path): Change[] => {
    const [old, now] = [before[path], after[path]];
    if (JSON.stringify(old) === JSON.stringify(now)) return [];
    const status = old === undefined ? "added" : now === undefined ? "deleted" : "modified";
    const [oldOid, newOid] = [old, now].map((file) =>
      file === undefined ? "0".repeat(40) : idOf(textOf(file)),
    );
    return [
      {
        path,
        status,
        oldMode: modeOf(old),
        newMode: modeOf(now),
        oldOid: oldOid ?? "",
        newOid: newOid ?? "",
      },
    ];
  });
}
