import { TaskFailure } from "../../failure.ts";
import { inlineCode } from "../../harmless.ts";
import type { FoundRefs, WantedRefs } from "../../ports.ts";
import type { Oid } from "../../task.ts";
import { PARTIAL, type Repository } from "./repository.ts";

const QUIETLY = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-gc", "--no-recurse-submodules"];

/** Fetches the tips of both branches, depth 1: with all files, or with none. */
export async function fetchBranches(
  repository: Repository,
  want: WantedRefs,
  files: "all-files" | "no-files",
  namespace: string,
): Promise<FoundRefs> {
  const branches = [...new Set([want.base, want.branch])];
  const refspecs = branches.map((branch) => lenientRefspec(`refs/heads/${branch}`, `${namespace}/${branch}`));
  const partial = files === "no-files";
  await repository.readRemote(
    [
      "fetch",
      ...QUIETLY,
      "--depth=1",
      "--prune",
      ...(partial ? ["--filter=blob:none"] : []),
      "origin",
      ...refspecs,
    ],
    // With a depth, git ends with 1 where no ref matches.
    { nothingStatus: 1, ...(partial ? { settings: PARTIAL } : {}) },
  );
  const found = await listRefs(repository, namespace);
  const base = found.get(`${namespace}/${want.base}`);
  if (!base) throw await missingBase(repository, want.base);
  return { base, branch: found.get(`${namespace}/${want.branch}`) ?? null };
}

/** Fetches objects that are known by id in one request: commits and their trees, or files. */
export async function fetchObjects(
  repository: Repository,
  oids: Oid[],
  kind: "commits" | "files",
): Promise<void> {
  if (oids.length === 0) return;
  const depth = kind === "commits" ? ["--depth=1"] : [];
  await repository.readRemote(["fetch", ...QUIETLY, ...depth, "--filter=blob:none", "origin", "--stdin"], {
    input: `${[...new Set(oids)].join("\n")}\n`,
    // We know what we lack: telling the server what we have would cost a round trip.
    settings: { ...PARTIAL, "fetch.negotiationAlgorithm": "noop" },
  });
}

/** Fetches a commit that the server alone has, on a parent that the store has; no files. */
export async function fetchChild(repository: Repository, commit: Oid, parent: Oid): Promise<void> {
  const args = ["fetch", ...QUIETLY, "--filter=blob:none", `--negotiation-tip=${parent}`, "origin", commit];
  await repository.readRemote(args, { settings: PARTIAL });
}

/** The commit that a ref of the server points at now; `null` where there is no such ref. */
export async function lookUpRef(repository: Repository, ref: string): Promise<Oid | null> {
  const lines = (await repository.readRemote(["ls-remote", "--quiet", "origin", ref])).toString().split("\n");
  const line = lines.find((candidate) => candidate.endsWith(`\t${ref}`));
  return line?.split("\t")[0] ?? null;
}

/** Fetches the commit of one ref that may be missing, and gives it with its message. */
export async function fetchRef(
  repository: Repository,
  ref: string,
): Promise<{ oid: Oid; message: string } | null> {
  const local = localName(ref);
  const found = await fetchMessages(repository, lenientRefspec(ref, local), local);
  const own = found.find((each) => each.ref === local);
  return own ? { oid: own.oid, message: own.message } : null;
}

/** Fetches the commits of all refs in a folder, and gives them with their messages. */
export async function fetchRefs(
  repository: Repository,
  folder: string,
): Promise<{ ref: string; oid: Oid; message: string }[]> {
  const local = localName(folder);
  const found = await fetchMessages(repository, `+${folder}*:${local}*`, local);
  return found.map((each) => ({ ...each, ref: `${folder}${each.ref.slice(local.length)}` }));
}

function localName(ref: string): string {
  return ref.replace(/^refs\//, "refs/found/");
}

async function fetchMessages(
  repository: Repository,
  refspec: string,
  local: string,
): Promise<{ ref: string; oid: Oid; message: string }[]> {
  const args = ["fetch", ...QUIETLY, "--prune", "--filter=blob:none", "origin", refspec];
  await repository.readRemote(args, { settings: PARTIAL });
  const format = "--format=%(refname)%00%(objectname)%00%(contents)%00";
  const fields = (await repository.read(["for-each-ref", format, local])).toString().split("\0");
  const found = [];
  // Each row ends with a line end, which then stands before the next one's name.
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [ref = "", oid = "", message = ""] = fields.slice(at, at + 3);
    found.push({ ref: ref.trimStart(), oid, message: message.trimEnd() });
  }
  return found;
}

/**
 * A refspec for a ref that may be missing: git fails for a missing name, and not for a pattern that nothing matches. The `*` in
 * the last component's middle lets in no more than the few names that begin and end like it.
 */
function lenientRefspec(ref: string, destination: string): string {
  const name = [...(ref.split("/").at(-1) ?? "")];
  const tail = name.slice(Math.ceil(name.length / 2)).join("");
  const starred = (whole: string) => `${whole.slice(0, whole.length - tail.length)}*${tail}`;
  return `+${starred(ref)}:${starred(destination)}`;
}

async function listRefs(repository: Repository, namespace: string): Promise<Map<string, Oid>> {
  const output = await repository.read(["for-each-ref", "--format=%(objectname) %(refname)", namespace]);
  const lines = output.toString().split("\n").filter(Boolean);
  return new Map(lines.map((line) => [line.slice(line.indexOf(" ") + 1), line.slice(0, line.indexOf(" "))]));
}

async function missingBase(repository: Repository, base: string): Promise<TaskFailure> {
  const heads = await repository.readRemote(["ls-remote", "--quiet", "--heads", "origin"]);
  if (heads.length === 0) return new TaskFailure("target-empty", "The target repository has no branch yet.");
  return new TaskFailure("base-not-found", `The target repository has no branch ${inlineCode(base)}.`);
}
