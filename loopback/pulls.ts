/** Pull requests against the refs of real repositories. */
import { invalid, Refusal } from "./answer.ts";
import { branchOid, divergence, git, resolveOid, tryGit } from "./git.ts";
import { checkText, openIssue, setState } from "./issues.ts";
import { fullName, type Repository, type Token } from "./model.ts";
import type { PullIssue, PullStatistics } from "./render/pull.ts";
import type { Author, State } from "./state.ts";

export interface NewPull {
  title: string;
  body?: string | null;
  /** `branch` or `owner:branch`. */
  head: string;
  base: string;
  draft?: boolean;
  maintainer_can_modify?: boolean;
}

/** The pull requests among the issues of a repository, oldest first. */
export function pullsOf(repository: Repository): PullIssue[] {
  return repository.issues.filter((issue): issue is PullIssue => issue.pull !== null);
}

/** Opens a pull request, or refuses with the 422 that GitHub gives, in its order. */
export async function openPull(
  state: State,
  repository: Repository,
  wanted: NewPull,
  by: Author,
): Promise<PullIssue> {
  checkText("PullRequest", wanted.title, wanted.body);
  const { ref, from } = headOf(state, repository, wanted.head);
  const baseOid = await branchOid(repository.directory, wanted.base);
  const headOid = from === undefined ? null : await branchOid(from.directory, ref);
  const errors = [...(headOid === null ? ["head"] : []), ...(baseOid === null ? ["base"] : [])].map(
    (field) => ({ resource: "PullRequest", field, code: "invalid" }),
  );
  if (from === undefined || headOid === null || baseOid === null) throw invalid(...errors);
  const custom = (message: string) => invalid({ resource: "PullRequest", code: "custom", message });
  const label = `${from.owner.login}:${ref}`;
  const same = (one: PullIssue) =>
    one.state === "open" && one.pull.head.ref === ref && one.pull.head.repository === from;
  if (pullsOf(repository).some((one) => same(one) && one.pull.base.ref === wanted.base)) {
    throw custom(`A pull request already exists for ${label}.`);
  }
  if (from === repository && (await divergence(repository.directory, baseOid, headOid)).ahead === 0) {
    throw custom(`No commits between ${wanted.base} and ${wanted.head}`);
  }
  if (wanted.draft === true && !repository.draftPullRequests) {
    throw new Refusal(422, "Draft pull requests are not supported in this repository.");
  }
  // Told apart only now: nothing may come between the check and the creation.
  const pull = {
    draft: wanted.draft ?? false,
    head: { repository: from, ref, oid: headOid },
    base: { ref: wanted.base, oid: baseOid },
    mergedAt: null,
    mergedBy: null,
    mergeCommit: null,
    reviewers: [],
    teams: [],
    maintainerCanModify: wanted.maintainer_can_modify ?? true,
  };
  if (pullsOf(repository).some((one) => same(one) && one.pull.base.ref === wanted.base)) {
    throw custom(`A pull request already exists for ${label}.`);
  }
  const issue = openIssue(state, repository, { title: wanted.title, body: wanted.body ?? null, pull }, by);
  await git(repository.directory, ["update-ref", `refs/pull/${issue.number}/head`, headOid]);
  return issue as PullIssue;
}

function headOf(
  state: State,
  repository: Repository,
  head: string,
): { ref: string; from: Repository | undefined } {
  const [owner, branch] = head.includes(":") ? head.split(":", 2) : [repository.owner.login, head];
  const own = owner?.toLowerCase() === repository.owner.login.toLowerCase();
  const from = own ? repository : state.findRepository(`${owner}/${repository.name}`);
  return { ref: branch ?? "", from };
}

/** Refuses where the repository's settings keep Actions from opening pull requests. */
export function checkActionsMayOpen(repository: Repository, token: Token | null): void {
  if (token?.kind === "actions" && !repository.actionsMayCreatePullRequests) {
    throw new Refusal(403, "GitHub Actions is not permitted to create or approve pull requests.");
  }
}

/** After refs have moved: open pull requests follow their branch, and close with it when it is gone. */
export async function syncPulls(state: State, repository: Repository, by: Author): Promise<void> {
  repository.pushedAt = state.now();
  const listed = await git(repository.directory, [
    "for-each-ref",
    "--format=%(refname) %(objectname)",
    "refs/heads",
  ]);
  const heads = new Map(listed.split("\n").map((line) => line.split(" ") as [string, string]));
  for (const owner of state.repositories) {
    for (const issue of pullsOf(owner)) {
      if (issue.state !== "open" || issue.pull.head.repository !== repository) continue;
      const oid = heads.get(`refs/heads/${issue.pull.head.ref}`);
      if (oid === undefined) {
        setState(state, issue, "closed", by);
      } else if (oid !== issue.pull.head.oid) {
        issue.pull.head.oid = oid;
        issue.updatedAt = state.now();
        if (owner === repository) {
          await git(repository.directory, ["update-ref", `refs/pull/${issue.number}/head`, oid]);
        }
      }
    }
  }
}

/** What GitHub's full answer counts from git. */
export async function countPull(repository: Repository, { pull, state }: PullIssue): Promise<PullStatistics> {
  const range = `${pull.base.oid}...${pull.head.oid}`;
  const { directory } = repository;
  const [{ ahead }, short] = await Promise.all([
    divergence(directory, pull.base.oid, pull.head.oid),
    git(directory, ["diff", "--shortstat", range]),
  ]);
  const count = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(short)?.[1] ?? 0);
  const tip =
    state === "open" ? ((await branchOid(directory, pull.base.ref)) ?? pull.base.oid) : pull.base.oid;
  const merge = await tryGit(directory, ["merge-tree", "--write-tree", tip, pull.head.oid]);
  return {
    commits: ahead,
    additions: count("insertion"),
    deletions: count("deletion"),
    changedFiles: count("file"),
    mergeable: state === "open" ? merge.status === 0 : null,
  };
}

/** Merges a pull request with a merge commit, as the button does. */
export async function mergePull(
  state: State,
  repository: Repository,
  issue: PullIssue,
  by: Author,
): Promise<void> {
  const { pull } = issue;
  const { directory } = repository;
  const base = await branchOid(directory, pull.base.ref);
  const head = await resolveOid(directory, pull.head.oid);
  if (base === null || head === null)
    throw new Error(`Pull request ${fullName(repository)}#${issue.number} has no branch.`);
  const tree = (await git(directory, ["merge-tree", "--write-tree", base, head])).split("\n")[0] ?? "";
  const message = `Merge pull request #${issue.number} from ${pull.head.repository.owner.login}/${pull.head.ref}`;
  const commit = await git(directory, ["commit-tree", tree, "-p", base, "-p", head, "-m", message]);
  await git(directory, ["update-ref", `refs/heads/${pull.base.ref}`, commit, base]);
  setState(state, issue, "closed", by);
  Object.assign(pull, { mergedAt: issue.closedAt, mergedBy: by.author, mergeCommit: commit });
}
