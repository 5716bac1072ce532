import { SERVED } from "./routes/index.ts";

/** A request's address understood: which served operation it is, and what stands in its parameters. */
export interface Match {
  /** `METHOD /path/{parameter}` as GitHub's OpenAPI description spells it. */
  operation: string;
  params: Record<string, string>;
}

/** Parameters that may hold slashes. */
const DEEP = new Set(["ref", "branch", "basehead", "path"]);

function compile(served: string) {
  const [method = "", path = ""] = served.split(" ");
  const names: string[] = [];
  const pattern = path.replace(/[.]/g, "\\.").replace(/\{(\w+)\}/g, (_, name: string) => {
    names.push(name);
    if (name === "path") return "(.*)";
    return DEEP.has(name) ? "(.+)" : "([^/]+)";
  });
  return { served, method, names, pattern: new RegExp(`^${pattern}$`), depth: path.split("/").length };
}

// The longer address first: `commits/{ref}/status` would else be a ref that ends in `/status`. Then the one that names
// more: `issues/comments` is no issue's number.
const ROUTES = SERVED.map(compile).sort((a, b) => b.depth - a.depth || a.names.length - b.names.length);

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The operation that an address means, or `null`. */
export function matchRoute(method: string, path: string): Match | null {
  for (const route of ROUTES) {
    if (route.method !== method) continue;
    const found = route.pattern.exec(path);
    if (found === null) continue;
    const params = route.names.map((name, index) => [name, decode(found[index + 1] ?? "")]);
    return { operation: route.served, params: Object.fromEntries(params) };
  }
  return null;
}
