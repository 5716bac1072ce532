import { createOnce, repeatWrite } from "../once.ts";
import type { Ports } from "../ports.ts";
import { readSituation } from "../situation.ts";
import type { Issue } from "../task.ts";

/** Shortest time between two edits: GitHub allows few content-creating calls an hour. */
const EDIT_EVERY_MS = 5000;

/** The one status comment of a task: made or found again at the begin, edited as the stages go by. */
export interface StatusWriter {
  begin(issue: Issue, taskId: string, foundId: number | null): void;
  /** The state has changed; it is shown soon. */
  refresh(): void;
  end(): Promise<void>;
  /** Takes back the comment that this run added, or ends the one that it found. */
  retract(): Promise<void>;
  /** How many comments this run has added: 0 or 1. */
  added(): number;
}

/** `render` gives the comment's text as of now. A write that fails is a warning. */
export function createStatusWriter(
  ports: Pick<Ports, "dispatch" | "clock" | "log">,
  render: () => string,
): StatusWriter {
  const { dispatch, clock } = ports;
  let repository = "";
  let comment: Promise<number | null> = Promise.resolve(null);
  let created: number | null = null;
  let planned: { callOff(): void } | null = null;

  const tolerate = (thrown: unknown) => {
    ports.log.warning(`The status comment could not be written: ${String(thrown)}`);
    return null;
  };
  const edit = async (id: number) => {
    await repeatWrite(clock, "Editing the status comment", () =>
      dispatch.updateComment(repository, id, render()),
    );
    return id;
  };
  const create = async (issue: Issue, taskId: string) => {
    created = await createOnce(
      clock,
      "Creating the status comment",
      async () => (await dispatch.createComment(issue.repository, issue.number, render())).id,
      async () => (await readSituation(ports, issue, taskId)).statusCommentId,
    );
    return created;
  };
  const remove = (id: number) =>
    repeatWrite(clock, "Deleting the status comment", () => dispatch.deleteComment(repository, id));
  const show = () => {
    planned?.callOff();
    planned = null;
    comment = comment.then((id) => (id === null ? null : edit(id).catch(tolerate)));
    return comment;
  };

  return {
    begin(issue, taskId, foundId) {
      repository = issue.repository;
      comment = (foundId === null ? create(issue, taskId) : edit(foundId)).catch(tolerate);
    },
    refresh() {
      planned ??= clock.later(EDIT_EVERY_MS, show);
    },
    async end() {
      await show();
    },
    async retract() {
      planned?.callOff();
      await comment;
      if (created === null) await show();
      else await remove(created).catch(tolerate);
    },
    added: () => (created === null ? 0 : 1),
  };
}

/** Stands in where `status-comment: false`. */
export const NO_STATUS: StatusWriter = {
  begin: () => {},
  refresh: () => {},
  end: async () => {},
  retract: async () => {},
  added: () => 0,
};
