import type { RepositoryName } from "../../task.ts";
import type { Job } from "../queue/queue.ts";
import { renderFigures } from "./figures.ts";
import { type Html, html, link } from "./html.ts";
import { renderHistory } from "./plots.ts";
import type { StatusState } from "./state.ts";
import { renderResults, renderRunning, renderWaiting } from "./tables.ts";
import { outcomeWords, plural } from "./words.ts";

/** All that the page shows. */
export interface View extends PageFacts {
  state: StatusState;
  /** In the order in which they will run. */
  waiting: readonly Job[];
  /** Milliseconds since 1970. */
  now: number;
}

/** What is configured and does not change. */
export interface PageFacts {
  name: string;
  repositories: readonly RepositoryName[];
  /** Origin of GitHub's pages. */
  serverUrl: string;
  concurrency: number;
}

/** The whole page; it works without its script, which only keeps it up to date. */
export function renderPage(view: View): string {
  const { name, repositories, serverUrl, state } = view;
  const started = new Date(state.startedAt).toISOString().slice(0, 16).replace("T", " ");
  const watched = repositories.map((repository, index) => [
    index === 0 ? "" : ", ",
    link(`${serverUrl}/${repository}`, repository),
  ]);
  return renderDocument(
    titleOf(view),
    html`<header>
<h1>${name}</h1>
<p class="watched">watches ${watched}</p>
<p id="connection" role="status">As it was when the page was loaded</p>
</header>
${renderMain(view)}
<footer><p>Tells what this process has seen since it was started, ${started} UTC. All results are on the issues.</p></footer>
<script src="/status.js" defer></script>`,
    html`<noscript><meta http-equiv="refresh" content="30"></noscript>`,
  );
}

/** The part of the page that changes. */
export function renderMain(view: View): Html {
  return html`<main data-title="${titleOf(view)}">
<p class="summary" role="status">${summaryOf(view)}</p>
${renderFigures(view)}
${renderRunning(view)}
${renderWaiting(view)}
${renderHistory(view)}
${renderResults(view)}
</main>`;
}

/** Asks for the token; `isWrong`: the one that came was another. */
export function renderLogin(name: string, isWrong: boolean): string {
  return renderDocument(
    name,
    html`<main class="login">
<h1>${name}</h1>
<form method="post" action="/login">
<label for="token">Status token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus${isWrong ? html` aria-invalid="true" aria-describedby="wrong"` : null}>
${isWrong ? html`<p id="wrong" role="alert">That is not the token.</p>` : null}
<button>Open the page</button>
</form>
<p class="hint">The value of <code>AGENT_STATUS_TOKEN</code> in the service’s configuration.</p>
</main>`,
    null,
  );
}

function renderDocument(title: string, body: Html, head: Html | null): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="/status.css">
<link rel="icon" href="/status.svg">
${head}
</head>
<body>
${body}
</body>
</html>
`.toString();
}

function titleOf({ state, waiting, name }: View): string {
  return `${state.running.length} running, ${waiting.length} waiting – ${name}`;
}

/** What a screen reader is told when something happens; ages, which change all the time, are not in it. */
function summaryOf({ state, waiting }: View): string {
  const [last] = state.results;
  const end = last ? ` Last result: ${last.repository}#${last.number}, ${outcomeWords(last)}.` : "";
  return `${plural(state.running.length, "task")} running, ${waiting.length} waiting.${end}`;
}
