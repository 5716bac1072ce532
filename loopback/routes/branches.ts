import { notFound, ok, Refusal } from "../answer.ts";
import { branchOid, divergence, mergeBase, resolveOid } from "../git.ts";
import type { Repository } from "../model.ts";
import { readCommits, readDiff, renderCommit } from "../render/git.ts";
import { apiUrl, pageUrl, renderRepository } from "../render/repository.ts";
import { paged, param, type RepositoryCall, type RepositoryRoutes } from "./route.ts";

function covers(pattern: string, branch: string): boolean {
  return pattern.endsWith("*") ? branch.startsWith(pattern.slice(0, -1)) : pattern === branch;
}

export function isProtected(repository: Repository, branch: string): boolean {
  return repository.protectedBranches.some((pattern) => covers(pattern, branch));
}

async function getBranch(call: RepositoryCall) {
  const { state, repository } = call;
  const name = param(call, "branch");
  const oid = await branchOid(repository.directory, name);
  if (oid === null) throw new Refusal(404, "Branch not found");
  const [commit] = await readCommits(repository, ["-1", oid]);
  if (commit === undefined) throw notFound();
  const self = `${apiUrl(state, repository)}/branches/${name}`;
  return ok({
    name,
    commit: renderCommit(state, repository, commit),
    _links: { self, html: `${pageUrl(state, repository)}/tree/${name}` },
    protected: isProtected(repository, name),
    protection: { enabled: isProtected(repository, name) },
    protection_url: `${self}/protection`,
  });
}

function getProtection(call: RepositoryCall) {
  const name = param(call, "branch");
  if (!isProtected(call.repository, name)) throw new Refusal(404, "Branch not protected");
  const url = `${apiUrl(call.state, call.repository)}/branches/${name}/protection`;
  return ok({ url, enforce_admins: { url: `${url}/enforce_admins`, enabled: true } });
}

function listRules(call: RepositoryCall) {
  const branch = param(call, "branch");
  const rules = call.repository.rules.filter(({ branches }) => covers(branches, branch));
  const source = `${call.repository.owner.login}/${call.repository.name}`;
  return paged(call, `/rules/branches/${branch}`, rules, ({ rule }) => ({
    ...rule,
    ruleset_source_type: "Repository",
    ruleset_source: source,
    ruleset_id: call.repository.id,
  }));
}

async function commitAt(call: RepositoryCall, revision: string) {
  const { directory } = call.repository;
  const oid = (await branchOid(directory, revision)) ?? (await resolveOid(directory, `${revision}^{commit}`));
  if (oid === null) return null;
  const [commit] = await readCommits(call.repository, ["-1", oid]);
  return commit ?? null;
}

async function getCommit(call: RepositoryCall) {
  const { state, repository } = call;
  const ref = param(call, "ref");
  const commit = await commitAt(call, ref);
  if (commit === null) throw new Refusal(422, `No commit found for SHA: ${ref}`);
  const parent = commit.parents[0] ?? "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
  const files = await readDiff(state, repository, parent, commit.oid);
  return ok({ ...renderCommit(state, repository, commit), files });
}

async function compare(call: RepositoryCall) {
  const { state, repository } = call;
  const basehead = param(call, "basehead");
  const [base, head] = await Promise.all(basehead.split("...").map((revision) => commitAt(call, revision)));
  if (!base || !head) throw notFound();
  const { ahead, behind } = await divergence(repository.directory, base.oid, head.oid);
  const fork = await mergeBase(repository.directory, base.oid, head.oid);
  const commits = await readCommits(repository, ["--reverse", `${base.oid}..${head.oid}`]);
  const [ancestor = base] = await readCommits(repository, ["-1", fork]);
  const page = `${pageUrl(state, repository)}/compare/${basehead}`;
  return ok({
    url: `${apiUrl(state, repository)}/compare/${basehead}`,
    html_url: page,
    permalink_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    base_commit: renderCommit(state, repository, base),
    merge_base_commit: renderCommit(state, repository, ancestor),
    status: ahead > 0 ? (behind > 0 ? "diverged" : "ahead") : behind > 0 ? "behind" : "identical",
    ahead_by: ahead,
    behind_by: behind,
    total_commits: commits.length,
    commits: commits.slice(0, 250).map((commit) => renderCommit(state, repository, commit)),
    files: await readDiff(state, repository, fork, head.oid),
  });
}

async function combinedStatus(call: RepositoryCall) {
  const { state, repository } = call;
  const commit = await commitAt(call, param(call, "ref"));
  if (commit === null) throw notFound();
  const url = `${apiUrl(state, repository)}/commits/${commit.oid}`;
  return ok({
    state: "pending",
    statuses: [],
    sha: commit.oid,
    total_count: 0,
    repository: renderRepository(state, repository),
    commit_url: url,
    url: `${url}/status`,
  });
}

export const branchRoutes: RepositoryRoutes = {
  "GET /repos/{owner}/{repo}/branches/{branch}": { needs: ["contents:read"], handle: getBranch },
  "GET /repos/{owner}/{repo}/branches/{branch}/protection": {
    needs: ["administration:read"],
    role: "admin",
    handle: getProtection,
  },
  "GET /repos/{owner}/{repo}/rules/branches/{branch}": { needs: ["metadata:read"], handle: listRules },
  "GET /repos/{owner}/{repo}/commits/{ref}": { needs: ["contents:read"], handle: getCommit },
  "GET /repos/{owner}/{repo}/compare/{basehead}": { needs: ["contents:read"], handle: compare },
  "GET /repos/{owner}/{repo}/commits/{ref}/status": { needs: ["statuses:read"], handle: combinedStatus },
  "GET /repos/{owner}/{repo}/commits/{ref}/statuses": {
    needs: ["statuses:read"],
    handle: (call) => paged(call, `/commits/${param(call, "ref")}/statuses`, [], (status) => status),
  },
  "GET /repos/{owner}/{repo}/commits/{ref}/check-runs": {
    needs: ["checks:read"],
    handle: () => ok({ total_count: 0, check_runs: [] }),
  },
};
