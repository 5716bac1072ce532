import { readFileSync } from "node:fs";
import { describe, expect, jest, test } from "@jest/globals";
import { repositoryDispatchEvent } from "../../loopback/events.ts";
import {
  anEvent,
  artifactOf,
  assertOnlyRead,
  READING_TOKEN,
  stateOfTarget,
  withHalves,
} from "../builders/halves.ts";
import { DEVELOPER, REPOSITORY } from "../builders/job.ts";

jest.setTimeout(180_000);

describe("in the investigating half", () => {
  test("no request of ours changes anything at GitHub, whatever the command does", () =>
    withHalves(async (scene) => {
      const event = await anEvent(scene, "Do it");
      const commands = [
        "echo x > a.txt",
        "git push origin HEAD:evil || true; git commit --allow-empty -m x; git tag v9; echo x > a.txt",
        "exit 3",
        "rm -rf .git; echo x > a.txt",
        'echo "::set-output name=report-digest::sha256:0"; echo "report-digest=x" >> "$GITHUB_OUTPUT" || true; echo x > CODEOWNERS',
      ];
      const before = await stateOfTarget(scene.github);
      scene.github.reset();
      for (const command of commands) await scene.investigate(event, { command });
      assertOnlyRead(scene.github);
      expect(await stateOfTarget(scene.github)).toEqual(before);
      expect(scene.github.issue(REPOSITORY, 1).comments).toEqual([]);
    }));

  test("the token reaches neither the command's environment, nor a command line, nor a file", () =>
    withHalves(async (scene) => {
      const event = await anEvent(scene, "Do it");
      const command = [
        'env > seen.txt; tr "\\0" "\\n" < /proc/self/environ >> seen.txt',
        "for process in /proc/[0-9]*; do tr '\\0' ' ' < $process/cmdline; done >> seen.txt 2>/dev/null || true",
        // In pieces, so that the search does not find itself; the second is how git sends a token.
        'grep -rasl -e "r3aDiNg""r3aDiNg" -e "eC1hY2Nlc3M""tdG9rZW46" "$HOME" "$TMPDIR" "$PWD/.." | sed "s/^/LEAK /" > leaks.txt || true',
      ].join("\n");
      const end = await scene.investigate(event, { command });
      expect(end.outputs.outcome).toBe("investigated");
      const patch = readFileSync(artifactOf(scene, "patch-file"), "utf8");
      expect(patch).toContain("AGENT_TASK_ID");
      expect(patch).not.toContain("LEAK");
      for (const text of [
        patch,
        readFileSync(artifactOf(scene, "report-file"), "utf8"),
        end.log,
        end.summary,
        JSON.stringify(end.outputs),
      ])
        expect(text).not.toContain(READING_TOKEN);
    }));

  test("a secret in the work is refused, and stands in no file that is handed over", () =>
    withHalves(async (scene) => {
      const event = await anEvent(scene, "Do it");
      const secret = `ghp_${"aB3dE6gH9jK2".repeat(3)}`;
      const end = await scene.investigate(event, {
        command: `echo ${secret.slice(0, 10)}""${secret.slice(10)} > a.txt`,
      });
      expect(end.outputs).toMatchObject({ outcome: "failed", "failure-code": "secret-found" });
      expect(end.outputs).not.toHaveProperty(["patch-file"]);
      expect(readFileSync(artifactOf(scene, "report-file"), "utf8") + end.summary).not.toContain(secret);
    }));

  test("a whole task in an event, for which an issue would have to be written, is refused", () =>
    withHalves(async (scene) => {
      await anEvent(scene);
      const payload = repositoryDispatchEvent(scene.github, {
        repo: REPOSITORY,
        sender: DEVELOPER,
        eventType: "agent-task",
        clientPayload: { task_id: "t-1", instruction: "Do it" },
      });
      scene.github.reset();
      const end = await scene.investigate({ name: "repository_dispatch", payload });
      expect(end.outputs).toMatchObject({ outcome: "failed", "failure-code": "invalid-event" });
      expect(scene.github.requests).toEqual([]);
      expect(end.outputs["report-file"]).toBeUndefined();
    }));
});
