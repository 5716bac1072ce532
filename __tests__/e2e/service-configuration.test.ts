import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { DISPATCH, resultsOf, withService } from "../builders/service.ts";

jest.setTimeout(60_000);

describe("the command line", () => {
  test("reads a file, out of which a step gets what AGENT_PASS_ENV names and nothing else", async () => {
    await withService(async ({ github, open, start, workspace }) => {
      const [number = 0] = open(1);
      const file = join(workspace, "runner.env");
      writeFileSync(
        file,
        "AGENT_PASS_ENV=AGENTS_KEY\nAGENTS_KEY=key-of-the-agent\nAGENT_NAME=from-the-file\n",
      );
      const command = 'test "$AGENTS_KEY" = key-of-the-agent && test -z "$AGENT_NAME" && touch found';
      const issue = `${DISPATCH}#${number}`;
      const run = start(["run", "--issue", issue, "--config", file], { AGENT_COMMAND: command });
      expect(await run.ended()).toBe(0);
      expect(resultsOf(github, number)).toEqual([expect.stringContaining('"outcome": "opened"')]);
      expect(run.output().stderr).toContain('"name":"from-the-file"');
    });
  });

  test("ends with status 2 and says in a line why it cannot listen or write", async () => {
    await withService(async ({ start, workspace }) => {
      const first = start(["serve"]);
      const { port } = new URL(await first.url());
      writeFileSync(join(workspace, "file"), "");
      const refused = [
        start(["serve"], { AGENT_PORT: port }),
        start(["serve"], { AGENT_WORKSPACE: join(workspace, "file") }),
      ];
      expect(await Promise.all(refused.map((service) => service.ended()))).toEqual([2, 2]);
      expect(refused.map((service) => service.output().stderr)).toEqual([
        expect.stringMatching(/^agent-runner: AGENT_HOST and AGENT_PORT: .+EADDRINUSE.+\n$/),
        expect.stringMatching(/^agent-runner: AGENT_WORKSPACE: .+EEXIST.+\n$/),
      ]);
    });
  });
});
