import type { Audit, Callback, Git, GitHub, GitStore, Ports } from "./ports.ts";
import type { Rehearsed } from "./report/report.ts";
import type { Actor, Issue, Outcome, PullRequest } from "./task.ts";

/** No issue has this number. */
const UNFILED = 0;
const NOBODY: Actor = { login: "dry-run", type: "Bot" };

/** Ports that read as before and write nothing: what would have been written goes to `rehearse`. */
export function rehearsing(ports: Ports, rehearse: (write: Rehearsed) => void): Ports {
  return {
    ...ports,
    dispatch: rehearsingGitHub(ports.dispatch, rehearse),
    target: rehearsingGitHub(ports.target, rehearse),
    git: rehearsingGit(ports.git, rehearse),
    claims: rehearsingGit(ports.claims, rehearse),
    audit: rehearsingAudit(ports.audit),
    ...(ports.callback ? { callback: rehearsingCallback(rehearse) } : {}),
  };
}

/** The end of a dry run: what would have been opened was not. */
export function withoutWrites(outcome: Outcome): Outcome {
  if (outcome.kind !== "opened" && outcome.kind !== "updated") return outcome;
  const would = `It would have ${outcome.kind} a pull request from the branch \`${outcome.branch}\`.`;
  return { kind: "no-changes", reason: `This was a dry run: nothing was written. ${would}`, quote: null };
}

function rehearsingAudit(audit: Audit): Audit {
  return {
    ...audit,
    record: (entry) => audit.record({ ...entry, metadata: { ...entry.metadata, dry_run: true } }),
  };
}

function rehearsingCallback(rehearse: (write: Rehearsed) => void): Callback {
  return {
    deliver: async ({ body }) => rehearse({ what: "Tell the callback", text: body, format: "markdown" }),
  };
}

function rehearsingGitHub(github: GitHub, rehearse: (write: Rehearsed) => void): GitHub {
  const note = (what: string, text = "") => rehearse({ what, text, format: "markdown" });
  let filed: Issue | null = null;
  return {
    ...github,
    issue: async (repository, number) =>
      number === UNFILED ? filed : await github.issue(repository, number),
    comments: async (repository, number) =>
      number === UNFILED ? [] : await github.comments(repository, number),
    async createIssue(repository, { title, body, labels }) {
      note(`File an issue in ${repository}: ${title}`, body);
      filed = imagined(repository, title, body, labels);
      return filed;
    },
    async closeIssue(repository, number) {
      note(`Close the issue ${repository}#${number}`);
    },
    async createComment(repository, number, body) {
      note(`Comment on ${repository}#${number}`, body);
      return {
        id: 0,
        url: "",
        body,
        author: NOBODY,
        viaApp: false,
        createdAt: github.now().toISOString(),
      };
    },
    // The comment of the begin is noted; its edits would tell the same again.
    updateComment: async () => {},
    deleteComment: async () => {},
    async addLabels(repository, number, labels) {
      note(`Label ${repository}#${number}: ${labels.join(", ")}`);
      const issue = number === UNFILED ? filed : await github.issue(repository, number);
      return [...(issue?.labels ?? []), ...labels];
    },
    async replaceLabels(repository, number, labels) {
      note(`Set the labels of ${repository}#${number}: ${labels.join(", ")}`);
    },
    async createPullRequest(repository, pull) {
      note(
        `Open a ${pull.draft ? "draft " : ""}pull request in ${repository}, ${pull.head} → ${pull.base}: ${pull.title}`,
        pull.body,
      );
      return { kind: "created", pullRequest: imaginedPull(repository, pull) };
    },
    async updatePullRequest(repository, number, { body }) {
      note(`Update the pull request ${repository}#${number}`, body);
    },
    async requestReviewers(repository, number, users, teams) {
      note(`Ask for review on ${repository}#${number}: ${[...users, ...teams].join(", ")}`);
    },
    async addAssignees(repository, number, users) {
      note(`Assign ${repository}#${number}: ${users.join(", ")}`);
    },
    acknowledge: async () => {},
  };
}

function rehearsingGit(git: Git, rehearse: (write: Rehearsed) => void): Git {
  return { ...git, open: async (url) => rehearsingStore(await git.open(url), rehearse) };
}

function rehearsingStore(store: GitStore, rehearse: (write: Rehearsed) => void): GitStore {
  return {
    ...store,
    async commit(commit) {
      const patch = await store.patch(commit.parents[0] ?? commit.tree, commit.tree, LONGEST_PATCH);
      rehearse({ what: "The patch", text: patch?.toString("utf8") ?? "(too long to show)", format: "diff" });
      return await store.commit({ ...commit, signed: false });
    },
    async push({ branch }) {
      rehearse({ what: `Push the branch ${branch}`, text: "", format: "markdown" });
      return "pushed";
    },
    createRef: async () => "0".repeat(40),
    replaceRef: async (_ref, expected) => expected,
    deleteRef: async () => true,
  };
}

/** What a job summary can take (1 MiB), and then some other writes. */
const LONGEST_PATCH = 256 * 1024;

function imagined(repository: string, title: string, body: string, labels: string[]): Issue {
  return {
    repository,
    number: UNFILED,
    url: "",
    title,
    body,
    author: NOBODY,
    labels,
    state: "open",
    isPullRequest: false,
    commentCount: 0,
    updatedAt: "",
  };
}

function imaginedPull(
  repository: string,
  pull: { title: string; body: string; head: string; base: string; draft: boolean },
): PullRequest {
  const { title, body, draft } = pull;
  const head = { repository, ref: pull.head, oid: "" };
  return {
    number: 0,
    url: "",
    state: "open",
    merged: false,
    draft,
    title,
    body,
    head,
    base: { ref: pull.base },
  };
}
