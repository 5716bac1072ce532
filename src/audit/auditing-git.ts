import type { Audit, Git, GitStore } from "../ports.ts";
import type { Recorded } from "./auditing.ts";

/** Git whose pushes stand in the audit trail. None comes before all earlier events are delivered, where that is required. */
export function auditingGit(git: Git, audit: Audit, recorded: Recorded): Git {
  return { ...git, open: async (url) => auditingStore(await git.open(url), url, audit, recorded) };
}

function auditingStore(store: GitStore, url: string, audit: Audit, recorded: Recorded): GitStore {
  const onRef = <T>(step: string, ref: string, work: () => Promise<T>, tell: (answer: T) => unknown) =>
    recorded({ actionType: "api_call", resource: `${url} ${ref}`, metadata: { step } }, work, (answer) => ({
      metadata: { answer: tell(answer) },
    }));
  const wonOrLost = (oid: string | null) => oid ?? "moved";
  return {
    ...store,
    async commit(commit) {
      // Only a signed commit is made at GitHub.
      if (!commit.signed) return await store.commit(commit);
      await audit.ensureDelivered();
      const call = { actionType: "api_call", resource: url, metadata: { step: "create-commit" } } as const;
      return await recorded(
        call,
        () => store.commit(commit),
        (oid) => ({ metadata: { commit: oid } }),
      );
    },
    async push({ commit, branch, expected }) {
      await audit.ensureDelivered();
      return await recorded(
        {
          actionType: "api_call",
          resource: `${url} refs/heads/${branch}`,
          metadata: { step: "push", commit, expected },
        },
        () => store.push({ commit, branch, expected }),
        (answer) => ({ metadata: { answer } }),
      );
    },
    createRef: (ref, message) => onRef("create-ref", ref, () => store.createRef(ref, message), wonOrLost),
    replaceRef: (ref, expected, message) =>
      onRef("replace-ref", ref, () => store.replaceRef(ref, expected, message), wonOrLost),
    deleteRef: (ref, expected) =>
      onRef(
        "delete-ref",
        ref,
        () => store.deleteRef(ref, expected),
        (deleted) => (deleted ? "deleted" : "moved"),
      ),
  };
}
