import { parseDocument } from "yaml";
import { z } from "zod";
import { TaskFailure } from "../failure.ts";
import { inlineCode } from "../harmless.ts";
import type { Settings } from "../inputs.ts";
import { ISOLATION_LEVELS } from "../isolation.ts";
import type { Ports } from "../ports.ts";
import type { RepositoryName } from "../task.ts";

const login = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]*(\[bot\])?$/, "must be an exact login name");
const repositoryGlob = z
  .string()
  .regex(/^[A-Za-z0-9_*?-]+\/[A-Za-z0-9._*?-]+$/, "must be a glob such as `owner/*`");
const protectedGlob = z
  .string()
  .regex(/^[^!\s]/, "must be a glob; `!` would loosen the limits")
  .max(500);
const count = z.number().int().positive();

const shape = z.strictObject({
  enabled: z.boolean().default(true),
  reason: z.string().max(500).optional(),
  "allowed-targets": z.array(repositoryGlob).min(1).optional(),
  "allowed-actors": z.array(login).optional(),
  "denied-actors": z.array(login).default([]),
  "allowed-bots": z.array(login).optional(),
  "protected-paths": z.array(protectedGlob).default([]),
  "on-protected": z.enum(["fail", "draft", "allow"]).default("allow"),
  "max-files": count.optional(),
  "max-patch-kb": count.optional(),
  "timeout-minutes": z.number().positive().optional(),
  isolation: z.enum(ISOLATION_LEVELS).default("none"),
  "tasks-per-day": count.optional(),
  "require-signature": z.boolean().default(false),
});

/** The rules of a policy file (`docs/policy.md`): what the workflow's inputs allow, they may forbid. */
export type Policy = z.output<typeof shape>;

/** What holds where the workflow names no policy file: the inputs alone. */
export const NO_POLICY: Policy = shape.parse({});

/** Characters; GitHub inlines files of up to 1 MiB. */
const LONGEST = 65_536;

/**
 * Reads the file that the input `policy-file` names, from the default branch of the dispatch repository.
 * Throws `invalid-policy`: whoever wants rules wants no run without them.
 */
export async function readPolicy(
  { dispatch }: Pick<Ports, "dispatch">,
  { policyFile }: Pick<Settings, "policyFile">,
  repository: RepositoryName,
): Promise<Policy> {
  if (policyFile === null) return NO_POLICY;
  const text = await dispatch.textFile(repository, policyFile);
  if (text === null) {
    throw invalid(policyFile, `the default branch of \`${repository}\` has no such file`);
  }
  return parsePolicy(text, policyFile);
}

/** Throws `invalid-policy` naming the key and what is wrong with it. */
export function parsePolicy(text: string, path: string): Policy {
  if (text.length > LONGEST) throw invalid(path, `it is longer than ${LONGEST} characters`);
  const parsed = shape.safeParse(parseYaml(text, path) ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  if (unknown !== undefined) {
    throw invalid(path, `the key ${inlineCode(unknown)} is unknown; there are ${keyList()}`);
  }
  const key = issue?.path.map(String).join(".") || "(the whole file)";
  throw invalid(path, `${inlineCode(key)}: ${issue?.message ?? "unknown reason"}`);
}

function parseYaml(text: string, path: string): unknown {
  try {
    const document = parseDocument(text, { logLevel: "error" });
    const [error] = document.errors;
    if (error)
      throw invalid(path, `it is no YAML (\`${error.code}\` in line ${error.linePos?.[0].line ?? "?"})`);
    // No rule needs an alias, and nested ones would unfold without end.
    return document.toJS({ maxAliasCount: 0 });
  } catch (cause) {
    if (cause instanceof TaskFailure) throw cause;
    throw invalid(path, "it is nested too deeply, or uses aliases", cause);
  }
}

function keyList(): string {
  return Object.keys(shape.shape)
    .map((key) => `\`${key}\``)
    .join(", ");
}

function invalid(path: string, problem: string, cause?: unknown): TaskFailure {
  return new TaskFailure("invalid-policy", `${inlineCode(path)}: ${problem}.`, { cause });
}
