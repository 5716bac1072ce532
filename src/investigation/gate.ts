import { TaskFailure } from "../failure.ts";
import { inlineCode } from "../harmless.ts";
import type { Ports, Reviewers, RunReview } from "../ports.ts";
import type { FailureCode, RepositoryName, Run } from "../task.ts";
import type { ActInputs } from "./inputs.ts";

/** What people say to a run, by GitHub's own record; `unprotected`: the workflow wants nobody to be asked. */
export type HumanApproval =
  | { kind: "approved"; by: string; comment: string }
  | { kind: "unprotected" }
  | { kind: "rejected"; by: string; comment: string };

type Rejection = Extract<HumanApproval, { kind: "rejected" }>;

export interface Gate {
  run: Run;
  /** Name of the environment that a job of this run waits at. */
  environment: string;
  /** How that job ended in this attempt, as the workflow says; `null` where it does not. */
  approvalResult: ActInputs["approvalResult"];
  allowUnprotected: boolean;
  /** Logins; none: whoever the environment itself asks. */
  allowedApprovers: string[];
}

type Needs = Pick<Ports, "dispatch" | "audit" | "log">;

/**
 * Asks GitHub whether the environment protects anything and who let this run through it: one rejection is enough to stop it, and so
 * is one approval by somebody who may not approve. Throws `environment-unprotected`, `not-approved`, and `missing-permission` where
 * the token lacks `actions: read`.
 */
export async function passGate(ports: Needs, gate: Gate): Promise<HumanApproval> {
  const repository = repositoryOf(gate.run);
  const reviewers = await ports.dispatch.environmentReviewers(repository, gate.environment);
  if (!reviewers || reviewers.users.length + reviewers.teams.length === 0)
    return passUnprotected(ports, gate, whyUnprotected(repository, gate, reviewers));
  // Else an approval of an earlier attempt, of another report, would stand for this one.
  if (gate.approvalResult === "skipped") throw refused(ports, gate, "not-approved", whySkipped(gate));
  const decided = await decidingReviews(ports, gate);
  const rejection = rejectionIn(ports, gate, decided);
  if (rejection) return rejection;
  const approval = decided.at(-1);
  if (!approval) throw refused(ports, gate, "not-approved", whyNobody(gate));
  const stranger = decided.find((review) => !mayApprove(review, gate, reviewers));
  if (stranger) throw refused(ports, gate, "not-approved", whyNotBy(stranger, gate, reviewers));
  const { by, comment } = approval;
  record(ports, gate, "human", "success", { by, comment });
  return { kind: "approved", by, comment };
}

/** What somebody said against a run that nobody had to be asked about, such as before the policy was changed. */
export async function findRejection(ports: Needs, gate: Gate): Promise<Rejection | null> {
  return rejectionIn(ports, gate, await decidingReviews(ports, gate));
}

function rejectionIn(ports: Needs, gate: Gate, decided: RunReview[]): Rejection | null {
  const rejection = decided.find(({ state }) => state === "rejected");
  if (!rejection) return null;
  const { by, comment } = rejection;
  record(ports, gate, "human", "denied", { by, comment });
  return { kind: "rejected", by, comment };
}

function passUnprotected(ports: Needs, gate: Gate, reason: string): HumanApproval {
  if (!gate.allowUnprotected) throw refused(ports, gate, "environment-unprotected", reason);
  ports.log.warning(`${reason} The run goes on, as \`allow-unprotected\` says.`);
  record(ports, gate, "system", "success", { reason });
  return { kind: "unprotected" };
}

function refused(ports: Needs, gate: Gate, code: FailureCode, reason: string): TaskFailure {
  record(ports, gate, "system", "denied", { reason });
  return new TaskFailure(code, reason);
}

/** Environments belong to the repository whose workflow runs. */
function repositoryOf({ repository }: Run): RepositoryName {
  if (repository) return repository;
  throw new TaskFailure("environment-unprotected", "Only a run of GitHub Actions has environments.");
}

function whyUnprotected(repository: RepositoryName, { environment }: Gate, found: Reviewers | null): string {
  const name = inlineCode(environment);
  if (found)
    return `The environment ${name} of \`${repository}\` has no required reviewers: every run passes it.`;
  return `\`${repository}\` shows this token no environment ${name}. Is its name misspelled? GitHub creates an environment that a job names and that is missing, without a word and without any protection.`;
}

/**
 * What people decided about this environment (GitHub takes no account of the case of its name). The reviews of all attempts stand in
 * one list, without a time, and nobody promises their order: none of them can be told to be the one that counts.
 */
async function decidingReviews({ dispatch }: Needs, { run, environment }: Gate): Promise<RunReview[]> {
  const reviews = await dispatch.runReviews(repositoryOf(run), Number(run.id));
  return reviews.filter(
    ({ state, environments }) =>
      state !== "pending" && environments.some((name) => isSame(name, environment)),
  );
}

function whyNobody({ run, environment }: Gate): string {
  return `Nobody has approved the run ${run.id} for the environment ${inlineCode(environment)}: the job before this one must name it under \`environment\`.`;
}

function whySkipped({ run, environment }: Gate): string {
  return `Nobody was asked in attempt ${run.attempt}: the job that waits at the environment ${inlineCode(environment)} was skipped, and no policy approves the report now.`;
}

/** Where a team is asked, GitHub's own word is enough: a job's token may not read who is in a team. */
function mayApprove({ by }: RunReview, { allowedApprovers }: Gate, { users, teams }: Reviewers): boolean {
  if (allowedApprovers.length > 0) return allowedApprovers.some((login) => isSame(login, by));
  return teams.length > 0 || users.some((login) => isSame(login, by));
}

function whyNotBy({ by }: RunReview, { environment, allowedApprovers }: Gate, { users }: Reviewers): string {
  const why =
    allowedApprovers.length > 0
      ? `${inlineCode(by)} approved the run, and is not on the list \`allowed-approvers\`.`
      : `${inlineCode(by)} let the run pass, and is not among the required reviewers of ${inlineCode(environment)} (${users.map(inlineCode).join(", ")}): an administrator may have bypassed them.`;
  return `${why} Every approval of a run counts, also of an earlier attempt: start a new run.`;
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function record(
  { audit }: Needs,
  { run, environment }: Gate,
  actor: "human" | "system",
  status: "success" | "denied",
  details: Record<string, unknown>,
): void {
  audit.record({
    actor,
    actionType: "policy_check",
    resource: `${run.repository} environment ${environment}`,
    status,
    latencyMs: null,
    metadata: { step: "approve", environment, ...details },
  });
}
