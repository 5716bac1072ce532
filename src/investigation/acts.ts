import { z } from "zod";
import { asFailure } from "../failure.ts";
import type { PastAct, ProposedAction } from "../policy/judge-action.ts";
import type { GitStore, Ports } from "../ports.ts";
import type { Run } from "../task.ts";
import { cloneUrlOf } from "./operation-step.ts";

/**
 * Which actions were begun, in the repository itself: a ref an act, which only one can create, so that none is carried out twice.
 * They are no branches: they start no workflow, and rules for branches do not cover them.
 */
const FOLDER = "refs/agent-runner/acts/";
/** Longer than any rate reaches back; a mark is also kept for as long as its report can be acted on. */
const KEPT_MS = 8 * 24 * 60 * 60 * 1000;
/** Characters of an action's name in a ref; it is for people: the digest tells marks apart, and the message has all of it. */
const LONGEST_NAME = 150;

const markShape = z.object({
  action: z.string(),
  /** GitHub's clock. */
  at: z.iso.datetime(),
  run_url: z.string(),
  /** Of the report. */
  expires_at: z.iso.datetime(),
});
type Mark = z.output<typeof markShape>;

/** An act that is about to begin, or that was begun before. */
export type Beginning =
  | { kind: "begun" /** Takes the mark back: nothing was done. */; withdraw(): Promise<void> }
  | { kind: "duplicate"; reason: string };

type Needs = Pick<Ports, "git" | "dispatch" | "log">;

/** The ref that marks an act: the same for the same report, whoever acts on it and how often. */
export function markOf({ action, timestamp }: ProposedAction, digest: string): string {
  // What no ref may hold: `:`, and dots at certain places. A name of nothing but those would be longer than a file's name may be.
  const name = encodeURIComponent(action).replaceAll(".", "%2E").slice(0, LONGEST_NAME);
  const time = timestamp.replace(/\.\d+/, "").replace(/[-:]/g, "");
  return `${FOLDER}${name}/${time}-${digest.replace("sha256:", "").slice(0, 12)}`;
}

/** Marks the act as begun, right before it is; forgets marks that no longer matter. */
export async function beginAct(
  ports: Needs,
  run: Run,
  { action, expires_at }: ProposedAction,
  mark: string,
): Promise<Beginning> {
  const told: Mark = { action, at: ports.dispatch.now().toISOString(), run_url: run.url, expires_at };
  return await withStore(ports, run, async (store) => {
    const oid = await store.createRef(mark, JSON.stringify(told));
    if (oid === null) return { kind: "duplicate", reason: describe(await store.readRef(mark)) };
    await forgetOld(ports, store);
    const withdraw = () =>
      withStore(ports, run, async (own) => {
        await own.deleteRef(mark, oid);
      });
    return { kind: "begun", withdraw };
  });
}

/** The acts that were begun of late, but for the one with that mark. */
export async function readActs(ports: Needs, run: Run, own: string | null): Promise<PastAct[]> {
  const found = await withStore(ports, run, (store) => store.readRefs(FOLDER));
  return found.flatMap(({ ref, message }) => {
    const mark = ref === own ? null : parseMark(message);
    return mark ? [{ action: mark.action, at: new Date(mark.at) }] : [];
  });
}

async function forgetOld({ dispatch, log }: Needs, store: GitStore): Promise<void> {
  const now = dispatch.now().getTime();
  const isOld = ({ at, expires_at }: Mark) => Date.parse(at) + KEPT_MS < now && Date.parse(expires_at) < now;
  try {
    for (const { ref, oid, message } of await store.readRefs(FOLDER)) {
      const mark = parseMark(message);
      if (mark && isOld(mark)) await store.deleteRef(ref, oid);
    }
  } catch (thrown) {
    // The next act tries again.
    log.debug(`Old marks of acts were not deleted: ${asFailure(thrown).message}`);
  }
}

function describe(found: { message: string } | null): string {
  const mark = found && parseMark(found.message);
  if (!mark) return "the action was begun before";
  return `the action was begun at ${mark.at} by ${mark.run_url}, and is done at most once for one report`;
}

function parseMark(message: string): Mark | null {
  try {
    return markShape.parse(JSON.parse(message));
  } catch {
    return null;
  }
}

async function withStore<T>({ git }: Needs, run: Run, use: (store: GitStore) => Promise<T>): Promise<T> {
  const store = await git.open(cloneUrlOf(run));
  try {
    return await use(store);
  } finally {
    await store.dispose();
  }
}
