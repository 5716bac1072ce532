import type { TaskFailure } from "../../failure.ts";
import type { Oid } from "../../task.ts";
import { gitFailure, httpStatus, rejection } from "./failures.ts";
import type { GitEnd } from "./git-process.ts";
import { lookUpRef } from "./refs.ts";
import { PARTIAL, type Repository } from "./repository.ts";

/** A ref that is to go from `expected` to `oid`; `null` stands for no ref. */
export interface RefMove {
  ref: string;
  oid: Oid | null;
  expected: Oid | null;
}

/** Git waits for ever where an answer to its push breaks off in its middle; a patch within the limits takes seconds. */
const PUSH_DEADLINE_MS = 120_000;

interface Attempt {
  end: GitEnd;
  /** What git says of the ref; `null` where it did not come that far. */
  status: { flag: string; reason: string } | null;
  done: boolean;
}

/**
 * Moves one ref of the server where it still is as expected. Whatever went wrong, where the ref stands afterwards decides: an
 * answer that was lost is no failure, and a push that lost a race is "moved".
 */
export async function pushRef(repository: Repository, move: RefMove): Promise<"pushed" | "moved"> {
  const first = await push(repository, move, {});
  if (first.done) return "pushed";
  const state = await stateAfter(repository, move);
  if (state !== "as-before") return state;
  if (wasStale(first)) return "moved";
  if (wasRefused(first)) throw failureOf(move, first);

  // The base may be out of the server's sight by now (its branch went on), so that git wants to send it whole, though we never
  // fetched its files. To ask the server what it has costs two requests, which is why it is not done at once.
  const second = await push(repository, move, { ...PARTIAL, "push.negotiate": "true" });
  if (second.done) return "pushed";
  const end = await stateAfter(repository, move);
  if (end !== "as-before") return end;
  throw failureOf(move, second);
}

async function push(
  repository: Repository,
  { ref, oid, expected }: RefMove,
  settings: Record<string, string>,
): Promise<Attempt> {
  // A thin pack would look for deltas against files that a store without files lacks.
  const args = [
    "push",
    "--porcelain",
    "--no-thin",
    "--no-verify",
    `--force-with-lease=${ref}:${expected ?? ""}`,
  ];
  const end = await repository.writeRemote([...args, "origin", `${oid ?? ""}:${ref}`], {
    settings,
    quiet: true,
    deadlineMs: PUSH_DEADLINE_MS,
  });
  const status = readStatus(end.stdout, ref);
  return { end, status, done: end.status === 0 && status !== null && status.flag !== "!" };
}

/** Reads the line `<flag>\t<from>:<to>\t<summary> (<reason>)` of the ref. */
function readStatus(stdout: Buffer, ref: string): Attempt["status"] {
  for (const line of stdout.toString().split("\n")) {
    const [flag = "", refs, summary = ""] = line.split("\t");
    if (refs?.endsWith(`:${ref}`)) return { flag, reason: /\((.*)\)$/.exec(summary)?.[1] ?? summary };
  }
  return null;
}

async function stateAfter(repository: Repository, move: RefMove): Promise<"pushed" | "moved" | "as-before"> {
  const now = await lookUpRef(repository, move.ref);
  if (now === move.oid) return "pushed";
  return now === move.expected ? "as-before" : "moved";
}

/**
 * Whether the ref was not as expected when git looked, though it is now: a claim that was held, and given back a moment later.
 * The words are git's own for a lease that does not hold; there is no code for it.
 */
function wasStale({ status }: Attempt): boolean {
  return status?.flag === "!" && status.reason === "stale info";
}

/** Whether the server said no, rather than that something broke on the way or in git's own packing. */
function wasRefused({ end, status }: Attempt): boolean {
  const http = httpStatus(end.stderr);
  if (http !== null) return http < 500;
  return status?.flag === "!" && status.reason !== "unpacker error";
}

function failureOf({ ref }: RefMove, { end, status }: Attempt): TaskFailure {
  return status?.flag === "!"
    ? rejection(ref, status.reason, end.stderr)
    : gitFailure(["push"], end, "write");
}
