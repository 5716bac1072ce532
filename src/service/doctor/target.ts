import { branchFor } from "../../naming.ts";
import type { RepositoryName } from "../../task.ts";
import { examineCreation, examineRepository } from "./access.ts";
import type { Inspector } from "./facts.ts";
import { examine, type Finding, ok, problem, unknown, type Verdict, warning } from "./finding.ts";

/** Rules that keep a new branch out, or commits that are not as they want them. */
const HINDERING = [
  "creation",
  "update",
  "non_fast_forward",
  "required_signatures",
  "branch_name_pattern",
  "commit_message_pattern",
  "commit_author_email_pattern",
  "committer_email_pattern",
  "workflows",
];

/** Environment of the two-job form that is to have required reviewers. */
const APPROVAL = "agent-approval";

/** Checks a target repository: can a branch be pushed and a pull request be opened, and what happens then. */
export async function examineTarget(
  inspector: Inspector,
  name: RepositoryName,
  options: { branch: string | null; base: string | null },
): Promise<Finding[]> {
  const { facts, findings } = await examineRepository(inspector, name);
  if (!facts) return findings;
  const base = options.base ?? facts.defaultBranch;
  const branch = branchFor({ repository: name, number: 1 }, "doctor", options.branch);
  const checks = [
    examine("base", name, async () =>
      (await inspector.hasBranch(name, base))
        ? ok(`Work starts from \`${base}\`.`)
        : problem(
            `It has no branch \`${base}\`.`,
            "Push a first commit there, or set `AGENT_BASE` to a branch that exists.",
          ),
    ),
    examineCreation(inspector, name, "branch"),
    examineCreation(inspector, name, "pull request"),
    examine("branch-rules", name, async () => judgeRules(await inspector.branchRules(name, branch), branch)),
    examine("workflow-files", name, () => judgeWorkflowFiles(inspector)),
    examine("pull-requests-by-actions", name, () => judgeActions(inspector, name)),
    examine("checks-on-pull-requests", name, () => judgeChecks(inspector)),
    examine("environment", name, async () =>
      judgeEnvironment(await inspector.environmentReviewers(name, APPROVAL)),
    ),
  ];
  return [...findings, ...(await Promise.all(checks))];
}

function judgeRules(rules: string[] | null, branch: string): Verdict {
  if (!rules) return unknown("The token may not read the rules.", "Look at *Settings → Rules* by hand.");
  const hindering = rules.filter((rule) => HINDERING.includes(rule));
  if (hindering.length === 0) return ok(`No rule hinders the branch \`${branch}\`.`);
  const detail = `Rules are in force for \`${branch}\`: ${hindering.join(", ")}.`;
  return problem(
    detail,
    "Exempt `agent-task-*` from them, let the token's account bypass them, or set `branch`.",
  );
}

/** By default workflow files are protected paths, so this is what most want. */
async function judgeWorkflowFiles(inspector: Inspector): Promise<Verdict> {
  const scopes = await inspector.scopes();
  if (scopes?.includes("workflow")) {
    return warning(
      "The token could change workflow files; only `protected-paths` keeps a task from it.",
      "Take the scope `workflow` away unless tasks need it.",
    );
  }
  return ok("Tasks cannot change workflow files, or `protected-paths` decides.");
}

async function judgeActions(inspector: Inspector, name: RepositoryName): Promise<Verdict> {
  if (inspector.kind !== "actions")
    return ok("The token is not that of a workflow, so the setting does not matter.");
  const allowed = await inspector.actionsMayCreatePullRequests(name);
  const remedy =
    "Turn on *Settings → Actions → General → Allow GitHub Actions to create and approve pull requests*.";
  if (allowed === null)
    return unknown("The token may not read whether Actions may create pull requests.", remedy);
  return allowed
    ? ok("GitHub Actions may create pull requests.")
    : problem("GitHub Actions may not create pull requests.", remedy);
}

function judgeChecks(inspector: Inspector): Verdict {
  if (inspector.kind !== "actions") return ok("Workflows start on pull requests of this token.");
  return warning(
    "Where this is a workflow's own token, no workflow starts on the pull requests that it opens.",
    "Use a GitHub App's or a person's token where checks have to run.",
  );
}

function judgeEnvironment(hasReviewers: boolean | null): Verdict {
  if (hasReviewers === null)
    return ok(`There is no environment \`${APPROVAL}\`, and only the two-job form needs one.`);
  if (hasReviewers) return ok(`The environment \`${APPROVAL}\` has required reviewers.`);
  return warning(
    `The environment \`${APPROVAL}\` has no required reviewers.`,
    "Add some in *Settings → Environments*.",
  );
}
