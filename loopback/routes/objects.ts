import { created, notFound, ok, unprocessable } from "../answer.ts";
import { git, objectType, tryGit } from "../git.ts";
import { nodeIdOf, readCommits, renderGitCommit } from "../render/git.ts";
import { apiUrl } from "../render/repository.ts";
import { authorOf } from "../state.ts";
import { param, type RepositoryCall, type RepositoryRoutes } from "./route.ts";

const LARGEST_BLOB = 100 * 1024 * 1024;

async function expectType(call: RepositoryCall, oid: string, type: string): Promise<void> {
  const { status, output } = await tryGit(call.repository.directory, ["cat-file", "-t", oid]);
  if (status !== 0 || output.toString().trim() !== type) throw notFound();
}

async function getCommit(call: RepositoryCall) {
  const oid = param(call, "commit_sha");
  await expectType(call, oid, "commit");
  const [commit] = await readCommits(call.repository, ["-1", oid]);
  if (commit === undefined) throw notFound();
  return ok(renderGitCommit(call.state, call.repository, commit));
}

function identity(call: RepositoryCall, role: "author" | "committer"): Record<string, string> {
  const given = call.body[role] ?? call.body.author;
  const { author } = authorOf(call.state, call.token);
  // GitHub itself commits for an app that names nobody, and signs such a commit.
  const byGitHub = role === "committer" && given === undefined && author.type === "Bot";
  const fallback = byGitHub
    ? { name: "GitHub", email: "noreply@github.com" }
    : { name: author.login, email: `${author.id}+${author.login}@users.noreply.github.com` };
  const { name, email, date } = { ...fallback, date: call.state.now(), ...given };
  const prefix = `GIT_${role.toUpperCase()}`;
  return { [`${prefix}_NAME`]: name, [`${prefix}_EMAIL`]: email, [`${prefix}_DATE`]: date };
}

async function createCommit(call: RepositoryCall) {
  const { directory } = call.repository;
  const { message, tree, parents = [] } = call.body;
  if ((await tryGit(directory, ["cat-file", "-e", `${tree}^{tree}`])).status !== 0) {
    throw unprocessable("Tree SHA does not exist");
  }
  for (const parent of parents as string[]) {
    if ((await tryGit(directory, ["cat-file", "-e", `${parent}^{commit}`])).status !== 0) {
      throw unprocessable("Parent SHA does not exist or is not a commit object");
    }
  }
  const env = { ...identity(call, "author"), ...identity(call, "committer") };
  const args = ["commit-tree", tree, ...(parents as string[]).flatMap((parent) => ["-p", parent])];
  const oid = await git(directory, args, { input: message, env });
  const [commit] = await readCommits(call.repository, ["-1", oid]);
  if (commit === undefined) throw notFound();
  return created(renderGitCommit(call.state, call.repository, commit));
}

async function getBlob(call: RepositoryCall) {
  const oid = param(call, "file_sha");
  await expectType(call, oid, "blob");
  const { output } = await tryGit(call.repository.directory, ["cat-file", "blob", oid]);
  const url = `${apiUrl(call.state, call.repository)}/git/blobs/${oid}`;
  const content = output.toString("base64").replace(/.{60}/g, "$&\n");
  return ok({ sha: oid, node_id: nodeIdOf(oid), size: output.length, url, content, encoding: "base64" });
}

async function createBlob(call: RepositoryCall) {
  const input = Buffer.from(call.body.content, call.body.encoding === "base64" ? "base64" : "utf8");
  if (input.length > LARGEST_BLOB) throw unprocessable("Blob is too large");
  const sha = await git(call.repository.directory, ["hash-object", "-w", "--stdin"], { input });
  const url = `${apiUrl(call.state, call.repository)}/git/blobs/${sha}`;
  return created({ sha, url }, { location: url });
}

async function createTag(call: RepositoryCall) {
  const { state, repository, body } = call;
  const { author } = authorOf(state, call.token);
  const { name, email, date } = {
    name: author.login,
    email: `${author.login}@users.noreply.github.com`,
    date: state.now(),
    ...body.tagger,
  };
  const who = `${name} <${email}> ${Math.floor(Date.parse(date) / 1000)} +0000`;
  await objectType(repository.directory, body.object);
  const input = `object ${body.object}\ntype ${body.type}\ntag ${body.tag}\ntagger ${who}\n\n${body.message}\n`;
  const { status, output } = await tryGit(repository.directory, ["mktag"], { input });
  if (status !== 0) throw unprocessable("Tag object is not valid");
  const sha = output.toString().trim();
  const api = `${apiUrl(state, repository)}/git`;
  return created({
    sha,
    node_id: nodeIdOf(sha),
    url: `${api}/tags/${sha}`,
    tag: body.tag,
    message: body.message,
    tagger: { name, email, date },
    object: { sha: body.object, type: body.type, url: `${api}/${body.type}s/${body.object}` },
  });
}

export const objectRoutes: RepositoryRoutes = {
  "GET /repos/{owner}/{repo}/git/commits/{commit_sha}": { needs: ["contents:read"], handle: getCommit },
  "POST /repos/{owner}/{repo}/git/commits": { needs: ["contents:write"], handle: createCommit },
  "GET /repos/{owner}/{repo}/git/blobs/{file_sha}": { needs: ["contents:read"], handle: getBlob },
  "POST /repos/{owner}/{repo}/git/blobs": { needs: ["contents:write"], handle: createBlob },
  "POST /repos/{owner}/{repo}/git/tags": { needs: ["contents:write"], handle: createTag },
};
