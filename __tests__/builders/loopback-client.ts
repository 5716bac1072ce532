import { type LoopbackGitHub, startLoopbackGitHub } from "../../loopback/github.ts";

export interface ClientAnswer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what the API answers is what a test looks into
  body: any;
}

export type Client = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<ClientAnswer>;

/** A plain HTTP client of the loopback GitHub; `null` asks without a token. */
export function aClient(github: LoopbackGitHub, token: string | null): Client {
  return async (method, path, body, headers = {}) => {
    const answer = await fetch(path.startsWith("http") ? path : `${github.url}${path}`, {
      method,
      redirect: "manual",
      headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === "" ? null : JSON.parse(text) };
  };
}

/** A GitHub with the repository `acme/app` and a token `writer` of somebody who may write to it. */
export async function aGitHubWithWriter(): Promise<LoopbackGitHub> {
  const github = await startLoopbackGitHub();
  await github.createRepository("acme/app", { private: true, files: { "a.txt": "one\n" } });
  github.setPermission("acme/app", "mona", "write");
  github.registerToken({
    token: "writer",
    actor: { login: "mona", type: "User" },
    kind: "classic",
    access: { "acme/app": "write" },
  });
  return github;
}
