import { addComment, addLabels, openIssue, removeLabel, setState, setTitle } from "../issues.ts";
import type { Actor } from "../model.ts";
import { mergePull, pullsOf } from "../pulls.ts";
import { by, type State } from "../state.ts";
import { type IssueView, type PullView, viewIssue, viewPull } from "../views.ts";

export interface NewIssue {
  title: string;
  body: string | null;
  labels?: string[];
  author?: Actor;
  /** Higher than every number before; default the next one. */
  number?: number;
}

export interface IssueChange {
  title?: string;
  body?: string;
  state?: "open" | "closed";
}

/** What people do to issues and pull requests on their pages; `person` does it where nobody is named. */
export function issueControls(state: State, person: Actor) {
  return {
    /** Opens an issue and gives its number. */
    createIssue(name: string, { author = person, ...wanted }: NewIssue): number {
      return openIssue(state, state.repository(name), wanted, by(state, author)).number;
    },

    /** Changes an issue or pull request; `state: "closed"` closes a pull request without merging it. */
    editIssue(name: string, number: number, change: IssueChange, actor = person): void {
      const { issue } = state.issue(name, number);
      const author = by(state, actor);
      if (change.title !== undefined) setTitle(state, issue, change.title, author);
      if (change.body !== undefined) Object.assign(issue, { body: change.body, updatedAt: state.now() });
      if (change.state !== undefined) setState(state, issue, change.state, author);
    },

    /** Comments and gives the comment's id. */
    comment(name: string, number: number, body: string, author = person): number {
      return addComment(state, state.issue(name, number).issue, body, by(state, author)).id;
    },

    addLabel(name: string, number: number, label: string, actor = person): void {
      const { repository, issue } = state.issue(name, number);
      addLabels(state, repository, issue, [label], by(state, actor));
    },

    removeLabel(name: string, number: number, label: string, actor = person): void {
      removeLabel(state, state.issue(name, number).issue, label, by(state, actor));
    },

    issue: (name: string, number: number): IssueView => viewIssue(state.issue(name, number).issue),

    /** The pull requests of a repository, open or not, oldest first. */
    pulls: (name: string): PullView[] => pullsOf(state.repository(name)).map(viewPull),

    /** Merges with a merge commit, as the button does. */
    async merge(name: string, number: number, actor = person): Promise<void> {
      const repository = state.repository(name);
      const pull = pullsOf(repository).find((one) => one.number === number);
      if (pull === undefined) throw new Error(`${name} has no pull request ${number}.`);
      await mergePull(state, repository, pull, by(state, actor));
    },
  };
}
