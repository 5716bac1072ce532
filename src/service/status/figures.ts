import { recentHours } from "./hours.ts";
import { type Html, html, type Part } from "./html.ts";
import type { View } from "./page.ts";
import { ageOf, countOf, plural, since } from "./words.ts";

/** The numbers that tell at a glance how the service does. */
export function renderFigures(view: View): Html {
  const { state, waiting, concurrency, now } = view;
  const oldest = Math.min(...waiting.map((job) => Date.parse(job.since)));
  const age = waiting.length === 0 || oldest <= 0 ? null : html`the oldest for ${ageOf(now - oldest)}`;
  return html`<dl class="figures">
${figure("Running", countOf(state.running.length), `of ${concurrency} at once`)}
${figure("Waiting", countOf(waiting.length), age)}
${rateLimit(view)}
${poll(view)}
</dl>`;
}

function figure(name: string, value: Part, note: Part, extra: Part = null): Html {
  return html`<div><dt>${name}</dt><dd class="value">${value}</dd><dd class="note">${note}</dd>${extra}</div>`;
}

function rateLimit({ state: { rateLimit: limit }, now }: View): Html {
  if (!limit || limit.limit === 0) return figure("Calls left", "\u2013", "GitHub has not told yet");
  const isOver = limit.resetAt <= now;
  const left = isOver ? limit.limit : limit.remaining;
  const note = isOver
    ? `of ${countOf(limit.limit)}`
    : `of ${countOf(limit.limit)}, all again in ${ageOf(limit.resetAt - now)}`;
  const width = Math.round((100 * left) / limit.limit);
  const level = width < 5 ? "spent" : width < 20 ? "low" : "enough";
  const bar = html`<dd class="bar ${level}" aria-hidden="true"><svg viewBox="0 0 100 1" preserveAspectRatio="none"><rect width="100" height="1"/><rect class="left" width="${width}" height="1"/></svg></dd>`;
  return figure("Calls left", countOf(left), note, bar);
}

function poll({ state, now }: View): Html {
  const hours = recentHours(state.hours, now);
  const sum = (of: "calls" | "failedCalls") => hours.reduce((total, hour) => total + hour[of], 0);
  const calls = `${plural(sum("calls"), "call")} in 24 h, ${countOf(sum("failedCalls"))} refused or lost`;
  const { lastPoll } = state;
  if (!lastPoll) return figure("Last poll", "\u2013", calls);
  const value = html`${since(lastPoll.at, now)} <small>ago</small>`;
  const failure = lastPoll.failure && html`<strong class="failure">failed: ${lastPoll.failure}</strong>; `;
  return figure("Last poll", value, [failure, calls]);
}
