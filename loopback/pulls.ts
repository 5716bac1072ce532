/** Pull requests against the refs of real repositories. */

import { invalid, Refusal } from "./answer.ts";
import { branchOid, divergence, git, isAncestor, resolveOid, tryGit } from "./git.ts";
import { openIssue, setState } from "./issues.ts";
import { fullName, type Repository, type Token } from "./model.ts";
import type { PullIssue, PullStatistics } from "./render/pull.ts";
import type { Author, State } from "./state.ts";
import { checkText } from "./text-limits.ts";

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
  const refuseTwin = () => {
    const same = ({ state, pull: { head, base } }: PullIssue) =>
      state === "open" && head.ref === ref && head.repository === from && base.ref === wanted.base;
    if (pullsOf(repository).some(same)) throw custom(`A pull request already exists for ${label}.`);
  };
  refuseTwin();
  if (from === repository && (await divergence(repository.directory, baseOid, headOid)).ahead === 0) {
    throw custom(`No commits between ${wanted.base} and ${wanted.head}`);
  }
  if (wanted.draft === true && !repository.draftPullRequests) {
    throw new Refusal(422, "Draft pull requests are not supported in this repository.");
  }
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
  // Asked again after the awaits: of two that come at once, the second is refused.
  refuseTwin();
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

/** After refs have moved: open pull requests follow their branch, close when it is gone, are merged when it is in. */
export async function syncPulls(state: State, repository: Repository, by: Author): Promise<void> {
  repository.pushedAt = state.now();
  const { directory } = repository;
  const listed = await git(directory, ["for-each-ref", "--format=%(refname) %(objectname)", "refs/heads"]);
  const heads = new Map(listed.split("\n").map((line) => line.split(" ") as [string, string]));
  for (const owner of state.repositories) {
    for (const issue of pullsOf(owner).filter((one) => one.state === "open")) {
      const { head, base } = issue.pull;
      const tip = heads.get(`refs/heads/${base.ref}`);
      const oid = heads.get(`refs/heads/${head.ref}`);
      if (
        owner === repository &&
        tip !== undefined &&
        tip !== base.oid &&
        (await isAncestor(directory, head.oid, tip))
      ) {
        markMerged(state, issue, tip, by);
      } else if (head.repository === repository && oid === undefined) {
        setState(state, issue, "closed", by);
      } else if (head.repository === repository && oid !== undefined && oid !== head.oid) {
        await moveHead(state, owner, issue, oid);
      }
    }
  }
}

async function moveHead(state: State, repository: Repository, issue: PullIssue, oid: string): Promise<void> {
  const { head, base } = issue.pull;
  head.oid = oid;
  issue.updatedAt = state.now();
  if (head.repository !== repository) return;
  base.oid = (await branchOid(repository.directory, base.ref)) ?? base.oid;
  await git(repository.directory, ["update-ref", `refs/pull/${issue.number}/head`, oid]);
}

function markMerged(state: State, issue: PullIssue, commit: string, by: Author): void {
  setState(state, issue, "closed", by);
  Object.assign(issue.pull, { mergedAt: issue.closedAt, mergedBy: by.author, mergeCommit: commit });
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
  markMerged(state, issue, commit, by);
}
