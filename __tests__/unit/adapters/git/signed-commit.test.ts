import { describe, expect, test } from "@jest/globals";
import { createSignedCommit, type Signing } from "../../../../src/adapters/git/signed-commit.ts";
import type { Change } from "../../../../src/task.ts";
import { aCommit } from "../../../builders/git.ts";

const [BASE, TREE, BLOB] = ["1".repeat(40), "2".repeat(40), "3".repeat(40)];
const COMMIT = aCommit({ tree: TREE, parents: [BASE] });
const CHANGE: Change = {
  path: "big.bin",
  status: "added",
  oldMode: "000000",
  newMode: "100644",
  oldOid: "0".repeat(40),
  newOid: BLOB,
};

/** A GitHub that stores everything, makes the right tree and signs, unless told otherwise. */
function aSigning(change: Partial<Signing["database"]> = {}, content: Buffer | null = Buffer.from("x")) {
  const calls: string[] = [];
  const noted = <T>(name: string, answer: T) => {
    return async () => {
      calls.push(name);
      return answer;
    };
  };
  const signing: Signing = {
    repository: "o/r",
    database: {
      createBlob: noted("blob", BLOB),
      createTree: noted("tree", TREE),
      createCommit: noted("commit", { oid: "4".repeat(40), verified: true, reason: "valid" }),
      ...change,
    },
    store: { changes: async () => [CHANGE], treeOf: async () => BASE, readBlobs: async () => [content] },
    fetch: noted("fetch", undefined),
  };
  return { signing, calls };
}

describe("a commit that GitHub is to sign", () => {
  test("is fetched when it is made, so that it can be pushed like any other", async () => {
    const { signing, calls } = aSigning();
    expect(await createSignedCommit(signing, COMMIT)).toBe("4".repeat(40));
    expect(calls).toEqual(["blob", "tree", "commit", "fetch"]);
  });

  test("is not made where GitHub's tree is another one than git's", async () => {
    const { signing, calls } = aSigning({ createTree: async () => "5".repeat(40) });
    await expect(createSignedCommit(signing, COMMIT)).rejects.toMatchObject({ code: "git-failed" });
    expect(calls).toEqual(["blob"]);
  });

  test("is not fetched where GitHub did not sign it", async () => {
    const made = { oid: "4".repeat(40), verified: false, reason: "unsigned" };
    const { signing, calls } = aSigning({ createCommit: async () => made });
    await expect(createSignedCommit(signing, COMMIT)).rejects.toMatchObject({ code: "not-signed" });
    expect(calls).toEqual(["blob", "tree"]);
  });

  test("takes no file that is larger than GitHub's API does, and names it", async () => {
    const { signing, calls } = aSigning({}, null);
    await expect(createSignedCommit(signing, COMMIT)).rejects.toMatchObject({
      code: "too-large",
      detail: expect.stringContaining("big.bin"),
    });
    expect(calls).toEqual([]);
  });
});
