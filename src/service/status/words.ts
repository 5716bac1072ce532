/** How the page puts times and numbers. */
import { FAILURES } from "../../failure.ts";
import { duration } from "../../report/markdown.ts";
import { type Html, html } from "./html.ts";
import type { Result } from "./state.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** An age for a glance: `12 s`, `4 min`, `3 h 5 min`, `2 d`. */
export function ageOf(milliseconds: number): string {
  if (milliseconds < MINUTE_MS) return `${Math.max(0, Math.floor(milliseconds / 1000))} s`;
  if (milliseconds >= 2 * DAY_MS) return `${Math.floor(milliseconds / DAY_MS)} d`;
  const minutes = Math.floor(milliseconds / MINUTE_MS);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** An age with the moment behind it, for machines and for whoever hovers over it. */
export function since(at: number, now: number): Html {
  const moment = new Date(at).toISOString();
  return html`<time datetime="${moment}" title="${moment.slice(0, 16).replace("T", " ")} UTC">${ageOf(now - at)}</time>`;
}

/** How long a task took; `–` where nobody knows. */
export function tookOf(milliseconds: number | null): string {
  return milliseconds === null ? "\u2013" : duration(milliseconds);
}

/** With thin spaces between thousands. */
export function countOf(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, "\u202f");
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countOf(count)} ${count === 1 ? one : many}`;
}

export function percentOf(part: number, whole: number): string {
  return whole === 0 ? "\u2013" : `${Math.floor((100 * part) / whole)}\u202f%`;
}

const OUTCOMES: Record<Result["outcome"], string> = {
  opened: "Opened",
  updated: "Updated",
  "no-changes": "Nothing to change",
  "needs-input": "Waits for an answer",
  ignored: "Ignored",
  denied: "Not permitted",
  duplicate: "Taken care of elsewhere",
  cancelled: "Cancelled",
  failed: "Failed",
};

/** How a task ended, in a few words. */
export function outcomeWords({ outcome, failure }: Pick<Result, "outcome" | "failure">): string {
  return outcome === "failed" && failure ? FAILURES[failure].title : OUTCOMES[outcome];
}
