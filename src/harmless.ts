/**
 * Text from outside, made harmless for GitHub. Whatever would act (a reference, a mention, a closing keyword's number, a tag, a
 * trailer, …) gets an invisible WORD JOINER behind its first character: people read the same, and nothing that
 * searches the text finds it, in words and in code as well.
 */
import { fence, longestRun, settleFences } from "./fences.ts";
import { BREAK, showInvisible } from "./invisible.ts";

/** Each pattern ends where the text is broken. */
const ACTING: RegExp[] = [
  // HTML tags and comments, hence metadata comments and our own markers; `<https://…>` is only a link.
  /<(?!https?:\/\/)(?=[a-z/!?])/giu,
  // Character references, which write the others in disguise: `&#64;`, `&commat;`, `&num;`.
  /&(?=#|[a-z][a-z0-9]{1,40};)/giu,
  // Mentions of people and teams.
  /@(?=[\p{L}\p{N}_])/gu,
  // References, and so closing keywords before them: `#5` with any digit there is or will be, `GH-5`, and a thread's URL.
  /#(?=[\p{N}\p{Cn}])/gu,
  /GH\\?-(?=\p{N})/giu,
  /\/(?:issues|pull|pulls|discussions)\\?\/(?=[\p{N}%])/giu,
  // Images are loaded when the page is seen, and tell of it.
  /!(?=\[)/gu,
  // Definitions change links elsewhere, and take the next line for their title.
  /\](?=:)/gu,
  // Trailers of commits (a squash makes the body a message), `skip-checks:` among them.
  /^[^\p{L}\p{N}\n]*[a-z0-9]+(?:-[a-z0-9]+)+[^\S\n]*(?=:)/gimu,
  /\[(?=\s*(?:skip|no|ci|actions)\b)/giu,
  // Chat commands of ours and of other bots.
  /^[^\S\n]*\/(?=[a-z])/gimu,
];

/** The text with nothing in it that acts or hides, its Markdown otherwise as it was. Doing it twice changes nothing. */
export function harmlessText(text: string): string {
  const shown = showInvisible(text.replaceAll(BREAK, "").replace(/\r\n?/g, "\n"));
  return ACTING.reduce((broken, pattern) => broken.replace(pattern, `$&${BREAK}`), shown);
}

/** Markdown from outside, still rendered, that can neither act nor swallow what follows; at most `maxLength` characters. */
export function harmlessMarkdown(text: string, { maxLength }: { maxLength: number }): string {
  const whole = settleFences(harmlessText(text).trim());
  if (whole.length <= maxLength) return whole;
  const start = takeStart(whole, maxLength - ROOM_FOR_THE_END).trimEnd();
  return `${settleFences(start)}\n\n…`;
}

/** A line from outside: a title, a note; at most `maxLength` characters. */
export function harmlessLine(text: string, maxLength: number): string {
  return cutText(harmlessText(text.replace(/\s+/gu, " ").trim()), maxLength);
}

/** The text letter by letter, in a quotation that it cannot leave. */
export function quoteText(text: string): string {
  return fence(harmlessText(text), "text").replace(/^/gm, "> ");
}

/** A name from outside (a branch, a path, a model) as code within a line. */
export function inlineCode(text: string): string {
  const line = harmlessLine(text, 300);
  const marks = "`".repeat(longestRun(line) + 1);
  // A space keeps a backtick at the edge apart from ours, and a span from being empty; Markdown takes one off each side.
  const edge = line === "" || /^[` ]|[` ]$/.test(line) ? " " : "";
  return `${marks}${edge}${line}${edge}${marks}`;
}

/** A git path (bytes as latin-1) for people, as code within a line. */
export function showPath(path: string): string {
  return inlineCode(Buffer.from(path, "latin1").toString("utf8"));
}

/** At most `maxLength` UTF-16 units, ended by `…` where it was longer. */
export function cutText(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${takeStart(text, maxLength - 1)}…`;
}

/** The first `length` UTF-16 units, or one less where that would halve a code point. */
export function takeStart(text: string, length: number): string {
  return text.slice(0, Math.max(0, length)).replace(/[\ud800-\udbff]$/, "");
}

/** For the `…`, and for the end of a fence that the cut left open. */
const ROOM_FOR_THE_END = 40;
