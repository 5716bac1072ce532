import { lstat, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Checkout, FoundRefs, WantedRefs } from "../../ports.ts";
import type { Oid } from "../../task.ts";
import { removeStepFolder } from "../remove-folder.ts";
import { fetchBranches } from "./refs.ts";
import { createRepository, type GitOptions, type Repository, removeRepository } from "./repository.ts";

/** What is known of a work tree from before the step, kept in memory, where the step cannot reach it. */
export interface CheckoutRecord {
  device: bigint;
  inode: bigint;
  /** Commit whose files were laid out. */
  commit: Oid;
  /** Bytes of git's index: with it, files that nobody touched need not be read again. */
  index: Buffer;
}

const records = new WeakMap<Checkout, CheckoutRecord>();
const COARSEST_CLOCK_MS = 2500;

/** Makes a work tree in a folder of its own and fetches both branches into it, depth 1. */
export async function createCheckout(options: GitOptions, url: string, want: WantedRefs): Promise<Checkout> {
  const repository = await createRepository(options, url, "checkout");
  let gone: Promise<void> | null = null;
  const dispose = () => {
    gone ??= removeRepository(repository, options.log, removeStepFolder);
    return gone;
  };
  try {
    const refs = await fetchCheckout(options, repository, url, want);
    const checkout: Checkout = {
      path: repository.folder,
      refs,
      async switchTo(commit) {
        records.set(checkout, await layOut(repository, commit, want.base));
      },
      dispose,
    };
    return checkout;
  } catch (thrown) {
    await dispose();
    throw thrown;
  }
}

/** Fetches from the server, or through a mirror; then no trace of the mirror stays in the checkout. */
async function fetchCheckout(
  options: GitOptions,
  repository: Repository,
  url: string,
  want: WantedRefs,
): Promise<FoundRefs> {
  const fetch = (from: Repository) => fetchBranches(from, want, "all-files", "refs/remotes/origin");
  if (!options.mirrors) return await fetch(repository);
  return await options.mirrors.withMirror(options, url, want, async (nearest) => {
    const refs = await fetch(await createRepository(options, nearest, "checkout", repository.folder));
    await createRepository(options, url, "checkout", repository.folder);
    return refs;
  });
}

/** What was recorded when the files were laid out. */
export function recordOf(checkout: Checkout): CheckoutRecord {
  const record = records.get(checkout);
  if (!record) throw new Error("A snapshot needs a checkout that was switched to a commit.");
  return record;
}

async function layOut(
  { folder, gitDirectory, read }: Repository,
  commit: Oid,
  branch: string,
): Promise<CheckoutRecord> {
  await read(["checkout", "--quiet", "--force", "--no-track", "-B", branch, commit], { workTree: folder });
  const indexFile = join(gitDirectory, "index");
  const [{ dev: device, ino: inode }, index] = await Promise.all([
    lstat(folder, { bigint: true }),
    readFile(indexFile),
    outwaitClock(indexFile),
  ]);
  return { device, inode, commit, index };
}

/**
 * Waits until the file system's clock has gone on (a few milliseconds), so that whatever the step writes bears a later time than
 * the files of the checkout. Then times alone tell what it wrote.
 */
async function outwaitClock(indexFile: string): Promise<void> {
  const { mtimeNs } = await stat(indexFile, { bigint: true });
  const probe = `${indexFile}-clock`;
  const end = performance.now() + COARSEST_CLOCK_MS;
  do {
    await writeFile(probe, "x");
    if ((await stat(probe, { bigint: true })).mtimeNs > mtimeNs) break;
    await pause(1);
  } while (performance.now() < end);
  await rm(probe);
}
