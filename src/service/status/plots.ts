import { HOUR_MS, type Hour, MOST_HOURS, medianOf, recentHours } from "./hours.ts";
import { type Html, html, type Part } from "./html.ts";
import type { View } from "./page.ts";
import { percentOf, plural, tookOf } from "./words.ts";

/** Of the plots' drawing, in its own units: an hour is `STEP` wide. */
const STEP = 10;
const BAR = 7;
const HEIGHT = 60;
const WIDTH = STEP * MOST_HOURS;

/** How the last day went: one plot of the ends, one of the durations, an hour a column. */
export function renderHistory({ state, now }: View): Html {
  const hours = recentHours(state.hours, now);
  const xOf = ({ at }: Hour) => WIDTH - STEP * (1 + Math.floor(now / HOUR_MS) - at / HOUR_MS);
  return html`<section class="history" aria-labelledby="history">
<h2 id="history">The last 24 hours</h2>
${renderEnds(hours, xOf)}
${renderDurations(hours, xOf)}
</section>`;
}

type Place = (hour: Hour) => number;

function renderEnds(hours: readonly Hour[], xOf: Place): Html {
  const succeeded = hours.reduce((sum, hour) => sum + hour.succeeded, 0);
  const failed = hours.reduce((sum, hour) => sum + hour.failed, 0);
  const most = Math.max(1, ...hours.map((hour) => hour.succeeded + hour.failed));
  const bars = hours.map((hour) => {
    const failure = (HEIGHT * hour.failed) / most;
    const success = (HEIGHT * hour.succeeded) / most;
    return [
      bar("success", xOf(hour), HEIGHT - failure - success, success),
      bar("failure", xOf(hour), HEIGHT - failure, failure),
    ];
  });
  const value = percentOf(succeeded, succeeded + failed);
  const note = `${succeeded} succeeded, ${failed} failed`;
  const top = succeeded + failed === 0 ? "" : `up to ${most} an hour`;
  return plot({ name: "Success", words: "Ends by the hour", value, note, top }, bars);
}

function renderDurations(hours: readonly Hour[], xOf: Place): Html {
  const all = hours.flatMap(({ tookMs }) => tookMs);
  const longest = Math.max(1, ...all);
  const yOf = (milliseconds: number) => HEIGHT - (HEIGHT * milliseconds) / longest;
  const marks = hours.map((hour) => {
    const median = medianOf(hour.tookMs);
    if (median === null) return null;
    const [highest, lowest] = [yOf(Math.max(...hour.tookMs)), yOf(Math.min(...hour.tookMs))];
    const middle = Math.min(yOf(median), HEIGHT - 2);
    return [
      bar("range", xOf(hour), highest, Math.max(1, lowest - highest)),
      bar("median", xOf(hour), middle, 2),
    ];
  });
  const value = tookOf(medianOf(all));
  const note = all.length === 0 ? "no task has ended" : `median of ${plural(all.length, "task")}`;
  const top = all.length === 0 ? "" : `up to ${tookOf(longest)}`;
  return plot({ name: "Duration", words: "Durations by the hour", value, note, top }, marks);
}

function bar(kind: string, x: number, y: number, height: number): Html | null {
  const [top, tall] = [y, height].map((length) => Number(length.toFixed(2)));
  return tall
    ? html`<rect class="${kind}" x="${x + (STEP - BAR) / 2}" y="${top ?? 0}" width="${BAR}" height="${tall}"/>`
    : null;
}

interface Caption {
  name: string;
  /** What the drawing shows, for whoever cannot see it; the numbers are in the text beside it. */
  words: string;
  value: string;
  note: string;
  /** What the drawing's upper edge stands for. */
  top: string;
}

function plot({ name, words, value, note, top }: Caption, drawing: Part): Html {
  return html`<figure>
<figcaption><span class="name">${name}</span> <span class="value">${value}</span> <span class="note">${note}</span> <span class="top">${top}</span></figcaption>
<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${words}">
<path class="grid" d="M0 0H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT}H${WIDTH}"/>${drawing}</svg>
<p class="axis" aria-hidden="true"><span>24 h ago</span><span>now</span></p>
</figure>`;
}
