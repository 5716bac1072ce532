import { TaskFailure } from "./failure.ts";
import type { Settings } from "./inputs.ts";
import { createOnce, repeatWrite } from "./once.ts";
import type { NewPullRequest, Ports } from "./ports.ts";
import type { PullRequest, Task } from "./task.ts";

type Needs = Pick<Ports, "target" | "clock" | "log">;

/** The task's pull request, and whether it was there before; `null` where base and branch hold the same. */
export type Ensured = { operation: "created" | "updated"; pullRequest: PullRequest } | null;

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
  const lookUp = () => findOpen(ports, repository, pull.head);
  const existing = fresh ? null : await lookUp();
  if (existing) return await update(ports, repository, existing, pull);
  const created = await createOnce(
    ports.clock,
    "Creating the pull request",
    () => ports.target.createPullRequest(repository, pull),
    async () => {
      const pullRequest = await lookUp();
      return pullRequest && { kind: "created" as const, pullRequest };
    },
  );
  if (created.kind === "created") return { operation: "created", pullRequest: created.pullRequest };
  if (created.kind === "no-commits") return null;
  const other = await lookUp();
  if (other) return await update(ports, repository, other, pull);
  throw new TaskFailure(
    "github-unavailable",
    `GitHub says that \`${pull.head}\` has a pull request, and shows none.`,
  );
}

async function findOpen({ target }: Needs, repository: string, branch: string): Promise<PullRequest | null> {
  const all = await target.pullRequestsFrom(repository, branch);
  return all.find(({ state }) => state === "open") ?? null;
}

/** The body is ours and tells of the newest attempt; the title may have been edited by a person, and stays. */
async function update(
  ports: Needs,
  repository: string,
  pullRequest: PullRequest,
  pull: NewPullRequest,
): Promise<Ensured> {
  const { body } = pull;
  if (pullRequest.body !== body) {
    await repeatWrite(ports.clock, "Updating the pull request", () =>
      ports.target.updatePullRequest(repository, pullRequest.number, { body }),
    );
  }
  return { operation: "updated", pullRequest: { ...pullRequest, body } };
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
      log.warning(
        `Setting the pull request's ${what} failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      );
      notes.push(`The ${what} could not be set; the run's log says why.`);
    });
  }
  return notes;
}
