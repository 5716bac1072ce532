import type { Actor, User } from "../model.ts";
import type { State } from "../state.ts";

export type Json = Record<string, unknown>;

/** An opaque global id, as GitHub gives every object one. */
export function nodeId(kind: string, id: number): string {
  return Buffer.from(`${kind}${id}`).toString("base64");
}

/** GitHub's `simple-user`. */
export function renderUser(state: State, user: User): Json {
  const api = `${state.url}/users/${encodeURIComponent(user.login)}`;
  const page = user.type === "Bot" ? `apps/${user.login.replace("[bot]", "")}` : user.login;
  return {
    login: user.login,
    id: user.id,
    node_id: nodeId("User", user.id),
    avatar_url: `${state.url}/avatars/u/${user.id}?v=4`,
    gravatar_id: "",
    url: api,
    html_url: `${state.url}/${page}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type: user.type,
    user_view_type: "public",
    site_admin: false,
  };
}

/** GitHub's `public-user`. */
export function renderProfile(state: State, user: User): Json {
  return {
    ...renderUser(state, user),
    name: null,
    company: null,
    blog: "",
    location: null,
    email: null,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: "2011-01-25T18:44:36Z",
    updated_at: "2024-01-25T18:44:36Z",
  };
}

/** GitHub's `nullable-integration`: the app that somebody wrote through. */
export function renderApp(state: State, slug: string | null, permissions: Json = {}): Json | null {
  if (slug === null) return null;
  const known = state.apps.find((app) => app.slug === slug);
  const owner: Actor = { login: "github", type: "Organization" };
  return {
    id: known?.id ?? 15368,
    slug,
    client_id: `Iv1.${slug}`,
    node_id: nodeId("Integration", known?.id ?? 15368),
    owner: renderUser(state, state.user(owner)),
    name: slug,
    description: "",
    external_url: "https://example.invalid/",
    html_url: `${state.url}/apps/${slug}`,
    created_at: "2018-07-30T09:30:17Z",
    updated_at: "2024-04-10T20:33:16Z",
    permissions: known?.permissions ?? permissions,
    events: [],
  };
}
