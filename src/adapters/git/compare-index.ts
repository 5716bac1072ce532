import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import type { Oid } from "../../task.ts";
import { GITLINK } from "./differences.ts";
import { holdsNothing, inspect } from "./work-tree.ts";

/** A tracked file that is not as it was checked out, judged by its times, size and inode. */
export interface TouchedFile {
  /** Bytes in latin-1. */
  path: string;
  oldMode: string;
  oldOid: Oid;
  /** Mode that git would give to what is there now; `null` where no file and no link is. */
  newMode: string | null;
  /** Where its entry begins in the index. */
  offset: number;
}

export interface Comparison {
  touched: TouchedFile[];
  /** Submodules that are no empty folder any more. */
  submodules: string[];
}

/** Places of the fields of an index entry, format version 2: <https://git-scm.com/docs/index-format>. */
const CTIME = 0;
const MTIME = 8;
const INODE = 20;
const MODE = 24;
const SIZE = 36;
const OID = 40;
const FLAGS = 60;
const PATH = 62;
const HEADER = 12;
const CHECKSUM = 20;

/**
 * Finds the tracked files that were written since the checkout. Git would do it with times in whole seconds, and so would have to
 * read all files of the checkout's last second; the index has nanoseconds.
 */
export function compareWithIndex(index: Buffer, root: string): Comparison {
  if (index.readUInt32BE(4) !== 2) throw new Error("The checkout's index is not of version 2.");
  const comparison: Comparison = { touched: [], submodules: [] };
  const isFolder = folderMemory(root);
  let offset = HEADER;
  for (let count = index.readUInt32BE(8); count > 0; count -= 1) {
    const end = index.indexOf(0, offset + PATH);
    const path = index.toString("latin1", offset + PATH, end);
    const oldMode = index.readUInt32BE(offset + MODE).toString(8);
    if (oldMode === GITLINK) {
      if (!holdsNothing(root, path)) comparison.submodules.push(path);
    } else {
      const now = isFolder(folderOf(path)) ? inspect(root, path) : null;
      const newMode = modeOf(now);
      if (!now || newMode !== oldMode || !isUntouched(index, offset, now)) {
        const oldOid = index.toString("hex", offset + OID, offset + FLAGS);
        comparison.touched.push({ path, oldMode, oldOid, newMode, offset });
      }
    }
    offset += Math.ceil((end + 1 - offset) / 8) * 8;
  }
  return comparison;
}

/** The index with the touched files marked as unknown, so that git looks at them again. */
export function forgetTouched(index: Buffer, touched: TouchedFile[]): Buffer {
  const bytes = Buffer.from(index);
  for (const { offset } of touched) bytes.fill(0, offset + CTIME, offset + INODE);
  const body = bytes.subarray(0, bytes.length - CHECKSUM);
  createHash("sha1").update(body).digest().copy(bytes, body.length);
  return bytes;
}

function isUntouched(index: Buffer, offset: number, { ctimeNs, mtimeNs, ino, size }: BigIntStats): boolean {
  return (
    timeAt(index, offset + MTIME) === mtimeNs &&
    timeAt(index, offset + CTIME) === ctimeNs &&
    BigInt(index.readUInt32BE(offset + INODE)) === BigInt.asUintN(32, ino) &&
    BigInt(index.readUInt32BE(offset + SIZE)) === BigInt.asUintN(32, size)
  );
}

function timeAt(index: Buffer, offset: number): bigint {
  return BigInt(index.readUInt32BE(offset)) * 1_000_000_000n + BigInt(index.readUInt32BE(offset + 4));
}

function modeOf(stats: BigIntStats | null): string | null {
  if (stats?.isSymbolicLink()) return "120000";
  if (!stats?.isFile()) return null;
  return stats.mode & 0o100n ? "100755" : "100644";
}

/** Whether a folder and all above it are folders indeed, and no link leads out of the work tree. */
function folderMemory(root: string): (folder: string) => boolean {
  const known = new Map([["", true]]);
  const isFolder = (folder: string): boolean => {
    const answer =
      known.get(folder) ?? (isFolder(folderOf(folder)) && (inspect(root, folder)?.isDirectory() ?? false));
    known.set(folder, answer);
    return answer;
  };
  return isFolder;
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
