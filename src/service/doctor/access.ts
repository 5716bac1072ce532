import type { RepositoryName } from "../../task.ts";
import type { Creation, Inspector, RepositoryFacts } from "./facts.ts";
import { examine, type Finding, ok, problem, type Verdict, warning } from "./finding.ts";

const LOW_CALLS = 500;

const KINDS = {
  classic: "a classic personal access token",
  "fine-grained": "a fine-grained personal access token",
  app: "a token of a GitHub App",
  actions: "an installation token",
  other: "a token of a kind that is not known",
} as const;

/** Permission that a fine-grained token or an App needs for each creation; a classic one has `repo` for all of them. */
const NEEDED: Record<Creation, string> = {
  issue: "issues: write",
  "pull request": "pull-requests: write",
  branch: "contents: write",
};

/** Checks one token: is it accepted, what is it, how many calls has it left. */
export async function examineToken(inspector: Inspector, subject: string): Promise<Finding[]> {
  return await Promise.all([
    examine("token", subject, () => judgeKind(inspector)),
    examine("rate-limit", subject, () => judgeRateLimit(inspector)),
  ]);
}

async function judgeKind(inspector: Inspector): Promise<Verdict> {
  const [login, scopes] = await Promise.all([inspector.login(), inspector.scopes()]);
  const kind = KINDS[inspector.kind];
  const whose = login ? `${kind} of ${login}` : kind;
  if (inspector.kind !== "classic" || !scopes) return ok(`GitHub accepts it; it is ${whose}.`);
  if (!scopes.includes("repo") && !scopes.includes("public_repo")) {
    return problem(
      `It is ${whose} without the scope \`repo\`.`,
      "Give the token the scope `repo`, or use a fine-grained one.",
    );
  }
  const detail = `It is ${whose} with the scopes ${scopes.join(", ")}: it reaches every repository of its owner.`;
  return warning(detail, "Prefer a GitHub App, or a fine-grained token for these repositories alone.");
}

async function judgeRateLimit(inspector: Inspector): Promise<Verdict> {
  const { limit, remaining, resetAt } = await inspector.rateLimit();
  const detail = `${remaining} of ${limit} calls are left until ${new Date(resetAt).toISOString()}.`;
  if (remaining >= LOW_CALLS) return ok(detail);
  return warning(detail, "Wait until then, or use a GitHub App, which has a limit of its own.");
}

/** Looks a repository up; what cannot be seen or takes no writes ends all further checks of it. */
export async function examineRepository(
  inspector: Pick<Inspector, "repository">,
  name: RepositoryName,
): Promise<{ facts: RepositoryFacts | null; findings: Finding[] }> {
  let facts: RepositoryFacts | null = null;
  const finding = await examine("repository", name, async () => {
    facts = await inspector.repository(name);
    if (!facts)
      return problem(
        "It does not exist, or the token cannot see it.",
        "Check its name, and that the token covers it.",
      );
    if (!facts.archived) return ok("The token sees it.");
    facts = null;
    return problem("It is archived.", "Unarchive it, or name another one.");
  });
  return { facts, findings: [finding] };
}

/** Checks that the token may create what a run creates. */
export async function examineCreation(
  inspector: Pick<Inspector, "mayCreate">,
  name: RepositoryName,
  what: Creation,
): Promise<Finding> {
  return await examine(`may-create-${what.replace(" ", "-")}`, name, async () => {
    const needed = NEEDED[what];
    if (await inspector.mayCreate(name, what)) return ok(`The token has \`${needed}\`.`);
    return problem(
      `The token lacks \`${needed}\`.`,
      `Give the token or the App \`${needed}\` on ${name}; its account needs write access there.`,
    );
  });
}
