import { createHash } from "node:crypto";
import { encodedForms } from "./encoded-forms.ts";
import { withoutTerminalSequences } from "./log-lines.ts";
import { PRIVATE_KEY_BEGIN, SECRET_PATTERNS } from "./secret-patterns.ts";

/** What stands where a secret stood. */
const HIDDEN = "***";
// Shorter ones would blot out ordinary words, and protect nothing.
const SHORTEST_SECRET = 6;

/** Knows the secrets of a run, and hides them, in all their encodings, from every text that leaves it. */
export interface Redactor {
  /** Hides this value from now on; shorter than 6 characters it is ignored. */
  add(secret: string): void;
  /** The text with `***` for every secret: the added ones and those of a well-known shape. */
  redact(text: string): string;
  /** Where a content (as it would be pushed) holds a secret; never the secret itself. */
  find(content: string | Uint8Array): FoundSecret[];
}

export interface FoundSecret {
  kind: string;
  /** From 1. */
  line: number;
  /** Hash of a secret of a well-known shape, by which it is known again elsewhere; `null` for one of this run. */
  digest: string | null;
}

export function createRedactor(): Redactor {
  let forms: string[] = [];
  return {
    add(secret) {
      const value = secret.trim();
      if (value.length < SHORTEST_SECRET) return;
      forms = [...new Set([...forms, ...encodedForms(value)])].sort((a, b) => b.length - a.length);
    },
    redact(text) {
      const bare = withoutTerminalSequences(text);
      const hidden = hideShapes(hideForms(bare, forms));
      // A colour may begin inside of a secret: a line that holds one loses its colours.
      return hidden === bare ? text : hidden;
    },
    find(content) {
      const text = Buffer.from(content).toString("latin1");
      return [...findForms(text, forms), ...findShapes(text)];
    },
  };
}

/**
 * Redacts text that comes line by line, in order: a private key's lines are hidden although only its first line can be
 * recognised by itself.
 */
export function createLineRedactor(redact: (text: string) => string): (line: string) => string {
  let insideKey = false;
  return (line) => {
    if (PRIVATE_KEY_BEGIN.test(line)) {
      insideKey = !line.includes("-----END");
      return redact(line).replace(/-----BEGIN.*/, HIDDEN);
    }
    if (!insideKey) return redact(line);
    insideKey = isKeyMaterial(line);
    return insideKey || line.includes("-----END") ? HIDDEN : redact(line);
  };
}

/** A line of base64, a header, or the empty line between them. */
function isKeyMaterial(line: string): boolean {
  return /^\s*(?:[A-Za-z0-9+/=]*|(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset): .*)\s*$/.test(line);
}

function hideForms(text: string, forms: string[]): string {
  return forms.reduce((hidden, form) => hidden.replaceAll(form, HIDDEN), text);
}

function hideShapes(text: string): string {
  return SECRET_PATTERNS.reduce((hidden, { pattern }) => hidden.replace(pattern, HIDDEN), text);
}

/** In bytes (as latin-1), since a blob need not be UTF-8; the first place is enough to refuse it. */
function findForms(bytes: string, forms: string[]): FoundSecret[] {
  const places = forms.map((form) => bytes.indexOf(Buffer.from(form).toString("latin1")));
  const first = Math.min(...places.filter((place) => place >= 0));
  return Number.isFinite(first)
    ? [{ kind: "secret of this run", line: lineAt(bytes, first), digest: null }]
    : [];
}

function findShapes(text: string): FoundSecret[] {
  return SECRET_PATTERNS.flatMap(({ kind, pattern }) =>
    [...text.matchAll(pattern)]
      .filter(([match]) => !isPlaceholder(match))
      .map((match) => ({ kind, line: lineAt(text, match.index), digest: digestOf(match[0]) })),
  );
}

/** What documentation and tests write where a secret would stand: `AKIAIOSFODNN7EXAMPLE`, `ghp_xxxxxxxx…`. */
function isPlaceholder(match: string): boolean {
  const [body = ""] = match.split(/[_-]/).slice(-1);
  return /EXAMPLE/i.test(match) || new Set(body.length < 16 ? match : body).size < 8;
}

function digestOf(secret: string): string {
  return createHash("sha256").update(secret, "latin1").digest("hex");
}

function lineAt(text: string, place: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < place; at = text.indexOf("\n", at + 1)) line++;
  return line;
}
