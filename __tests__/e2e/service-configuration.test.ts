import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, jest, test } from "@jest/globals";
import { actionNode } from "../../loopback/runner.ts";
import { BUNDLE, DISPATCH, resultsOf, TOKEN, withService } from "../builders/service.ts";

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

  test("answers in full through a pipe that holds less than its answer", async () => {
    await withService(async ({ launch, variables }) => {
      const targets = Array.from({ length: 400 }, (_, index) => `acme/no-repository-of-such-a-name-${index}`);
      const doctor = [actionNode(), BUNDLE, "doctor", "--json", "--target", ...targets];
      const reader = launch(["sh", "-c", '"$@" | { sleep 2; cat; }', "sh", ...doctor], variables);
      await reader.ended();
      const { stdout } = reader.output();
      expect(stdout.length).toBeGreaterThan(65_536);
      expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ subject: targets.at(-1) }));
    });
  });

  test("ends with status 2 and says in a line why it cannot listen, write, or hand a variable to steps", async () => {
    await withService(async ({ start, workspace }) => {
      const first = start(["serve"]);
      const { port } = new URL(await first.url());
      writeFileSync(join(workspace, "file"), "");
      const refused = [
        start(["serve"], { AGENT_PORT: port }),
        start(["serve"], { AGENT_WORKSPACE: join(workspace, "file") }),
        start(["serve"], { AGENT_PASS_ENV: "AGENT_COMMAND" }),
        start(["serve"], { AGENT_PASS_ENV: "MY_KEY", MY_KEY: TOKEN }),
      ];
      expect(await Promise.all(refused.map((service) => service.ended()))).toEqual([2, 2, 2, 2]);
      expect(refused.map((service) => service.output().stderr)).toEqual([
        expect.stringMatching(/^agent-runner: AGENT_HOST and AGENT_PORT: .+EADDRINUSE.+\n$/),
        expect.stringMatching(/^agent-runner: AGENT_WORKSPACE: .+EEXIST.+\n$/),
        expect.stringMatching(
          /^agent-runner: .+AGENT_COMMAND is never passed.+pass-env is AGENT_PASS_ENV\.\n$/,
        ),
        expect.stringMatching(/^agent-runner: .+MY_KEY holds a token.+pass-env is AGENT_PASS_ENV\.\n$/),
      ]);
    });
  });
});
