/** What would be pushed, as an approver sees it: words and diff. Whoever judges it asks here whether all of it can be seen. */
import { fence } from "../fences.ts";
import { harmlessText, quoteText } from "../harmless.ts";
import { commitMessage, pullRequestTitle } from "../naming.ts";
import { fitText } from "../report/fit.ts";
import { blocks } from "../report/markdown.ts";
import type { StepResult, Task } from "../task.ts";

/** Bytes; with all else that an approver's page may hold, it stays below 128 KiB. */
const DIFF_ROOM = 64_000;
const WORDS_ROOM = 10_000;

/** A proposal's work as the approver's page shows it (Markdown). */
export interface ShownWork {
  /** Title and commit message; `null` where the work is refused: they may be why. */
  words: string | null;
  /** `null` where there is no patch, or nobody may see it. */
  diff: string | null;
}

/** A part of the approver's page (Markdown), and whether it shows all that it is about. */
export interface Shown {
  text: string;
  isWhole: boolean;
}

/** A patch as far as the page has room for it. */
export function showDiff(patch: Uint8Array): Shown {
  // A carriage return within a line would show its end as a line of its own, which could pass for an unchanged or a deleted one.
  const text = new TextDecoder().decode(patch).replaceAll("\r\n", "\n").replaceAll("\r", String.raw`\u{d}`);
  return show(text, DIFF_ROOM, (part, isCut) =>
    blocks(
      fence(harmlessText(part), "diff"),
      isCut ? "_The diff was too long and is cut here: `proposal.patch` has all of it._" : null,
    ),
  );
}

/**
 * The commit's message and the pull request's title as `act` will make them, unless its own inputs say otherwise: these are the
 * workflow's, and not known here.
 */
export function showWords(task: Task, result: StepResult): Shown {
  const wording = { task, result, input: null };
  return show(commitMessage(wording), WORDS_ROOM, (part, isCut) =>
    blocks(
      "The pull request's title:",
      quoteText(pullRequestTitle(wording)),
      "The commit's message:",
      quoteText(part),
      isCut ? "_The message was too long and is cut here: `investigation-report.json` has all of it._" : null,
      "_Where the workflow gives `act` a `pr-title` or a `commit-message`, that is taken instead._",
    ),
  );
}

function show(text: string, room: number, render: (part: string, isCut: boolean) => string): Shown {
  let isWhole = true;
  const shown = fitText(text, room, (part, isCut) => {
    isWhole = !isCut;
    return render(part, isCut);
  });
  return { text: shown, isWhole };
}
