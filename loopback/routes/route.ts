import type { Need } from "../access.ts";
import { type Answer, ok } from "../answer.ts";
import type { Repository, Role, Token } from "../model.ts";
import type { State } from "../state.ts";

/** One API request, after its address and its token were understood. */
export interface Call {
  state: State;
  token: Token | null;
  /** The bearer credential as it came, for JSON web tokens. */
  bearer: string | null;
  params: Record<string, string>;
  query: URLSearchParams;
  // biome-ignore lint/suspicious/noExplicitAny: checked against GitHub's schema before a route sees it
  body: Record<string, any>;
}

export interface RepositoryCall extends Call {
  repository: Repository;
}

/** A route under `/repos/{owner}/{repo}`: any one of `needs` lets a token in. */
export interface RepositoryRoute {
  needs: readonly Need[];
  /** Where roles rule: the least role, when it is not the one that the permission's level stands for. */
  role?: Role;
  handle: (call: RepositoryCall) => Answer | Promise<Answer>;
}

export interface OpenRoute {
  handle: (call: Call) => Answer | Promise<Answer>;
}

/** `METHOD /path/{parameter}` as GitHub's OpenAPI description spells it → what serves it. */
export type RepositoryRoutes = Record<string, RepositoryRoute>;
export type OpenRoutes = Record<string, OpenRoute>;

/** A path parameter; the router has seen to it that it is there. */
export function param(call: Call, name: string): string {
  return call.params[name] ?? "";
}

function pageLinks(call: Call, path: string, page: number, last: number): Record<string, string> {
  const link = (to: number, rel: string) => {
    const query = new URLSearchParams(call.query);
    query.set("page", String(to));
    return `<${call.state.url}${path}?${query}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, "prev")] : []),
    ...(page < last ? [link(page + 1, "next"), link(last, "last")] : []),
    ...(page > 1 ? [link(1, "first")] : []),
  ];
  return links.length === 0 ? {} : { link: links.join(", ") };
}

/** The page of a list that the query asks for. */
export function pageOf<T>(call: Call, items: readonly T[]): { items: T[]; page: number; last: number } {
  const size = Math.min(Number(call.query.get("per_page") ?? 30) || 30, 100);
  const page = Math.max(Number(call.query.get("page") ?? 1) || 1, 1);
  const last = Math.max(Math.ceil(items.length / size), 1);
  return { items: items.slice((page - 1) * size, page * size), page, last };
}

/** One page of a list, with GitHub's `Link` header, whose addresses name the repository by its number. */
export function paged<T>(
  call: RepositoryCall,
  end: string,
  items: readonly T[],
  render: (item: T) => unknown,
): Answer {
  const { items: shown, page, last } = pageOf(call, items);
  const path = `/repositories/${call.repository.id}${end}`;
  return ok(shown.map(render), pageLinks(call, path, page, last));
}
