import { STAGE_NAMES } from "../../report/markdown.ts";
import { STAGES, type Stage } from "../../task.ts";
import type { Job } from "../queue/queue.ts";
import { type Html, html, link, type Part } from "./html.ts";
import type { View } from "./page.ts";
import { type Result, type Subject, subjectOf } from "./state.ts";
import { outcomeWords, since, tookOf } from "./words.ts";

/** Rows of the waiting that are shown; the others are counted. */
const MOST_WAITING = 25;

export function renderRunning(view: View): Html {
  const rows = view.state.running.map((task) =>
    row(`run-${task.runId}`, subject(task, view), stage(task.stage), since(task.startedAt, view.now)),
  );
  return section("running", "Running", ["Task", "Stage", "For"], rows, "Nothing runs.");
}

export function renderWaiting(view: View): Html {
  const { waiting, now } = view;
  const rows = waiting.slice(0, MOST_WAITING).map((job) => {
    const priority =
      job.priority === "normal" ? null : html` <span class="priority">(${job.priority})</span>`;
    const sender = html`${job.dispatch.sender.login}${priority}`;
    return row(`waiting-${job.id}`, subject(subjectOf(job), view), sender, sinceAsked(job, now));
  });
  const left = waiting.length - rows.length;
  const more = left > 0 ? html`<p class="more">and ${left} more</p>` : null;
  return section("waiting", "Waiting", ["Task", "Asked by", "For"], rows, "Nothing waits.", more);
}

export function renderResults(view: View): Html {
  const rows = view.state.results.map((result) => {
    const ago = since(result.endedAt, view.now);
    return row(`run-${result.runId}`, subject(result, view), ending(result), tookOf(result.tookMs), ago);
  });
  return section("results", "Results", ["Task", "End", "Took", "Ago"], rows, "Nothing has ended yet.");
}

/** A history that does not tell when the label was set stands at 1970. */
function sinceAsked({ since: asked }: Job, now: number): Part {
  const at = Date.parse(asked);
  return at > 0 ? since(at, now) : "\u2013";
}

function section(
  id: string,
  title: string,
  head: string[],
  rows: Html[],
  nothing: string,
  after: Html | null = null,
): Html {
  const table = html`<table role="table" aria-labelledby="${id}">
<thead role="rowgroup"><tr role="row">${head.map(headCell)}</tr></thead>
<tbody role="rowgroup">
${rows}</tbody>
</table>`;
  return html`<section class="${id}" aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${rows.length === 0 ? html`<p class="nothing">${nothing}</p>` : table}${after}
</section>`;
}

function headCell(name: string, index: number): Html {
  return html`<th role="columnheader" scope="col" class="${index > 1 ? "number" : "words"}">${name}</th>`;
}

/** One row; the first cell is its header, the first and second are words. The roles outlive the phone's layout. */
function row(id: string, first: Html, ...cells: Part[]): Html {
  const rest = cells.map(
    (cell, index) => html`<td role="cell" class="${index > 0 ? "number" : "words"}">${cell}</td>`,
  );
  return html`<tr role="row" id="${id}"><th role="rowheader" scope="row">${first}</th>${rest}</tr>
`;
}

/** The title is text from outside: `bdi` keeps its direction to itself. */
function subject({ repository, number, title, attempt }: Subject, { serverUrl, repositories }: View): Html {
  const name = repositories.length === 1 ? `#${number}` : `${repository}#${number}`;
  const issue = link(`${serverUrl}/${repository}/issues/${number}`, name);
  const again = attempt > 1 ? html` <span class="again">(try ${attempt})</span>` : null;
  return html`${issue} <bdi>${title}</bdi>${again}`;
}

function stage(current: Stage | null): Html {
  const index = current === null ? -1 : STAGES.indexOf(current);
  const steps = STAGES.map((_, step) => {
    const kind = step < index ? "done" : step === index ? "current" : "ahead";
    return html`<rect class="${kind}" x="${step * 12}" width="10" height="4"/>`;
  });
  const name = current === null ? "Beginning" : STAGE_NAMES[current];
  return html`${name} <svg class="steps" viewBox="0 0 70 4" aria-hidden="true">${steps}</svg>`;
}

const KINDS: Record<Result["outcome"], string> = {
  opened: "success",
  updated: "success",
  "no-changes": "success",
  "needs-input": "open",
  ignored: "neutral",
  duplicate: "neutral",
  denied: "neutral",
  cancelled: "neutral",
  failed: "failure",
};

function ending(result: Result): Html {
  const { pullRequest, outcome, givenUp } = result;
  const what = pullRequest ? html` ${link(pullRequest.url, `pull request #${pullRequest.number}`)}` : null;
  const rests = givenUp ? html` <span class="again">(given up)</span>` : null;
  return html`<span class="end ${KINDS[outcome]}">${outcomeWords(result)}${what}</span>${rests}`;
}
