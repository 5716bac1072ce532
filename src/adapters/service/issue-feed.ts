import { z } from "zod";
import type { IssueFeed } from "../../service/ports.ts";
import type { Issue, RepositoryName } from "../../task.ts";
import type { Client } from "../github/client.ts";
import { type Answer, NoAnswer } from "../github/exchange.ts";
import { ownerAndName } from "../github/repository-name.ts";
import { issueShape } from "../github/shapes.ts";

const PAGE_SIZE = 100;
const MOST_PAGES = 100;

/** One page of a list as it was read last. GitHub does not count a question that has nothing new for an answer. */
interface Page {
  etag: string;
  issues: Issue[];
  isFull: boolean;
}

const pageShape = z.array(issueShape);

/** Lists issues with conditional requests, each page by the ETag that it had. */
export function createIssueFeed(client: Client): IssueFeed {
  const known = new Map<string, Page[]>();

  async function readPage(repository: RepositoryName, label: string, page: number, before: Page | undefined) {
    return await client.call<Page | null>({
      what: `list the issues of ${repository}`,
      needs: "issues: read",
      missing: "issue-not-found",
      route: "GET /repos/{owner}/{repo}/issues",
      parameters: {
        ...ownerAndName(repository),
        ...{ labels: label, state: "open", sort: "created", direction: "asc", per_page: PAGE_SIZE, page },
      },
      headers: before ? { "if-none-match": before.etag } : {},
      shape: z.never(),
      also: { 200: readAnswer, 304: () => null },
    });
  }

  return {
    async readChanges(repository, label) {
      const before = known.get(repository) ?? [];
      const pages: Page[] = [];
      let changed = before.length === 0;
      // By fullness and not by the `Link` header: that one may change while the page itself does not.
      for (let page = 1; page <= MOST_PAGES && (pages.at(-1)?.isFull ?? true); page++) {
        const old = before[page - 1];
        const answer = await readPage(repository, label, page, old);
        changed ||= answer !== null;
        const found = answer ?? old;
        if (found) pages.push(found);
      }
      known.set(repository, pages);
      if (!changed && pages.length === before.length) return null;
      return pages.flatMap(({ issues }) => issues).filter(({ isPullRequest }) => !isPullRequest);
    },
  };
}

/** A body that is no list of issues counts as no answer: the client tries again. */
function readAnswer({ headers, body }: Answer): Page {
  const parsed = pageShape.safeParse(body);
  if (!parsed.success) throw new NoAnswer("GitHub answered 200 with a body that is no list of issues.");
  const issues = parsed.data;
  return { etag: String(headers.etag ?? ""), issues, isFull: issues.length === PAGE_SIZE };
}
