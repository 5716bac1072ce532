import { asFailure, TaskFailure } from "./failure.ts";
import type { Settings } from "./inputs.ts";
import { readMarker } from "./naming.ts";
import { createOnce, repeatWrite } from "./once.ts";
import type { NewPullRequest, Ports } from "./ports.ts";
import type { PullRequest, Task } from "./task.ts";

type Needs = Pick<Ports, "target" | "clock" | "log">;

/** The task's pull request, whether it was there before, and what to tell of it; `null` where base and branch hold the same. */
export type Ensured = {
  operation: "created" | "updated";
  pullRequest: PullRequest;
  notes: string[];
} | null;

/**
 * Opens the task's pull request, or brings the open one up to date. A closed or merged one is left as it is.
 * `fresh` spares the look-up where the branch did not exist before.
 */
export async function ensurePullRequest(
  ports: Needs,
  task: Task,
  pull: NewPullRequest,
  fresh: boolean,
): Promise<Ensured> {
  const { repository } = task.target;
  const list = () => ports.target.pullRequestsFrom(repository, pull.head);
  const lookUp = async () => findOpen(await list());
  const past = fresh ? [] : await list();
  const existing = findOpen(past);
  if (existing) return await update(ports, task, existing, pull);
  const created = await createOnce(
    ports.clock,
    "Creating the pull request",
    () => ports.target.createPullRequest(repository, pull),
    async () => {
      const pullRequest = await lookUp();
      return pullRequest && { kind: "created" as const, pullRequest };
    },
  );
  if (created.kind === "created")
    return { operation: "created", pullRequest: created.pullRequest, notes: notesOn(past) };
  if (created.kind === "no-commits") return null;
  const other = await lookUp();
  if (other) return await update(ports, task, other, pull);
  throw new TaskFailure(
    "github-unavailable",
    `GitHub says that \`${pull.head}\` has a pull request, and shows none.`,
  );
}

function findOpen(pulls: PullRequest[]): PullRequest | null {
  return pulls.find(({ state }) => state === "open") ?? null;
}

function notesOn([newest]: PullRequest[]): string[] {
  if (!newest) return [];
  const end = newest.merged ? "merged" : "closed";
  return [`The branch's pull request before this one, number ${newest.number}, was ${end} and stays so.`];
}

/** Our body tells of the newest attempt; a title may have been edited by a person, and stays, as does a body not ours. */
async function update(
  ports: Needs,
  task: Task,
  pullRequest: PullRequest,
  { body }: NewPullRequest,
): Promise<Ensured> {
  const { repository } = task.target;
  const operation = "updated";
  if (readMarker(pullRequest.body, "agent_task_metadata")?.task_id !== task.taskId) {
    const note = `The branch has a pull request that is not this task's, number ${pullRequest.number}: its text was left as it is.`;
    return { operation, pullRequest, notes: [note] };
  }
  await repeatWrite(ports.clock, "Updating the pull request", () =>
    ports.target.updatePullRequest(repository, pullRequest.number, { body }),
  );
  return { operation, pullRequest: { ...pullRequest, body }, notes: [] };
}

/** Labels, reviewers and assignees: wishes, each tried on its own. What fails is a note, never a failure. */
export async function decoratePullRequest(
  { target, log }: Needs,
  { target: { repository } }: Task,
  { number }: PullRequest,
  settings: Pick<Settings, "prLabels" | "prReviewers" | "prTeamReviewers" | "prAssignees">,
): Promise<string[]> {
  const { prLabels, prReviewers, prTeamReviewers, prAssignees } = settings;
  const wishes: [string, boolean, () => Promise<unknown>][] = [
    ["labels", prLabels.length > 0, () => target.addLabels(repository, number, prLabels)],
    ["reviewers", prReviewers.length > 0, () => target.requestReviewers(repository, number, prReviewers, [])],
    [
      "team reviewers",
      prTeamReviewers.length > 0,
      () => target.requestReviewers(repository, number, [], prTeamReviewers),
    ],
    ["assignees", prAssignees.length > 0, () => target.addAssignees(repository, number, prAssignees)],
  ];
  const notes: string[] = [];
  for (const [what, wished, grant] of wishes) {
    if (!wished) continue;
    await grant().catch((thrown: unknown) => {
      const { message, quote } = asFailure(thrown);
      log.warning(`Setting the pull request's ${what} failed: ${[message, quote].filter(Boolean).join(" ")}`);
      notes.push(`The ${what} could not be set; the run's log says why.`);
    });
  }
  return notes;
}
