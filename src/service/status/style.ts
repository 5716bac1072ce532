/** The page's style sheet; a route of its own, since the page's policy allows no style inside it. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf6;
  --ink: #1e1c18;
  --soft: #655f55;
  --line: #dfdacd;
  --range: #978f7a;
  --accent: #12586b;
  --success: #4d8767;
  --failure: #b03a2e;
  --failure-ink: #a02d22;
  --open: #94701f;
  --figures: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", "URW Palladio L", "Liberation Serif", Georgia, serif;
  --words: system-ui, -apple-system, "Segoe UI", Lato, "Liberation Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #171613;
    --ink: #e9e5da;
    --soft: #a49d8f;
    --line: #35322b;
    --range: #6e685a;
    --accent: #86c5d4;
    --success: #5f9f7b;
    --failure: #d0675b;
    --failure-ink: #f0958a;
    --open: #d9b15f;
  }
}
* { box-sizing: border-box; margin: 0; }
body {
  max-width: 70rem;
  margin: 0 auto;
  padding: 1.75rem clamp(1rem, 4vw, 2.5rem) 2.5rem;
  background: var(--paper);
  color: var(--ink);
  font: 0.875rem/1.45 var(--words);
  font-variant-numeric: tabular-nums;
}
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 0.2em; text-decoration-color: color-mix(in srgb, currentColor 40%, transparent); }
a:hover { text-decoration-color: currentColor; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 1px; }
small { font-size: 1rem; }

header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.2rem 0.9rem; padding-bottom: 0.9rem; border-bottom: 3px double var(--line); }
h1 { font: 400 1.6rem/1.2 var(--figures); letter-spacing: -0.01em; }
.watched { color: var(--soft); }
#connection { margin-left: auto; color: var(--soft); }
#connection[data-state]::before { content: ""; display: inline-block; width: 0.5em; height: 0.5em; margin-right: 0.5em; border-radius: 50%; background: var(--failure); vertical-align: 0.1em; }
#connection[data-state="live"]::before { background: var(--success); animation: breathe 4s ease-in-out infinite; }
@keyframes breathe { 50% { opacity: 0.35; } }

main { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.9rem 3rem; }
.summary { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
h2, figcaption .name, dt { font: 600 0.75rem/1.4 var(--words); letter-spacing: 0.04em; color: var(--soft); }
.value { font: 400 1.9rem/1.15 var(--figures); letter-spacing: -0.015em; font-variant-numeric: lining-nums tabular-nums; }
.note, .more, .nothing, .axis, .hint, footer { color: var(--soft); }

.figures { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.1rem 0; padding-top: 1.1rem; }
.figures > div { padding: 0 1rem; border-left: 1px solid var(--line); }
.figures > div:nth-child(odd) { padding-left: 0; border-left: 0; }
.figures dd { padding: 0; }
.bar { margin-top: 0.4rem; line-height: 0; }
.bar svg { width: 100%; max-width: 12rem; height: 3px; fill: var(--line); }
.bar .left { fill: var(--success); }
.bar.low .left, .bar.spent .left { fill: var(--failure); }

h2 { padding-bottom: 0.35rem; border-bottom: 1px solid var(--ink); color: var(--ink); }
table { width: 100%; border-collapse: collapse; }
bdi { overflow-wrap: anywhere; }
th, td { padding: 0.5rem 0.9rem 0.5rem 0; text-align: left; vertical-align: baseline; font-weight: 400; border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
thead th { padding-block: 0.3rem; font-size: 0.75rem; color: var(--soft); }
.number { text-align: right; white-space: nowrap; }
.again, .priority { color: var(--soft); white-space: nowrap; }
.nothing, .more { padding-top: 0.5rem; }
.running td:nth-child(2) { white-space: nowrap; }
.steps { display: block; width: 5.25rem; height: 0.3rem; margin-top: 0.35rem; }
.steps .done { fill: var(--soft); }
.steps .current { fill: var(--accent); }
.steps .ahead { fill: var(--line); }
.end::before { content: ""; display: inline-block; width: 0.5em; height: 0.5em; margin-right: 0.5em; border-radius: 50%; background: var(--soft); }
.end.success::before { background: var(--success); }
.end.failure::before { background: var(--failure); border-radius: 0; }
.end.open::before { background: none; border: 2px solid var(--open); }
.failure.end, strong.failure { color: var(--failure-ink); font-weight: 400; }

.history { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem 3rem; }
.history h2 { grid-column: 1 / -1; }
figcaption { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.75rem; padding-bottom: 0.5rem; }
figcaption .value { font-size: 1.5rem; }
.plot { display: block; width: 100%; height: 4.5rem; overflow: visible; }
.plot .success { fill: var(--success); }
.plot .failure { fill: var(--failure); }
.plot .range { fill: var(--range); }
.plot .median { fill: var(--accent); }
.top { margin-left: auto; color: var(--soft); font-size: 0.75rem; }
.grid { fill: none; stroke: var(--line); stroke-width: 1px; vector-effect: non-scaling-stroke; }
.axis { display: flex; justify-content: space-between; padding-top: 0.3rem; font-size: 0.75rem; }
footer { margin-top: 1.9rem; padding-top: 0.7rem; border-top: 1px solid var(--line); font-size: 0.8125rem; }

.login { max-width: 22rem; margin: 12vh auto 0; gap: 1.25rem; }
.login form { display: grid; gap: 0.5rem; }
input, button { padding: 0.5rem 0.7rem; border: 1px solid var(--soft); border-radius: 2px; background: transparent; color: inherit; font: inherit; }
button { background: var(--accent); border-color: var(--accent); color: var(--paper); cursor: pointer; }
#wrong { color: var(--failure-ink); }

@media (min-width: 44rem) {
  main { grid-template-columns: minmax(0, 7fr) minmax(0, 5fr); }
  main > .figures, main > .history, main > .results, main > .summary { grid-column: 1 / -1; }
  .login { grid-template-columns: none; }
  .figures { grid-template-columns: repeat(4, minmax(0, 1fr)); }
  .figures > div:nth-child(n + 2) { padding-left: 1.25rem; border-left: 1px solid var(--line); }
  .history { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .results td { white-space: nowrap; }
}
@media (max-width: 43.99rem) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody { display: block; }
  tbody tr { display: flex; flex-wrap: wrap; gap: 0.15rem 0.9rem; padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
  tbody th, tbody td { padding: 0; border: 0; }
  tbody th { flex: 0 0 100%; }
  tbody td:nth-child(2) { flex: 1; color: var(--soft); }
  .results td:nth-child(2) { flex-basis: 100%; }
  .results td:nth-child(3) { flex: 1; text-align: left; color: var(--soft); }
  .results td:nth-child(3)::before { content: "took "; }
  .results td:nth-child(4)::after { content: " ago"; }
}
@media (prefers-reduced-motion: reduce) { *, ::before { animation: none !important; } }
`;

/** The page's icon. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="2" fill="#12586b"/><path d="M4 11V8m4 3V4m4 7V6" stroke="#fbfaf6" stroke-width="2"/></svg>
`;
