import { constants } from "node:fs";
import { lstat, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { inlineCode } from "../../harmless.ts";
import type { Oid } from "../../task.ts";

const MOST_REFS = 500;
const MOST_BYTES = 1024 * 1024;

/**
 * Names the branches and the stash of a finished step that hold other commits than its work tree shows. Reads a few small files of
 * its hostile `.git`, without git; what it finds is for people only.
 */
export async function nameStrayWork(gitDirectory: string, start: Oid): Promise<string[]> {
  if (!(await isFolder(gitDirectory)))
    return ["The step replaced its `.git`: commits that it made are not in the work."];
  const current = /^ref: (\S+)/.exec(await readSmallFile(join(gitDirectory, "HEAD")))?.[1];
  const refs = [
    ...(await readPackedRefs(gitDirectory)),
    ...(await readLooseRefs(gitDirectory, "refs/heads")),
  ];
  const stray = [...new Map(refs)].filter(([ref, oid]) => ref !== current && oid !== start);
  const notes = stray.slice(0, 10).map(([ref, oid]) => {
    const branch = inlineCode(ref.slice("refs/heads/".length));
    return `The branch ${branch} (commit ${oid.slice(0, 12)}) that the step made: only what was in the work tree is taken.`;
  });
  if (stray.length > notes.length)
    notes.push(`${stray.length - notes.length} more branches that the step made.`);
  if (await readSmallFile(join(gitDirectory, "refs/stash"))) notes.push("A stash that the step made.");
  return notes;
}

type Ref = [name: string, oid: Oid];

async function readPackedRefs(gitDirectory: string): Promise<Ref[]> {
  const text = await readSmallFile(join(gitDirectory, "packed-refs"));
  const lines = text.matchAll(/^([0-9a-f]{40,64}) (refs\/heads\/\S+)$/gm);
  return [...lines].slice(0, MOST_REFS).map(([, oid = "", name = ""]) => [name, oid]);
}

async function readLooseRefs(gitDirectory: string, folder: string): Promise<Ref[]> {
  const refs: Ref[] = [];
  const folders = [folder];
  for (let at = folders.pop(); at && refs.length < MOST_REFS; at = folders.pop()) {
    const entries = await readdir(join(gitDirectory, at), { withFileTypes: true }).catch(() => []);
    for (const entry of entries.slice(0, MOST_REFS)) {
      const name = `${at}/${entry.name}`;
      if (entry.isDirectory()) folders.push(name);
      const oid = entry.isFile()
        ? /^[0-9a-f]{40,64}/.exec(await readSmallFile(join(gitDirectory, name)))?.[0]
        : null;
      if (oid) refs.push([name, oid]);
    }
  }
  return refs;
}

/** The text of a regular file, at most 1 MiB of it; nothing for a link, a FIFO or no file. */
async function readSmallFile(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => null,
  );
  if (!file) return "";
  try {
    if (!(await file.stat()).isFile()) return "";
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } catch {
    return "";
  } finally {
    await file.close();
  }
}

async function isFolder(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  return found?.isDirectory() ?? false;
}
