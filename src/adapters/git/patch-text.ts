import { TaskFailure } from "../../failure.ts";
import { inlineCode } from "../../harmless.ts";
import type { PatchBlock, PatchSection } from "./patch-sections.ts";

/** The diff as its author had it: GitHub's web form ends every line of an issue with CRLF, whatever was pasted. */
export function plainText({ lines }: PatchBlock): string {
  const fromWebForm = lines.every((line) => line.endsWith("\r"));
  return joinLines(fromWebForm ? lines.map((line) => line.slice(0, -1)) : lines);
}

/** The diff with the line ends of the files that it changes. */
export function fittingText(
  { lines, sections }: PatchBlock,
  hasCrlf: (section: PatchSection) => boolean,
): string {
  const crlfLines = new Set(sections.filter(hasCrlf).flatMap(({ body }) => [...body]));
  return joinLines(
    lines.map((line, index) => {
      const bare = line.replace(/\r$/, "");
      // A line that is followed by "\ No newline at end of file" has no line end at all.
      const isWhole = !bare.startsWith("\\") && !lines[index + 1]?.startsWith("\\");
      return crlfLines.has(index) && isWhole ? `${bare}\r` : bare;
    }),
  );
}

/** Compares what git made of the diffs (`--numstat -z`) with what they say themselves; throws `patch-failed` where it differs. */
export function checkCounts(blocks: PatchBlock[], numstat: Buffer): void {
  const counted = numstat
    .toString("latin1")
    .split("\0")
    .filter(Boolean)
    .map((entry) => entry.split("\t"));
  const sections = blocks.flatMap((block) => block.sections.map((section) => ({ block, section })));
  for (const [index, { block, section }] of sections.entries()) {
    const [added, deleted] = counted[index] ?? [];
    const isBinary = added === "-";
    if (isBinary || (Number(added) === section.added && Number(deleted) === section.deleted)) continue;
    throw patchFailure(block, section, section.line, "git reads less in it than it says");
  }
  if (counted.length !== sections.length && blocks[0]) {
    throw patchFailure(blocks[0], null, blocks[0].line, "git reads more files in it than it names");
  }
}

/** What to tell of a diff that git refused, with git's own message. */
export function refusedPatch(block: PatchBlock, stderr: string): TaskFailure {
  const section = block.sections.find(({ oldPath, newPath }) =>
    [oldPath, newPath].some((path) => path !== null && isNamed(stderr, path)),
  );
  const hunk = section?.hunks.get(Number(/^error: patch failed: .*:(\d+)$/m.exec(stderr)?.[1]));
  const offset = /^error: .*(?:at line |<stdin>:)(\d+)/m.exec(stderr)?.[1];
  const line = hunk ?? (offset ? block.line + Number(offset) - 1 : (section?.line ?? block.line));
  const words = stderr.split("\n").filter((said) => !/^(?:Checking patch|Hunk #\d|Applied patch)/.test(said));
  return patchFailure(block, section ?? null, line, "git refuses it", words.join("\n"));
}

function isNamed(stderr: string, path: string): boolean {
  return stderr.includes(` ${path}:`) || stderr.includes(`'${path}'`);
}

function patchFailure(
  block: PatchBlock,
  section: PatchSection | null,
  line: number,
  why: string,
  quote = "",
): TaskFailure {
  const path = section?.newPath ?? section?.oldPath;
  const file = path ? ` (${inlineCode(path)})` : "";
  const detail = `Diff ${block.number} does not apply at line ${line} of the instruction${file}: ${why}.`;
  return new TaskFailure("patch-failed", detail, { quote });
}

function joinLines(lines: string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
