import type { GitStore } from "../../ports.ts";
import type { Change, DiffStat, Oid } from "../../task.ts";
import { ensureBlobs } from "./blobs.ts";
import { gitFailure } from "./failures.ts";
import type { Repository } from "./repository.ts";

const PLAIN = [
  "diff-tree",
  "-r",
  "--no-renames",
  "--no-ext-diff",
  "--no-textconv",
  "--no-color",
  "--full-index",
];
const STATUSES = { A: "added", M: "modified", D: "deleted", T: "type-changed" } as const;
/** Mode of a submodule. */
export const GITLINK = "160000";

/** Compares trees. Objects never change: what is asked again is not looked up again. */
export function openDifferences(
  repository: Repository,
): Pick<GitStore, "treeOf" | "changes" | "stat" | "patch"> {
  const changes = remember((from, to) => listChanges(repository, from, to));
  const ensureFiles = remember(async (from, to) => ensureChangedBlobs(repository, await changes(from, to)));
  return {
    treeOf: remember((commit) => treeOf(repository, commit)),
    changes,
    async stat(from, to) {
      await ensureFiles(from, to);
      return await statChanges(repository, from, to);
    },
    async patch(from, to, maxBytes) {
      await ensureFiles(from, to);
      return await writePatch(repository, from, to, maxBytes);
    },
  };
}

/** Keeps each answer; a failure is not one. */
function remember<Oids extends Oid[], Answer>(
  ask: (...oids: Oids) => Promise<Answer>,
): (...oids: Oids) => Promise<Answer> {
  const answers = new Map<string, Promise<Answer>>();
  return (...oids) => {
    const key = oids.join();
    const answer = answers.get(key) ?? ask(...oids);
    answers.set(key, answer);
    answer.catch(() => answers.delete(key));
    return answer;
  };
}

/** The tree of a commit. */
export async function treeOf(repository: Repository, commit: Oid): Promise<Oid> {
  return (await repository.read(["rev-parse", "--verify", `${commit}^{tree}`])).toString().trim();
}

/** The changed paths between two trees (or the trees of two commits), decided on bytes. */
async function listChanges(repository: Repository, from: Oid, to: Oid): Promise<Change[]> {
  return parseRawDiff(await repository.read([...PLAIN, "--raw", "-z", from, to]));
}

/** Reads `--raw -z` output. */
function parseRawDiff(output: Buffer): Change[] {
  const fields = output.toString("latin1").split("\0");
  const changes: Change[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [oldMode = "", newMode = "", oldOid = "", newOid = "", letter = ""] = (fields[at] ?? "")
      .slice(1)
      .split(" ");
    const status = STATUSES[letter as keyof typeof STATUSES];
    if (!status) throw new Error(`git diff gave the status ${letter}, which is not known.`);
    changes.push({ path: fields[at + 1] ?? "", status, oldMode, newMode, oldOid, newOid });
  }
  return changes;
}

/** Counts lines; the text has at most forty files. */
async function statChanges(repository: Repository, from: Oid, to: Oid): Promise<DiffStat> {
  const output = await repository.read([...PLAIN, "--numstat", "--stat=100,70,40", from, to]);
  const stat: DiffStat = { files: 0, insertions: 0, deletions: 0, text: "" };
  const rest: string[] = [];
  for (const line of output.toString().split("\n")) {
    const counts = /^(\d+|-)\t(\d+|-)\t/.exec(line);
    if (counts) {
      stat.files += 1;
      stat.insertions += Number(counts[1]) || 0;
      stat.deletions += Number(counts[2]) || 0;
    } else rest.push(line);
  }
  return { ...stat, text: rest.join("\n").trimEnd() };
}

/** A binary-safe patch; `null` where it is longer than `maxBytes`. */
async function writePatch(
  repository: Repository,
  from: Oid,
  to: Oid,
  maxBytes: number,
): Promise<Buffer | null> {
  const args = [...PLAIN, "-p", "--binary", from, to];
  const end = await repository.run(args, { maxOutput: maxBytes });
  if (end.overflow) return null;
  if (end.status !== 0) throw gitFailure(args, end);
  return end.stdout;
}

async function ensureChangedBlobs(repository: Repository, changes: Change[]): Promise<void> {
  const blobs = changes.flatMap(({ oldMode, oldOid, newMode, newOid }) => [
    { mode: oldMode, oid: oldOid },
    { mode: newMode, oid: newOid },
  ]);
  const wanted = blobs.filter(({ mode }) => mode !== GITLINK && Number(mode) !== 0);
  await ensureBlobs(repository, [...new Set(wanted.map(({ oid }) => oid))]);
}
