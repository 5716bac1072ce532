import { z } from "zod";
import { RISK_LEVELS } from "../investigation/report.ts";
import type { Ports } from "../ports.ts";
import type { RepositoryName } from "../task.ts";
import { parseRules, readRules } from "./yaml-file.ts";

const actionGlob = z
  .string()
  .regex(/^[A-Za-z0-9_.:*?-]{1,100}$/, "must be an action's name, or a glob such as `s3:*`");
const value = z.union([z.string().min(1).max(500), z.number(), z.boolean()]).transform(String);

const PERIODS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
const period = z.enum(Object.keys(PERIODS) as (keyof typeof PERIODS)[]);
const RATE = /^([1-9]\d{0,5}) ?\/ ?(minute|hour|day)$/;

const field = z
  .string()
  .regex(
    /^(?:resource|trigger_source|risk_level|context\..{1,100})$/,
    "there is no such field: a condition is about `resource`, `trigger_source`, `risk_level` or `context.<key>`, or is a sentence for a person",
  );
const fields = z.record(field, z.union([value, z.array(value).min(1)]));
const sentence = z.string().trim().min(1).max(500);
/** What a report must hold, and what only a person can judge. */
const conditions = z
  .union([sentence, fields, z.array(z.union([sentence, fields]))])
  .default([])
  .transform((given) => {
    const all = Array.isArray(given) ? given : [given];
    return {
      judged: all.flatMap((one) =>
        typeof one === "string"
          ? []
          : Object.entries(one).map(([name, globs]) => ({ field: name, globs: [globs].flat() })),
      ),
      unjudged: all.filter((one) => typeof one === "string"),
    };
  });

const allowed = z.strictObject({
  type: actionGlob,
  conditions,
  /** Without it, `auto_approve` decides. */
  requires_approval: z.boolean().optional(),
});
const denied = z.union([
  actionGlob.transform((type) => ({ type, reason: null })),
  z.strictObject({ type: actionGlob, reason: z.string().max(500).nullable().default(null) }),
]);

const rate = z
  .strictObject({ action: actionGlob, max: z.number().int().positive(), per: period })
  .transform(({ action, max, per }) => ({ action, max, per, windowMs: PERIODS[per] }));
const rateMap = z
  .record(
    actionGlob,
    z.string("must be a limit such as `5/hour`").regex(RATE, "must be a limit such as `5/hour`"),
  )
  .transform((map) =>
    Object.entries(map).map(([action, text]) => {
      const [, max, per] = RATE.exec(text) ?? [];
      return rate.parse({ action, max: Number(max), per });
    }),
  );

const riskLevel = z.enum(RISK_LEVELS);
const auto = z.strictObject({
  /** The highest that is taken, or exactly those that are listed. */
  risk_level: z.union([
    riskLevel.transform((highest) => RISK_LEVELS.slice(0, RISK_LEVELS.indexOf(highest) + 1)),
    z.array(riskLevel).min(1),
  ]),
  actions: z.array(actionGlob),
  min_confidence: z.number().min(0).max(1).optional(),
  /** Git globs: a task may change nothing else. */
  paths: z.array(z.string().min(1).max(500)).min(1).optional(),
});

const shape = z.strictObject({
  name: z.string().min(1).max(200),
  version: z.literal([1, "1", "1.0"]),
  allowed_actions: z.array(allowed).default([]),
  denied_actions: z.array(denied).default([]),
  rate_limits: z.union([z.array(rate), rateMap]).default([]),
  auto_approve: z.union([auto.transform((rule) => [rule]), z.array(auto)]).default([]),
});

/** What may be done, how often, and what needs no person (`docs/operations-policy.md`). */
export type OperationsPolicy = z.output<typeof shape>;
export type AllowedAction = OperationsPolicy["allowed_actions"][number];
export type RateLimit = OperationsPolicy["rate_limits"][number];
export type AutoApprove = OperationsPolicy["auto_approve"][number];

/** Reads the file from the default branch of the repository whose workflow runs. Throws `invalid-policy`. */
export async function readOperationsPolicy(
  ports: Pick<Ports, "dispatch">,
  repository: RepositoryName,
  path: string,
): Promise<OperationsPolicy> {
  return parseOperationsPolicy(await readRules(ports, repository, path), path);
}

/** Throws `invalid-policy` naming the key and what is wrong with it. */
export function parseOperationsPolicy(text: string, path: string): OperationsPolicy {
  return parseRules(text, path, shape);
}
