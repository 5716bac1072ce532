import { TaskFailure } from "../failure.ts";
import { inlineCode } from "../harmless.ts";
import type { Settings } from "../inputs.ts";
import type { GitStore, Ports } from "../ports.ts";
import { chooseStart } from "../start.ts";
import type { Proposal } from "../task.ts";
import { judgeChanges } from "./judge-changes.ts";
import { higherRisk } from "./make-report.ts";
import { type Approved, mismatch } from "./read-approved.ts";

type Changes = Extract<Proposal, { kind: "changes" }>;
type Needs = Pick<Ports, "target" | "findSecrets">;

/**
 * Makes the approved tree in a new store, on the base as it is now. Throws `base-moved` where work would start elsewhere by now, and
 * `report-mismatch` where the patch does not make exactly that tree, or changes what the report does not tell.
 */
export async function rebuild(
  ports: Needs,
  store: GitStore,
  proposal: Changes,
  { approved, isByPolicy, settings }: { approved: Approved; isByPolicy: boolean; settings: Settings },
): Promise<void> {
  const { report, patch } = approved;
  await refuseMovedBase(ports, store, proposal, settings);
  if (patch === null) throw mismatch("The report names changes, and no patch that makes them.");
  const tree = await store.applyPatch(proposal.start.oid, patch).catch((thrown: unknown) => {
    throw thrown instanceof TaskFailure && thrown.code === "patch-failed" ? unfitting(thrown) : thrown;
  });
  if (tree !== proposal.tree)
    throw mismatch(
      `The patch makes the tree ${inlineCode(tree)}, and ${inlineCode(proposal.tree)} was approved.`,
    );
  // People and policies decide by what the report lists: it must be what the tree says.
  const { paths, risk } = await judgeChanges(ports, store, proposal, settings);
  if (paths.join("\0") !== report.proposal?.paths.join("\0"))
    throw mismatch("The patch changes other files than the report lists.");
  if (isByPolicy && higherRisk(risk, report.risk_level) !== report.risk_level)
    throw mismatch(
      `The changes are of ${risk} risk, and the report that the policy approved says ${report.risk_level}.`,
    );
}

/** Asks anew where work on the task would start: whatever the report says, commits that came since are not pushed over. */
async function refuseMovedBase(
  ports: Needs,
  store: GitStore,
  { task, start }: Changes,
  settings: Settings,
): Promise<void> {
  const { base } = task.target;
  const now = await chooseStart(ports, task, await store.fetch({ base, branch: task.branch }), settings);
  if (now.oid !== start.oid || now.builtUpon !== start.builtUpon)
    throw moved(
      `Work on the task would start from ${inlineCode(now.oid)} now, and was approved on ${inlineCode(start.oid)}.`,
    );
  if (now.branchTip !== start.branchTip)
    throw moved(`The task's branch ${inlineCode(task.branch)} was pushed to since the investigation.`);
}

function moved(detail: string): TaskFailure {
  return new TaskFailure("base-moved", detail);
}

function unfitting({ quote }: TaskFailure): TaskFailure {
  return new TaskFailure("report-mismatch", "The patch does not fit the base that it was made on.", {
    ...(quote ? { quote } : {}),
  });
}
