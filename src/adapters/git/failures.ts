import { TaskFailure } from "../../failure.ts";
import { inlineCode } from "../../harmless.ts";
import type { FailureCode } from "../../task.ts";
import type { GitEnd } from "./git-process.ts";

type Refusal = [FailureCode, string];

/**
 * What a failed command of ours means. Git gives one exit status for everything that can go wrong with a server, so the
 * HTTP status in its message (in the C locale) is the only thing to go by: the number, not the words around it.
 */
export function gitFailure(args: string[], end: GitEnd, access: "read" | "write" = "read"): TaskFailure {
  const status = httpStatus(end.stderr);
  const [code, detail] = refusal(status, access) ?? [
    "git-failed",
    `\`git ${args[0]}\` ended with status ${end.status}${status ? ` (HTTP ${status})` : ""}.`,
  ];
  return new TaskFailure(code, detail, { quote: lastWords(end.stderr) });
}

/** The HTTP status that git was refused with; `null` where it met none. */
export function httpStatus(stderr: string): number | null {
  const number = /^(?:fatal|error): .* returned error: (\d{3})$/m.exec(stderr)?.[1];
  if (number) return Number(number);
  // For these two git has words of its own in place of the number.
  if (/^fatal: (?:could not read (?:Username|Password) for|Authentication failed for) /m.test(stderr))
    return 401;
  if (/^fatal: repository '.*' not found$/m.test(stderr)) return 404;
  return null;
}

function refusal(status: number | null, access: "read" | "write"): Refusal | null {
  if (status === 401) return ["bad-credentials", "The git server does not accept the token (HTTP 401)."];
  if (status === 403) {
    return [
      "missing-permission",
      `The token may not ${access} the target: it needs \`contents: ${access}\` (HTTP 403).`,
    ];
  }
  if (status === 404)
    return [
      "target-not-found",
      "The git server knows no such repository, or hides it from the token (HTTP 404).",
    ];
  if (status === 429) return ["rate-limited", "The git server wants fewer requests (HTTP 429)."];
  if (status !== null && status >= 300 && status < 400) {
    const why = "a redirect is not followed, since it could take the token to another server";
    return ["target-not-found", `The repository has moved (HTTP ${status}): ${why}.`];
  }
  return null;
}

/** GitHub's stable codes for a refused push. They come in the server's messages and nowhere else. */
const REMOTE_CODES: [RegExp, FailureCode, string][] = [
  [/\bGH001\b/, "too-large", "A file is larger than GitHub takes."],
  [/\bGH009\b|Push cannot contain secrets/, "secret-found", "GitHub's push protection found a secret."],
  [/\bGH00[36]\b|\bGH013\b/, "branch-protected", "A rule of the target repository refuses the push."],
];

/**
 * What it means that the server refused a ref. `reason` is what it said beside the ref; git has no code for it, and
 * GitHub has none for workflow files.
 */
export function rejection(ref: string, reason: string, stderr: string): TaskFailure {
  const quote = { quote: [reason, lastWords(stderr)].filter(Boolean).join("\n") };
  if (/\bworkflows?\b.*\bwithout\b.*\bworkflows?\b/.test(reason)) {
    return new TaskFailure(
      "workflow-permission",
      "The push changes a workflow file, which the token may not.",
      quote,
    );
  }
  const known = REMOTE_CODES.find(([pattern]) => pattern.test(stderr) || pattern.test(reason));
  if (known) return new TaskFailure(known[1], known[2], quote);
  return new TaskFailure("push-rejected", `The server refused to update ${inlineCode(ref)}.`, quote);
}

function lastWords(stderr: string): string {
  const lines = stderr.split(/[\r\n]+/).map((line) => line.trimEnd());
  return lines
    .filter((line) => line !== "" && !line.startsWith("hint:"))
    .slice(-12)
    .join("\n");
}
