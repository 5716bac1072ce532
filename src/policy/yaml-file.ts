import { parseDocument } from "yaml";
import type { z } from "zod";
import { TaskFailure } from "../failure.ts";
import { inlineCode } from "../harmless.ts";
import type { Ports } from "../ports.ts";
import type { RepositoryName } from "../task.ts";

/** Characters; GitHub inlines files of up to 1 MiB. */
const LONGEST = 65_536;

/**
 * Reads a file of rules from the default branch. Throws `invalid-policy` where it is missing: whoever wants rules wants no run
 * without them.
 */
export async function readRules(
  { dispatch }: Pick<Ports, "dispatch">,
  repository: RepositoryName,
  path: string,
): Promise<string> {
  const text = await dispatch.textFile(repository, path);
  if (text === null) throw invalidPolicy(path, `the default branch of \`${repository}\` has no such file`);
  return text;
}

/** Parses YAML by its shape; nothing counts as no keys. Throws `invalid-policy` naming the key and what is wrong with it. */
export function parseRules<Keys extends z.ZodRawShape>(
  text: string,
  path: string,
  shape: z.ZodObject<Keys>,
): z.output<z.ZodObject<Keys>> {
  if (text.length > LONGEST) throw invalidPolicy(path, `it is longer than ${LONGEST} characters`);
  const parsed = shape.safeParse(parseYaml(text, path) ?? {});
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const issue = first && furthest(first);
  const key = issue?.path.map(String).join(".");
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  if (unknown !== undefined && key) {
    throw invalidPolicy(path, `the key ${inlineCode(unknown)} in ${inlineCode(key)} is unknown`);
  }
  if (unknown !== undefined) {
    const known = Object.keys(shape.shape).map((name) => `\`${name}\``);
    throw invalidPolicy(path, `the key ${inlineCode(unknown)} is unknown; there are ${known.join(", ")}`);
  }
  throw invalidPolicy(
    path,
    `${inlineCode(key || "(the whole file)")}: ${issue?.message ?? "unknown reason"}`,
  );
}

function invalidPolicy(path: string, problem: string, cause?: unknown): TaskFailure {
  return new TaskFailure("invalid-policy", `${inlineCode(path)}: ${problem}.`, { cause });
}

/** Where something may be written in several ways, the way that fits furthest is the one that was meant. */
function furthest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  const inner =
    issue.code === "invalid_union"
      ? issue.errors.flatMap(([first]) => (first ? [furthest(first)] : []))
      : issue.code === "invalid_key"
        ? issue.issues.slice(0, 1)
        : [];
  const [best] = inner.sort((one, other) => other.path.length - one.path.length);
  return best ? { ...best, path: [...issue.path, ...best.path] } : issue;
}

function parseYaml(text: string, path: string): unknown {
  try {
    const document = parseDocument(text, { logLevel: "error" });
    const [error] = document.errors;
    if (error)
      throw invalidPolicy(
        path,
        `it is no YAML (\`${error.code}\` in line ${error.linePos?.[0].line ?? "?"})`,
      );
    // No rule needs an alias, and nested ones would unfold without end.
    return document.toJS({ maxAliasCount: 0 });
  } catch (cause) {
    if (cause instanceof TaskFailure) throw cause;
    throw invalidPolicy(path, "it is nested too deeply, or uses aliases", cause);
  }
}
