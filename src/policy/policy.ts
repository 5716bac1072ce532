import { z } from "zod";
import type { Settings } from "../inputs.ts";
import { ISOLATION_LEVELS } from "../isolation.ts";
import type { Ports } from "../ports.ts";
import type { RepositoryName } from "../task.ts";
import { parseRules, readRules } from "./yaml-file.ts";

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

/**
 * Reads the file that the input `policy-file` names, from the default branch of the dispatch repository. Throws `invalid-policy`.
 */
export async function readPolicy(
  ports: Pick<Ports, "dispatch">,
  { policyFile }: Pick<Settings, "policyFile">,
  repository: RepositoryName,
): Promise<Policy> {
  if (policyFile === null) return NO_POLICY;
  return parsePolicy(await readRules(ports, repository, policyFile), policyFile);
}

/** Throws `invalid-policy` naming the key and what is wrong with it. */
export function parsePolicy(text: string, path: string): Policy {
  return parseRules(text, path, shape);
}
