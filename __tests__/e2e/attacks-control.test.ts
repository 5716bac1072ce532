import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { expect, jest, test } from "@jest/globals";
import { flawsOf } from "../builders/attack-flaws.ts";
import { CANARIES } from "../builders/canary-job.ts";
import { aLabelledEvent, REPOSITORY } from "../builders/job.ts";

jest.setTimeout(60_000);

test("an attack that succeeds is seen, whatever it gains", async () => {
  const flaws = await flawsOf({
    name: "all at once",
    command: ({ trap, sink, root, bait }) =>
      `${trap}; node -e 'fetch("${sink}").catch(() => {})'; echo pwned >> ${bait}/kept; cat ${root}/token | rev`,
    arrange: ({ github, root }) => {
      writeFileSync(`${root}/token`, CANARIES.target);
      github.comment(REPOSITORY, 1, "@everyone", { login: "github-actions[bot]", type: "Bot" });
    },
    ends: "opened",
    event: ({ github, root }, issue) => {
      spawn("sleep", ["60"], { cwd: root, detached: true, stdio: "ignore" }).unref();
      return aLabelledEvent(github, issue);
    },
    during: ({ github }, main) => {
      main.on("spawn", () => void github.commit(REPOSITORY, "theirs", { "pwned.txt": "pwned" }));
    },
    flaws: () => ["what the attack itself looked at"],
  });
  expect(flaws).toEqual(
    expect.arrayContaining([
      "a token in what was told",
      expect.stringMatching(/^a token in \/.*\/token$/),
      expect.stringMatching(/^\d+ calls at the sink$/),
      "a program of theirs was run",
      "1 processes are alive",
      "the bait was changed",
      `${REPOSITORY} refs/heads/theirs was changed`,
      'results: ["no-changes"]',
      "pull requests: 0",
      "@everyone in a comment",
      "what the attack itself looked at",
    ]),
  );
});
