import { createStageRecorder } from "../audit/stages.ts";
import type { Claim } from "../claim.ts";
import type { Settings } from "../inputs.ts";
import type { Ports } from "../ports.ts";
import { type Findings, NO_FINDINGS } from "../prepare.ts";
import { createProgress, type Progress } from "../progress.ts";
import { nextAttempt } from "../situation.ts";
import type { Issue, Outcome, Run } from "../task.ts";
import { deliveryOf } from "./callback.ts";
import type { FinalReport, Report } from "./report.ts";
import { isToldDenial, writeResult } from "./result-writer.ts";
import { createStateLabels, NO_LABELS } from "./state-labels.ts";
import { renderStatusComment } from "./status-comment.ts";
import { createStatusWriter, NO_STATUS } from "./status-writer.ts";

type Won = Extract<Claim, { kind: "won" }>;

/** The one place that writes to the dispatch issue. What it cannot write it warns of; the outcome stays. */
export interface Reporter {
  readonly progress: Progress;
  /** Filled in by whoever finds out. */
  readonly findings: Findings;
  /** How many comments this run has added. */
  ownComments(): number;
  /** From here on the task is this run's: the issue shows it, while the run goes on. */
  begin(claim: Won): void;
  /** Writes the end, then gives the claim back; `isTold`: the result stands on the issue already. */
  finish(outcome: Outcome, isTold?: boolean): Promise<FinalReport>;
}

export function createReporter(
  ports: Pick<Ports, "dispatch" | "clock" | "log" | "callback" | "watch" | "audit">,
  settings: Pick<Settings, "statusComment" | "stateLabels">,
  run: Run,
): Reporter {
  const findings: Findings = { ...NO_FINDINGS };
  let outcome: Outcome | null = null;
  let claim: Won | null = null;
  const tell = (): Report => {
    const { situation, ...found } = findings;
    const attempt = nextAttempt(situation?.results ?? []);
    return { ...found, run, outcome, attempt, stages: progress.stages };
  };
  const status = settings.statusComment
    ? createStatusWriter(ports, () => renderStatusComment(tell()))
    : NO_STATUS;
  const labels = settings.stateLabels ? createStateLabels(ports) : NO_LABELS;
  const record = createStageRecorder(ports.audit, () => (findings.issue ? nameOf(findings.issue) : run.url));
  const progress = createProgress(ports.clock, (now) => {
    status.refresh();
    ports.watch?.enter(now.current);
    record.entered(now);
  });
  const tolerate = (what: string) => (thrown: unknown) => ports.log.warning(`${what}: ${String(thrown)}`);

  const tellResult = (final: FinalReport) =>
    writeResult(ports, final, findings.situation?.results ?? [], claim !== null).catch(
      tolerate("The result could not be written to the issue"),
    );
  const writeEnd = async (final: FinalReport, isTold: boolean) => {
    const { issue } = final;
    if (!issue) return;
    if (final.outcome.kind === "ignored" || final.outcome.kind === "duplicate") {
      await Promise.all([status.retract(), labels.retract(issue)]);
      return;
    }
    await Promise.all([isTold ? null : tellResult(final), status.end(), labels.end(issue, final.outcome)]);
    await callBack(final);
  };
  const callBack = async (final: FinalReport) => {
    if (isToldDenial(final, findings.situation?.results ?? [])) return;
    await ports.callback?.deliver(deliveryOf(final)).catch(tolerate("The callback was not delivered"));
  };

  return {
    progress,
    findings,
    ownComments: () => status.added(),
    begin(won) {
      claim = won;
      const { issue, taskId, situation } = findings;
      if (!issue || !taskId) return;
      status.begin(issue, taskId, situation?.statusCommentId ?? null);
      labels.begin(issue);
    },
    async finish(end, isTold = false) {
      progress.finish();
      outcome = end;
      record.ended(progress, end);
      const final: FinalReport = { ...tell(), outcome: end };
      await writeEnd(final, isTold);
      await claim?.release().catch(tolerate("The claim could not be released; it ends with this run"));
      return final;
    },
  };
}

/** As people write it. */
export function nameOf({ repository, number }: Issue): string {
  return `${repository}#${number}`;
}
