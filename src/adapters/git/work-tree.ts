import { type BigIntStats, type Dirent, lstatSync, readdirSync, unlinkSync } from "node:fs";
import { lstat } from "node:fs/promises";
import { TaskFailure } from "../../failure.ts";
import type { CheckoutRecord } from "./checkout.ts";

/** Paths in this file are relative to the work tree, as bytes in latin-1, since a step may give any name to a file. */
export interface Survey {
  /** FIFOs, sockets and devices; they are deleted, since git would wait at one that bears the name of a file it reads. */
  special: string[];
  /** Folders that cannot be listed. */
  unreadable: string[];
}

/** Throws where the folder is no longer the one that was handed to the step. */
export async function confirmWorkTree(path: string, { device, inode }: CheckoutRecord): Promise<void> {
  const now = await lstat(path, { bigint: true }).catch(() => null);
  if (now?.isDirectory() && now.dev === device && now.ino === inode) return;
  throw new TaskFailure(
    "step-failed",
    "The step replaced the folder of its checkout with another one; nothing in it is taken.",
  );
}

/** Walks the whole work tree, nested repositories included, and follows no link. */
export function surveyWorkTree(root: string): Survey {
  const survey: Survey = { special: [], unreadable: [] };
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of listFolder(root, folder, survey)) {
      const path = folder + entry.name;
      if (entry.isDirectory()) {
        if (path !== ".git") folders.push(`${path}/`);
      } else if (!entry.isFile() && !entry.isSymbolicLink()) {
        survey.special.push(path);
        unlinkSync(locate(root, path));
      }
    }
  }
  return survey;
}

/** What stands at a path of the work tree; `null` for nothing. */
export function inspect(root: string, path: string): BigIntStats | null {
  try {
    return lstatSync(locate(root, path), { throwIfNoEntry: false, bigint: true }) ?? null;
  } catch {
    return null;
  }
}

/** Whether a path of the work tree is an empty folder. */
export function holdsNothing(root: string, path: string): boolean {
  const found: Survey = { special: [], unreadable: [] };
  return listFolder(root, `${path}/`, found).length === 0 && found.unreadable.length === 0;
}

function listFolder(root: string, folder: string, { unreadable }: Survey): Dirent<string>[] {
  try {
    return readdirSync(locate(root, folder), { withFileTypes: true, encoding: "latin1" });
  } catch {
    unreadable.push(folder);
    return [];
  }
}

function locate(root: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, "latin1")]);
}
