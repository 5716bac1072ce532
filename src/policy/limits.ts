import { TaskFailure } from "../failure.ts";
import { showPath } from "../harmless.ts";
import type { Settings } from "../inputs.ts";
import type { GitStore } from "../ports.ts";
import type { Change, Oid } from "../task.ts";
import { protectedBy } from "./protected-paths.ts";

/** What the limits say of a proposal that may go on. */
export interface Verdict {
  /** Whether a person must look first: the pull request becomes a draft. */
  draft: boolean;
  /** For the pull request and the result (Markdown). */
  notes: string[];
}

const GITLINK = "160000";
const LINK = "120000";
const LONGEST_LINK = 4096;
const SHOWN = 20;

/** Holds the change against the limits, on the bytes of the tree. Throws `too-large` or `protected-path`. */
export async function checkLimits(
  store: GitStore,
  from: Oid,
  to: Oid,
  settings: Pick<Settings, "protectedPaths" | "onProtected" | "maxFiles" | "maxPatchKb">,
): Promise<Verdict> {
  const changes = await store.changes(from, to);
  if (changes.length > settings.maxFiles) {
    throw new TaskFailure(
      "too-large",
      `It changes ${changes.length} files; \`max-files\` allows ${settings.maxFiles}.`,
    );
  }
  if ((await store.patch(from, to, settings.maxPatchKb * 1024)) === null) {
    throw new TaskFailure(
      "too-large",
      `Its patch is longer than \`max-patch-kb\` allows: ${settings.maxPatchKb} KiB.`,
    );
  }
  const refused = [
    ...protectedChanges(changes, settings.protectedPaths),
    ...gitlinks(changes),
    ...(await escapes(store, changes)),
  ];
  if (refused.length === 0 || settings.onProtected === "allow") return { draft: false, notes: [] };
  const listed =
    refused.slice(0, SHOWN).join(", ") +
    (refused.length > SHOWN ? ` and ${refused.length - SHOWN} more` : "");
  if (settings.onProtected === "draft")
    return { draft: true, notes: [`**Look closely**: this changes protected files: ${listed}.`] };
  throw new TaskFailure("protected-path", `It changes what \`protected-paths\` guards: ${listed}.`);
}

function protectedChanges(changes: Change[], globs: string[]): string[] {
  const isProtected = protectedBy(globs);
  return changes.filter(({ path }) => isProtected(path)).map(({ path }) => showPath(path));
}

/** A gitlink names a commit of another repository that nobody has reviewed. */
function gitlinks(changes: Change[]): string[] {
  return changes
    .filter(({ newMode }) => newMode === GITLINK)
    .map(({ path }) => `${showPath(path)} (a submodule)`);
}

/** Symbolic links that lead out of the repository make later tools read or write elsewhere. */
async function escapes(store: GitStore, changes: Change[]): Promise<string[]> {
  const links = changes.filter(({ newMode }) => newMode === LINK);
  const targets = await store.readBlobs(
    links.map(({ newOid }) => newOid),
    LONGEST_LINK,
  );
  return links
    .filter(({ path }, index) => leaves(path, targets[index]?.toString("latin1") ?? null))
    .map(({ path }) => `${showPath(path)} (a link that may lead out of the repository)`);
}

function leaves(path: string, target: string | null): boolean {
  if (target === null || target.startsWith("/")) return true;
  const parts = target.split("/").filter((part) => part !== "" && part !== ".");
  const firstName = parts.findIndex((part) => part !== "..");
  const up = firstName === -1 ? parts.length : firstName;
  const down = parts.slice(up);
  // Behind a name, which may be a link itself, `..` leads nobody knows where.
  if (down.includes("..")) return true;
  const folders = path.split("/").slice(0, -1);
  if (up > folders.length) return true;
  return [...folders.slice(0, folders.length - up), ...down][0]?.toLowerCase() === ".git";
}
