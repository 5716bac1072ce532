import { created, noContent, notFound, ok, unprocessable } from "../answer.ts";
import { git, isAncestor, objectType, resolveOid, tryGit } from "../git.ts";
import type { Repository } from "../model.ts";
import { syncPulls } from "../pulls.ts";
import { nodeIdOf } from "../render/git.ts";
import { apiUrl } from "../render/repository.ts";
import type { Json } from "../render/user.ts";
import { authorOf, type State } from "../state.ts";
import { isProtected } from "./branches.ts";
import { paged, param, type RepositoryCall, type RepositoryRoutes } from "./route.ts";

const CREATE_ONLY = "0".repeat(40);

function renderRef(state: State, repository: Repository, ref: string, oid: string, type: string): Json {
  const api = `${apiUrl(state, repository)}/git`;
  return {
    ref,
    node_id: nodeIdOf(ref),
    url: `${api}/${ref}`,
    object: { sha: oid, type, url: `${api}/${type}s/${oid}` },
  };
}

async function answerRef(call: RepositoryCall, ref: string, oid: string): Promise<Json> {
  const type = await objectType(call.repository.directory, oid);
  return renderRef(call.state, call.repository, ref, oid, type);
}

async function getRef(call: RepositoryCall) {
  const ref = `refs/${param(call, "ref")}`;
  const oid = await resolveOid(call.repository.directory, ref);
  if (oid === null) throw notFound();
  return ok(await answerRef(call, ref, oid));
}

async function matchingRefs(call: RepositoryCall) {
  const prefix = `refs/${param(call, "ref")}`;
  const format = "--format=%(refname) %(objectname) %(objecttype)";
  const listed = await git(call.repository.directory, ["for-each-ref", format]);
  const rows = listed.split("\n").filter((row) => row.startsWith(prefix));
  const end = `/git/matching-refs/${param(call, "ref")}`;
  return paged(call, end, rows, (row) => {
    const [ref = "", oid = "", type = ""] = row.split(" ");
    return renderRef(call.state, call.repository, ref, oid, type);
  });
}

function checkProtection(repository: Repository, ref: string): void {
  if (!ref.startsWith("refs/heads/") || !isProtected(repository, ref.slice("refs/heads/".length))) return;
  throw unprocessable(`Protected branch update failed for ${ref}.`);
}

async function createRef(call: RepositoryCall) {
  const { ref, sha } = call.body;
  const { directory } = call.repository;
  if (!ref.startsWith("refs/") || ref.split("/").length < 3) {
    throw unprocessable("Reference name must start with 'refs/' and contain at least two slashes.");
  }
  if ((await tryGit(directory, ["check-ref-format", ref])).status !== 0) {
    throw unprocessable(`${ref} is not a valid ref name.`);
  }
  await objectType(directory, sha);
  checkProtection(call.repository, ref);
  // The old value of zeros makes it atomic: of many that ask at once, one is told 201.
  const { status } = await tryGit(directory, ["update-ref", ref, sha, CREATE_ONLY]);
  if (status !== 0) throw unprocessable("Reference already exists");
  await syncPulls(call.state, call.repository, authorOf(call.state, call.token));
  const rendered = await answerRef(call, ref, sha);
  return created(rendered, { location: String(rendered.url) });
}

async function updateRef(call: RepositoryCall) {
  const ref = `refs/${param(call, "ref")}`;
  const { sha, force } = call.body;
  const { directory } = call.repository;
  const old = await resolveOid(directory, ref);
  if (old === null) throw unprocessable("Reference does not exist");
  await objectType(directory, sha);
  checkProtection(call.repository, ref);
  if (force !== true && !(await isAncestor(directory, old, sha)))
    throw unprocessable("Update is not a fast forward");
  const { status } = await tryGit(directory, ["update-ref", ref, sha, old]);
  if (status !== 0) throw unprocessable("Reference cannot be updated");
  await syncPulls(call.state, call.repository, authorOf(call.state, call.token));
  return ok(await answerRef(call, ref, sha));
}

async function deleteRef(call: RepositoryCall) {
  const ref = `refs/${param(call, "ref")}`;
  const old = await resolveOid(call.repository.directory, ref);
  if (old === null) throw unprocessable("Reference does not exist");
  checkProtection(call.repository, ref);
  await git(call.repository.directory, ["update-ref", "-d", ref]);
  await syncPulls(call.state, call.repository, authorOf(call.state, call.token));
  return noContent();
}

export const refRoutes: RepositoryRoutes = {
  "GET /repos/{owner}/{repo}/git/ref/{ref}": { needs: ["contents:read"], handle: getRef },
  "GET /repos/{owner}/{repo}/git/matching-refs/{ref}": { needs: ["contents:read"], handle: matchingRefs },
  "POST /repos/{owner}/{repo}/git/refs": { needs: ["contents:write"], handle: createRef },
  "PATCH /repos/{owner}/{repo}/git/refs/{ref}": { needs: ["contents:write"], handle: updateRef },
  "DELETE /repos/{owner}/{repo}/git/refs/{ref}": { needs: ["contents:write"], handle: deleteRef },
};
