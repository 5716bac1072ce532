/**
 * The backend's two rules as its Python reads them: with every Unicode space and digit, and with the letters that
 * Python takes for an `i` or an `s` where case does not matter. At least as greedy as the original.
 */
const SPACE = String.raw`[\s\x1c-\x1f\x85]`;
const METADATA = new RegExp(`<!--${SPACE}*agent_task_metadata${SPACE}+(.*?)${SPACE}*-->`, "su");
const CLOSES = new RegExp(`(?:f[iıİ]xe[sſ]|clo[sſ]e[sſ]|re[sſ]olve[sſ])${SPACE}+#(\\p{Nd}+)`, "giu");

/** The JSON of the first comment that looks like one at all; `null` if nothing does. */
export function metadataSeenByBackend(body: string): string | null {
  return METADATA.exec(body)?.[1] ?? null;
}

/** The issue numbers after closing keywords, as written. */
export function issuesSeenByBackend(body: string): string[] {
  return [...body.matchAll(CLOSES)].map(([, number = ""]) => number);
}
