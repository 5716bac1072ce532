import { asFailure, TaskFailure } from "../failure.ts";
import type { Settings } from "../inputs.ts";
import { commitMessage } from "../naming.ts";
import { checkLimits } from "../policy/limits.ts";
import { refuseSecrets } from "../policy/secrets.ts";
import type { GitStore, Ports } from "../ports.ts";
import type { Change, Proposal } from "../task.ts";
import { type Shown, type ShownWork, showDiff, showWords } from "./render-work.ts";
import type { RiskLevel } from "./report.ts";

type Changes = Extract<Proposal, { kind: "changes" }>;

/** What the tree itself says of a proposal, whatever the step said. */
export interface Judgement {
  risk: RiskLevel;
  /** For people (Markdown). */
  issues: string[];
  /** Why `act` would not take it. */
  refusal: TaskFailure | null;
  /** Changed paths (UTF-8), at most as many as a report has room for. */
  paths: string[];
  /** `null` where it is too long, or may not be shown. */
  patch: Uint8Array | null;
  shown: ShownWork;
}

/** More changed files than these are a risk of their own: nobody reads them closely. */
const MANY_FILES = 20;
const MOST_PATHS = 2000;
const PATHS_ROOM = 200_000;

/** Holds the changes against the same limits as `act` does, and looks at what a person should know before they approve. */
export async function judgeChanges(
  ports: Pick<Ports, "findSecrets">,
  store: GitStore,
  proposal: Changes,
  settings: Settings,
): Promise<Judgement> {
  const { task, start, tree, result } = proposal;
  const { protectedPaths, maxFiles, maxPatchKb } = settings;
  // What may be changed is told all the same: an approver wants to know of it.
  const onProtected = settings.onProtected === "allow" ? "draft" : settings.onProtected;
  const limits = await limited(() =>
    checkLimits(store, start.oid, tree, { protectedPaths, onProtected, maxFiles, maxPatchKb }),
  );
  const message = commitMessage({ task, result, input: settings.commitMessage });
  const secret = await limited(() => refuseSecrets(ports, store, { from: start.oid, to: tree, message }));
  const changes = await store.changes(start.oid, tree);
  const { paths, isWhole } = listPaths(changes);
  // Artifacts and summaries are read by many.
  const patch = secret instanceof TaskFailure ? null : await store.patch(start.oid, tree, maxPatchKb * 1024);
  const words = showWords(task, result);
  const diff = patch && showDiff(patch);
  const issues = [
    ...(limits instanceof TaskFailure ? [] : limits.notes),
    ...(changes.length > MANY_FILES ? [`It changes ${changes.length} files.`] : []),
    ...(isWhole ? [] : ["It changes more files than are listed here."]),
    ...issuesOf(proposal, words, diff),
  ];
  const refusal = secret instanceof TaskFailure ? secret : limits instanceof TaskFailure ? limits : null;
  return {
    risk: refusal || !isWhole ? "high" : issues.length > 0 ? "medium" : "low",
    issues: refusal ? [refusal.detail, ...issues] : issues,
    refusal,
    paths,
    patch,
    shown: { words: refusal ? null : words.text, diff: diff?.text ?? null },
  };
}

/** What an approver would not see on the page, or not expect. */
function issuesOf({ task, start }: Changes, words: Shown, diff: Shown | null): string[] {
  const issues: string[] = [];
  if (start.builtUpon)
    issues.push(`It is built upon commits that somebody else pushed to \`${task.branch}\`.`);
  if (diff && !diff.isWhole)
    issues.push("Its diff is too long to be shown whole: `proposal.patch` has all of it.");
  if (!words.isWhole)
    issues.push(
      "Its commit message is too long to be shown whole: `investigation-report.json` has all of it.",
    );
  return issues;
}

const REFUSALS = ["too-large", "protected-path", "secret-found"];

/** A refusal is an answer here; every other failure is thrown. */
async function limited<T>(check: () => Promise<T>): Promise<T | TaskFailure> {
  try {
    return await check();
  } catch (thrown) {
    const failure = asFailure(thrown);
    if (REFUSALS.includes(failure.code)) return failure;
    throw thrown;
  }
}

function listPaths(changes: Change[]): { paths: string[]; isWhole: boolean } {
  const paths: string[] = [];
  let room = PATHS_ROOM;
  for (const { path } of changes) {
    room -= path.length;
    if (paths.length >= MOST_PATHS || room < 0) return { paths, isWhole: false };
    paths.push(Buffer.from(path, "latin1").toString("utf8"));
  }
  return { paths, isWhole: true };
}
