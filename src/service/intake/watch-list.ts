import type { Clock } from "../../ports.ts";
import type { Issue, RepositoryName } from "../../task.ts";
import { comparePriorities, jobId, priorityOf } from "../queue/queue.ts";

/** An issue that is watched. */
export interface Watched {
  id: string;
  issue: Issue;
  /** Under which name its repository is watched: the issue's own is another one where it was renamed. */
  repository: RepositoryName;
  /** What the issue was like when it was judged last. */
  judged: string | null;
}

/** The labelled issues of all repositories, and which of them are to be judged anew. */
export interface WatchList {
  /** Takes over all that a repository has now. */
  replace(repository: RepositoryName, issues: Issue[]): void;
  /** Those that have changed since they were judged, or whose time has come; the most urgent ones first. */
  due(): Watched[];
  setJudged(watched: Watched): void;
  /** Judges that issue anew after this time, though it may not have changed. */
  recheck(id: string, milliseconds: number): void;
  /** Whether the time of any issue has come that is not left out. */
  isRecheckDue(isLeftOut: (id: string) => boolean): boolean;
}

export function createWatchList(clock: Pick<Clock, "now">): WatchList {
  const watched = new Map<string, Watched>();
  /** Issue → when, on this machine's clock. */
  const rechecks = new Map<string, number>();
  const hasCome = (id: string) => (rechecks.get(id) ?? Infinity) <= clock.now().getTime();

  return {
    replace(repository, issues) {
      const found = new Map(issues.map((issue) => [jobId(nameOf(issue)), issue]));
      for (const [id, old] of watched) {
        if (old.repository === repository && !found.has(id)) watched.delete(id);
      }
      for (const [id, issue] of found) {
        watched.set(id, { id, issue, repository, judged: watched.get(id)?.judged ?? null });
      }
    },
    due() {
      // What is watched no more, since it was closed say, is judged when it comes back.
      for (const id of rechecks.keys()) if (!watched.has(id) && hasCome(id)) rechecks.delete(id);
      return [...watched.values()]
        .filter(({ id, issue, judged }) => judged !== stateOf(issue) || hasCome(id))
        .sort((a, b) => compareIssues(a.issue, b.issue));
    },
    setJudged(entry) {
      entry.judged = stateOf(entry.issue);
      rechecks.delete(entry.id);
    },
    recheck(id, milliseconds) {
      rechecks.set(id, clock.now().getTime() + milliseconds);
    },
    isRecheckDue: (isLeftOut) => [...rechecks.keys()].some((id) => hasCome(id) && !isLeftOut(id)),
  };
}

function nameOf({ repository, number }: Issue) {
  return { repository, issueNumber: number };
}

/** GitHub's times tell whole seconds, and a machine may ask again within the second of its result. */
function stateOf({ updatedAt, commentCount, labels }: Issue): string {
  return JSON.stringify([updatedAt, commentCount, labels]);
}

function compareIssues(a: Issue, b: Issue): number {
  return comparePriorities(priorityOf(a.labels), priorityOf(b.labels)) || a.number - b.number;
}
