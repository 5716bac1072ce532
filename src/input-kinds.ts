import { z } from "zod";
import { TaskFailure } from "./failure.ts";
import { inlineCode } from "./harmless.ts";
import { isRepositoryName, TRACE_ID } from "./identifiers.ts";
import type { Identity } from "./ports.ts";

/** How one input is read: its default as `action.yml` writes it, its parser, and what would fit, for the error. */
export interface Input<T> {
  fallback: string;
  schema: z.ZodType<T, string>;
  fits: string;
  secret: boolean;
}

export function input<T>(fallback: string, schema: z.ZodType<T, string>, fits: string): Input<T> {
  return { fallback, schema, fits, secret: false };
}

export const text = z.string().trim();
export const optionalText = text.transform((value) => value || null);
export const script = z.string().transform((value) => (value.trim() ? value : null));
export const flag = text
  .toLowerCase()
  .pipe(z.enum(["true", "false"]))
  .transform((value) => value === "true");
export const list = z.string().transform((value) => splitList(value, /[,\n\r]/));
export const globLines = z.string().transform((value) => splitList(value, /[\n\r]/));
export const names = list.pipe(z.array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]*(\[bot\])?$/)));
export const variables = list.pipe(z.array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/)));
export const count = text.regex(/^[1-9]\d{0,8}$/).transform(Number);
export const optionalCount = z.union([z.literal("").transform(() => null), count]);
export const minutes = text
  .regex(/^\d*\.?\d+$/)
  .transform(Number)
  .pipe(z.number().positive().max(1440));
export const unixUser = z.union([
  z.literal("").transform(() => null),
  text.regex(/^[a-z_][a-z0-9_-]{0,31}$/),
]);
export const image = z.union([
  z.literal("").transform(() => null),
  text.regex(/^[A-Za-z0-9][\w./:@-]{0,254}$/),
]);
const repository = text.refine(isRepositoryName);
export const optionalRepository = z.union([z.literal("").transform(() => null), repository]);
export const repositoryGlobs = list.pipe(z.array(z.string().regex(/^[A-Za-z0-9_*?-]+\/[A-Za-z0-9._*?-]+$/)));
const branch = text
  .regex(/^(?![-/.])(?!.*(?:\.\.|\/\/|\/\.|@\{|\.lock(?:\/|$)))[^\s\p{Cc}~^:?*[\\]+(?<![/.])$/u)
  .refine((value) => value !== "@" && !value.startsWith("refs/"));
export const optionalBranch = z.union([z.literal("").transform(() => null), branch]);
export const appId = z.union([z.literal("").transform(() => null), text.regex(/^(?:[1-9]\d*|Iv[\w.]+)$/)]);
export const optionalPath = z.union([
  z.literal("").transform(() => null),
  text.regex(/^(?!\/)(?!(?:.*\/)?\.\.?(?:\/|$))[^\n\r\\]{1,200}(?<!\/)$/),
]);
export const optionalTraceId = z.union([z.literal("").transform(() => null), text.regex(TRACE_ID)]);
/** Absolute, or from the folder that the process was started in; also for Windows. */
export const optionalFile = z.union([
  z.literal("").transform(() => null),
  text.regex(/^[^\p{Cc}]{1,1024}(?<![/\\])$/u),
]);
/** `null` lets tasks run; any other text than `true` is the reason why none may. */
export const switchedOff = text.transform((value) => {
  if (value.toLowerCase() === "false") return null;
  return value.toLowerCase() === "true" ? "" : value;
});
export const receiverUrl = z.union([
  z.literal("").transform(() => null),
  text
    .pipe(z.url())
    .transform((value) => new URL(value))
    .refine(isReceiverUrl),
]);
export const identity = text.regex(/^[^<>\n\r]*[^<>\s][^<>\n\r]*<[^<>\s]+>$/).transform((value): Identity => {
  const open = value.lastIndexOf("<");
  return { name: value.slice(0, open).trim(), email: value.slice(open + 1, -1) };
});

/** A table of inputs by name, in the order of its `action.yml`. */
export type InputTable = Record<string, Input<unknown>>;
export type InputNameOf<Table extends InputTable> = keyof Table & string;

type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** The values of a table's inputs, by camel-cased name: `allowed-targets` is `allowedTargets`. */
export type ValuesOf<Table extends InputTable> = {
  [Name in InputNameOf<Table> as CamelCase<Name>]: z.output<Table[Name]["schema"]>;
};

/**
 * Reads every input of a table; an empty value means its default, but for `token`, which GitHub fills in.
 * Throws `invalid-input` naming the input, the value (never a secret one) and what would fit.
 */
export function readInputs<Table extends InputTable>(
  table: Table,
  read: (name: InputNameOf<Table>) => string,
): ValuesOf<Table> {
  const entries = Object.entries(table).map(([name, definition]) => {
    const given = read(name);
    const value = given.trim() === "" && name !== "token" ? definition.fallback : given;
    const parsed = definition.schema.safeParse(value);
    if (parsed.success) return [camelCase(name), parsed.data];
    const problem = definition.secret ? "is missing" : `is ${inlineCode(value)}, which does not fit`;
    throw new TaskFailure("invalid-input", `The input \`${name}\` ${problem}. It takes ${definition.fits}.`);
  });
  return Object.fromEntries(entries) as ValuesOf<Table>;
}

/** Unencrypted only to this machine itself, where nobody listens in. */
function isReceiverUrl({ protocol, hostname, username, password }: URL): boolean {
  const isLoopback = hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d+){3}$/.test(hostname);
  return !username && !password && (protocol === "https:" || (protocol === "http:" && isLoopback));
}

function splitList(value: string, separator: RegExp): string[] {
  return value
    .split(separator)
    .map((item) => item.trim())
    .filter(Boolean);
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
