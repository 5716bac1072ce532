import { z } from "zod";
import { TaskFailure } from "../../failure.ts";
import type { FailureCode } from "../../task.ts";
import type { Answer, HeaderValue } from "./exchange.ts";

interface FieldError {
  field?: string | undefined;
  /** `missing`, `missing_field`, `invalid`, `already_exists`, `unprocessable` or `custom`. */
  code?: string | undefined;
  message?: string | undefined;
}

const fieldErrorShape: z.ZodType<FieldError> = z.union([
  z.string().transform((message) => ({ message })),
  z.object({ field: z.string(), code: z.string(), message: z.string() }).partial(),
]);

const refusalShape = z.object({
  message: z.string().catch(""),
  documentation_url: z.string().catch(""),
  errors: z.array(fieldErrorShape).catch([]),
});

/** The body of GitHub's refusals, its missing parts empty. */
export type Refusal = z.output<typeof refusalShape>;

/** Reads a refusal's body, whatever came. */
export function asRefusal(body: unknown): Refusal {
  const parsed = refusalShape.safeParse(body);
  return parsed.success ? parsed.data : { message: "", documentation_url: "", errors: [] };
}

/** What a call is, for the words of its failures. */
export interface CallInWords {
  /** What it does: `create a comment on owner/name#12`. */
  what: string;
  /** The least permission it takes, as a workflow spells it: `issues: write`. */
  needs: string;
  /** What a 404 means for a person. */
  missing: FailureCode;
}

/**
 * Refusals that GitHub tells apart by nothing but their text: same status, no code. Only the heading that a person reads
 * hangs on it: any other text is a `missing-permission`, with GitHub's words beside it.
 */
const FORBIDDEN_BY_TEXT: { text: RegExp; code: FailureCode }[] = [
  { text: /not permitted to create or approve pull requests/i, code: "pull-requests-not-allowed" },
  { text: /\barchived\b/i, code: "target-archived" },
];

/** The failure that an answer with a status outside 2xx stands for; GitHub's own words are its quote. */
export function failureOf(call: CallInWords, answer: Answer): TaskFailure {
  const { code, detail } = explain(call, answer);
  return new TaskFailure(code, detail, { quote: wordsOf(answer) });
}

function explain(call: CallInWords, answer: Answer): { code: FailureCode; detail: string } {
  const { status } = answer;
  const detail = `Could not ${call.what}: GitHub answered ${status}.`;
  if (status === 401) return { code: "bad-credentials", detail };
  if (status === 403) return forbidden(call, answer, detail);
  if (status === 404 || status === 410) {
    const hint = `It is not there, or the token cannot see it: the call takes \`${call.needs}\`.`;
    return { code: call.missing, detail: `${detail} ${hint}` };
  }
  if (status > 404 && status < 500) return { code: "github-refused", detail };
  return { code: "github-unavailable", detail: `${detail}${requestId(answer)}` };
}

function forbidden(call: CallInWords, { headers, body }: Answer, detail: string) {
  const { message } = asRefusal(body);
  const row = FORBIDDEN_BY_TEXT.find(({ text }) => text.test(message));
  if (row) return { code: row.code, detail };
  const permission = permissionsIn(headers["x-accepted-github-permissions"]) || `\`${call.needs}\``;
  const scopes = codeList(headers["x-accepted-oauth-scopes"]);
  const scope = scopes ? ` (a classic token: the scope ${scopes})` : "";
  const authorise = /url=([^\s;>]+)/.exec(String(headers["x-github-sso"]))?.[1];
  const sso = authorise
    ? ` The organisation wants the token authorised for single sign-on: <${authorise}>.`
    : "";
  return { code: "missing-permission" as const, detail: `${detail} It takes ${permission}${scope}.${sso}` };
}

/** Spells `issues=write,pull_requests=read; contents=read` as a workflow does; `;` separates alternatives. */
function permissionsIn(header: HeaderValue): string {
  return String(header ?? "")
    .split(";")
    .map((set) => codeList(set.replaceAll("=", ": ").replaceAll("_", "-"), " and "))
    .filter(Boolean)
    .join(", or ");
}

function codeList(header: HeaderValue, glue = ", "): string {
  return String(header ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean)
    .map((name) => `\`${name}\``)
    .join(glue);
}

/** GitHub's message and each of its errors, on one line. */
function wordsOf({ body }: Answer): string {
  const { message, errors } = asRefusal(body);
  const details = errors.map(
    (error) => error.message ?? `${error.field ?? "a field"} is ${error.code ?? "invalid"}`,
  );
  return [message, ...details].filter(Boolean).join("; ").replace(/\s+/g, " ").slice(0, 1000);
}

/** What GitHub's support asks for, as a sentence after another one. */
export function requestId({ headers }: Answer): string {
  const id = headers["x-github-request-id"];
  return id === undefined ? "" : ` Its request id is \`${id}\`.`;
}
