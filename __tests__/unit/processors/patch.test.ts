import { describe, expect, test } from "@jest/globals";
import { investigate, openSource } from "../../../src/investigate.ts";
import { someSettings } from "../../builders/settings.ts";
import { aTask } from "../../builders/task.ts";
import { aWorld } from "../../fakes/world.ts";

const DIFF = "```diff\n--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1 @@\n+hi\n```\n";

async function patched(instruction: string, world = aWorld()) {
  const task = aTask({ instruction });
  const source = await openSource(world.ports, task, someSettings());
  return { ...(await investigate(world.ports, task, someSettings(), source)), world };
}

describe("the patch processor", () => {
  test("applies the diffs of the instruction to the start, without a checkout", async () => {
    const { proposal, tree, world } = await patched(`Please apply:\n\n${DIFF}`);
    expect(proposal.kind).toBe("changes");
    expect(world.remote.trees.get(tree)).toEqual({ "README.md": "Hello\n", "new.txt": "hi\n" });
    expect(world.git.script.names()).not.toContain("checkout");
  });

  test("says where everything is there already", async () => {
    const world = aWorld();
    world.remote.grow("main", { "new.txt": "hi\n" });
    const { proposal } = await patched(DIFF, world);
    expect(proposal).toMatchObject({
      kind: "no-changes",
      reason: "Everything in the diffs is already there.",
    });
  });

  test("tells how to configure a processor where there is no diff, and makes nothing up", async () => {
    const { proposal } = await patched("Add authentication");
    expect(proposal).toMatchObject({
      kind: "no-changes",
      reason: expect.stringContaining("set the input `command`"),
    });
  });

  test("fails where a diff does not apply", async () => {
    await expect(patched("```diff\nnonsense\n```")).rejects.toMatchObject({ code: "patch-failed" });
  });
});
