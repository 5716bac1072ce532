/** What GitHub says: answers as values, refusals as one error that carries an answer. */

export interface Answer {
  status: number;
  headers: Record<string, string>;
  /** A JSON value, or `undefined` where the answer has no body. */
  body: unknown;
}

const DOCS = "https://docs.github.com/rest";

export function ok(body: unknown, headers: Record<string, string> = {}): Answer {
  return { status: 200, headers, body };
}

export function created(body: unknown, headers: Record<string, string> = {}): Answer {
  return { status: 201, headers, body };
}

export function noContent(): Answer {
  return { status: 204, headers: {}, body: undefined };
}

/** Thrown by routes; the pipeline turns it into GitHub's error answer. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(status: number, message: string, extra: Record<string, unknown> = {}, headers = {}) {
    super(message);
    this.answer = {
      status,
      headers,
      body: { message, ...extra, documentation_url: DOCS, status: String(status) },
    };
  }
}

export function notFound(): Refusal {
  return new Refusal(404, "Not Found");
}

export interface FieldError {
  resource: string;
  code: string;
  field?: string;
  message?: string;
}

/** GitHub's 422 with its `errors` array. */
export function invalid(...errors: FieldError[]): Refusal {
  return new Refusal(422, "Validation Failed", { errors });
}

/** GitHub's 422 with a message alone, as the git database answers. */
export function unprocessable(message: string): Refusal {
  return new Refusal(422, message);
}

/** GitHub's text for a forbidden call depends on the kind of credential. */
export function inaccessible(kind: string, headers: Record<string, string>): Refusal {
  if (kind === "classic") return new Refusal(403, "Must have admin rights to Repository.", {}, headers);
  const by = kind === "fine-grained" ? "personal access token" : "integration";
  return new Refusal(403, `Resource not accessible by ${by}`, {}, headers);
}
