import { TaskFailure } from "../../failure.ts";
import type { DiffBlock } from "../../ports.ts";
import { namesOfGitHeader, unquotePath } from "./patch-paths.ts";

/** What a diff says of one file, by its own headers and hunks. */
export interface PatchSection {
  /** Line of the instruction on which it begins. */
  line: number;
  /** Paths as the diff has them, without `a/` and `b/`; `null` stands for `/dev/null`. */
  oldPath: string | null;
  newPath: string | null;
  /** Paths of a rename or copy. */
  moved: { from?: string; to?: string };
  added: number;
  deleted: number;
  /** First line of each hunk in the old file → line of the instruction. */
  hunks: Map<number, number>;
  /** Indices of the lines (in the block) that belong to its hunks. */
  body: Set<number>;
}

export interface PatchBlock {
  /** 1 for the first diff of the instruction. */
  number: number;
  line: number;
  lines: string[];
  sections: PatchSection[];
  /** How many leading folders `git apply` is to take off the paths: 0 for a diff without `a/` and `b/`. */
  strip: 0 | 1;
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;
const PREFIXED = /^[abciow]\//;

/**
 * Reads what a diff touches, and throws `patch-failed` for one of which `git apply` would silently take only a part: hunk headers
 * without numbers, hunks that are longer or shorter than their headers say, nothing at all.
 */
export function readPatchBlock({ text, line }: DiffBlock, number: number): PatchBlock {
  const reader = new SectionReader(number, line);
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const [index, raw] of lines.entries())
    reader.read(raw.replace(/\r$/, ""), lines[index + 1] ?? "", index);
  const sections = reader.finish();
  const names = sections
    .flatMap(({ oldPath, newPath }) => [oldPath, newPath])
    .filter((name) => name !== null);
  const strip = names.every((name) => PREFIXED.test(name)) ? 1 : 0;
  for (const section of sections) settlePaths(section, strip);
  return { number, line, lines, sections, strip };
}

class SectionReader {
  readonly #number: number;
  readonly #firstLine: number;
  readonly #sections: PatchSection[] = [];
  #section: PatchSection | null = null;
  #hasNames = false;
  /** Lines of the open hunk that are still to come; `null` outside of hunks. */
  #left: { old: number; new: number } | null = null;
  #afterHunk = false;
  #index = 0;

  constructor(number: number, firstLine: number) {
    this.#number = number;
    this.#firstLine = firstLine;
  }

  read(line: string, next: string, index: number): void {
    this.#index = index;
    if (this.#left && this.#section) this.#readInHunk(line, this.#section, this.#left);
    else this.#readOutside(line, next);
  }

  finish(): PatchSection[] {
    if (this.#left) this.#fail("its last hunk is shorter than its header says");
    if (this.#sections.length === 0)
      this.#fail("it holds no diff: there is no `---` and `+++`, and no `diff --git`");
    return this.#sections;
  }

  #readInHunk(line: string, section: PatchSection, left: { old: number; new: number }): void {
    const kind = line.charAt(0) || " ";
    section.body.add(this.#index);
    if (kind === "\\") return;
    if (kind !== " " && kind !== "+" && kind !== "-")
      this.#fail("the hunk before it is shorter than its header says");
    if (kind !== "+") left.old -= 1;
    if (kind !== "-") left.new -= 1;
    if (kind === "+") section.added += 1;
    if (kind === "-") section.deleted += 1;
    if (left.old < 0 || left.new < 0) this.#fail("the hunk has other lines than its header says");
    if (left.old === 0 && left.new === 0) this.#endHunk();
  }

  #endHunk(): void {
    this.#left = null;
    this.#afterHunk = true;
  }

  #readOutside(line: string, next: string): void {
    const moved = /^(?:rename|copy) (from|to) (.+)$/.exec(line);
    if (line.startsWith("diff --git ")) this.#begin(namesOfGitHeader(line));
    else if (line.startsWith("--- ") && next.startsWith("+++ ")) this.#name("oldPath", line.slice(4));
    else if (line.startsWith("+++ ") && this.#section) this.#name("newPath", line.slice(4));
    else if (moved && this.#section)
      this.#section.moved[moved[1] as "from" | "to"] = unquotePath(moved[2] ?? "");
    else if (line.startsWith("@@")) this.#beginHunk(line);
    else if (this.#afterHunk && line.startsWith("\\")) this.#section?.body.add(this.#index);
    else if (this.#afterHunk && /^(?:[+ ]|-(?!- ?$))/.test(line))
      this.#fail("the hunk before it is longer than its header says");
    else if (line !== "") this.#afterHunk = false;
  }

  #begin([oldPath, newPath]: [string | null, string | null]): PatchSection {
    const line = this.#firstLine + this.#index;
    this.#section = {
      line,
      oldPath,
      newPath,
      moved: {},
      added: 0,
      deleted: 0,
      hunks: new Map(),
      body: new Set(),
    };
    this.#sections.push(this.#section);
    this.#hasNames = false;
    this.#afterHunk = false;
    return this.#section;
  }

  #name(side: "oldPath" | "newPath", text: string): void {
    const fresh = side === "oldPath" && (this.#section === null || this.#hasNames);
    const section = fresh || !this.#section ? this.#begin([null, null]) : this.#section;
    const name = unquotePath(text.replace(/\t.*$/, ""));
    section[side] = name === "/dev/null" ? null : name;
    this.#hasNames = true;
    this.#afterHunk = false;
  }

  #beginHunk(line: string): void {
    const numbers = HUNK.exec(line);
    if (!numbers) this.#fail("its `@@` has no line numbers (`@@ -1,4 +1,5 @@`)");
    if (!this.#section || !this.#hasNames) this.#fail("it begins a hunk without a file's `---` and `+++`");
    this.#section.hunks.set(Number(numbers[1]), this.#firstLine + this.#index);
    this.#left = { old: Number(numbers[2] ?? 1), new: Number(numbers[4] ?? 1) };
    if (this.#left.old === 0 && this.#left.new === 0) this.#fail("the hunk's header says that it is empty");
  }

  #fail(why: string): never {
    const line = this.#firstLine + this.#index;
    throw new TaskFailure(
      "patch-failed",
      `Diff ${this.#number} cannot be read at line ${line} of the instruction: ${why}.`,
    );
  }
}

function settlePaths(section: PatchSection, strip: 0 | 1): void {
  const cut = (name: string | null) => (name && strip === 1 ? name.slice(2) : name);
  section.oldPath = section.moved.from ?? cut(section.oldPath);
  section.newPath = section.moved.to ?? cut(section.newPath);
}
