import { randomUUID } from "node:crypto";
import { join, resolve } from "node:path";
import type { GitStore, NewCommit } from "../../ports.ts";
import type { Oid } from "../../task.ts";
import { repositoryIn } from "../token-source.ts";
import { applyDiffs } from "./apply-diffs.ts";
import { applyPatch } from "./apply-patch.ts";
import { readBlobs } from "./blobs.ts";
import { openDifferences } from "./differences.ts";
import { pushRef } from "./push.ts";
import { fetchBranches, fetchChild, fetchObjects, fetchRef, fetchRefs } from "./refs.ts";
import {
  type CommandOptions,
  createRepository,
  type GitOptions,
  type Repository,
  removeRepository,
} from "./repository.ts";
import { createSignedCommit, type Signing } from "./signed-commit.ts";
import { takeSnapshot } from "./snapshot.ts";

/** Git knows this one without having it. */
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/** A private git directory for one target; nothing is fetched yet. */
export async function createStore(options: GitOptions, url: string): Promise<GitStore> {
  const repository = await createRepository(options, url, "store");
  const contents = {
    ...openDifferences(repository),
    readBlobs: (blobs: Oid[], maxBytes: number) => readBlobs(repository, blobs, maxBytes),
  };
  return {
    fetch: (want) => fetchBranches(repository, want, "no-files", "refs/found/heads"),
    fetchCommits: (commits) => fetchObjects(repository, commits, "commits"),
    applyDiffs: (base, diffs) => applyDiffs(repository, base, diffs),
    applyPatch: (base, patch) => applyPatch(repository, base, patch),
    writeFiles: (base, files) => writeFiles(repository, base, files),
    snapshot: (checkout, commits) => takeSnapshot(repository, checkout, commits),
    ...contents,
    commit: (commit) =>
      commit.signed
        ? createSignedCommit(signing(options, url, repository, contents), commit)
        : createCommit(repository, commit),
    push: ({ commit, branch, expected }) =>
      pushRef(repository, { ref: `refs/heads/${branch}`, oid: commit, expected }),
    bundle: (commit, base, branch, file) => writeBundle(repository, commit, base, branch, file),
    createRef: (ref, message) => moveToMessage(repository, ref, null, message),
    readRef: (ref) => fetchRef(repository, ref),
    readRefs: (folder) => fetchRefs(repository, folder),
    replaceRef: (ref, expected, message) => moveToMessage(repository, ref, expected, message),
    deleteRef: async (ref, expected) =>
      (await pushRef(repository, { ref, oid: null, expected })) === "pushed",
    dispose: () => removeRepository(repository, options.log),
  };
}

function signing(
  { database }: GitOptions,
  url: string,
  repository: Repository,
  store: Signing["store"],
): Signing {
  if (!database) throw new Error("This store has nobody who could sign a commit.");
  const fetch = (commit: Oid, parent: Oid) => fetchChild(repository, commit, parent);
  return { database, repository: repositoryIn(new URL(url)), store, fetch };
}

async function writeFiles(repository: Repository, base: Oid, files: Record<string, string>): Promise<Oid> {
  const command: CommandOptions = {
    environment: { GIT_INDEX_FILE: join(repository.gitDirectory, `index-${randomUUID()}`) },
  };
  const entries = Object.entries(files).map(async ([path, text]) => {
    const oid = await readLine(repository, ["hash-object", "-w", "--stdin"], { input: text });
    return ["--add", "--cacheinfo", `100644,${oid},${path}`];
  });
  const [added] = await Promise.all([Promise.all(entries), repository.read(["read-tree", base], command)]);
  await repository.read(["update-index", ...added.flat()], command);
  return await readLine(repository, ["write-tree", "--missing-ok"], command);
}

async function createCommit(
  repository: Repository,
  { tree, parents, message, author, committer }: NewCommit,
): Promise<Oid> {
  return await readLine(repository, ["commit-tree", ...parents.flatMap((parent) => ["-p", parent]), tree], {
    input: message,
    environment: {
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_COMMITTER_NAME: committer.name,
      GIT_COMMITTER_EMAIL: committer.email,
    },
  });
}

/** Moves a ref to a commit of the empty tree that holds nothing but the message; `null` where the ref was moved before. */
async function moveToMessage(
  repository: Repository,
  ref: string,
  expected: Oid | null,
  message: string,
): Promise<Oid | null> {
  // Two racers with the same message in the same second must not make the same commit: each would think that it won.
  const self = { name: "agent-runner", email: randomUUID() };
  const commit = { tree: EMPTY_TREE, parents: [], message, author: self, committer: self };
  const oid = await createCommit(repository, commit);
  return (await pushRef(repository, { ref, oid, expected })) === "pushed" ? oid : null;
}

async function writeBundle(
  repository: Repository,
  commit: Oid,
  base: Oid,
  branch: string,
  file: string,
): Promise<void> {
  const ref = `refs/heads/${branch}`;
  await repository.read(["update-ref", ref, commit]);
  // What the commit was built on is on the server already, and the files of it are not here.
  await repository.read(["bundle", "create", "--quiet", resolve(file), ref, `^${base}`, `^${commit}^@`]);
  await repository.read(["update-ref", "-d", ref]);
}

async function readLine(repository: Repository, args: string[], command: CommandOptions): Promise<string> {
  return (await repository.read(args, command)).toString().trim();
}
