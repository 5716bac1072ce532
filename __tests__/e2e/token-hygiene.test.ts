import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { LoopbackGitHub } from "../../loopback/github.ts";
import {
  aCanaryGitHub,
  allThatGitHubHolds,
  allThatWasTold,
  CANARIES,
  runCanaryJob,
  spellingsOf,
  TARGET,
} from "../builders/canary-job.ts";
import { sightingsIn, tracing } from "../builders/system-calls.ts";

jest.setTimeout(120_000);

const SPELLINGS = Object.values(CANARIES).flatMap(spellingsOf);
const CHANGE = "echo 2 > a.txt";

let github: LoopbackGitHub;
let folder: string;
beforeEach(async () => {
  github = await aCanaryGitHub();
  folder = mkdtempSync(join(tmpdir(), "token-hygiene-"));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await github.close();
});

function leaksIn(text: string, secrets = SPELLINGS): string[] {
  return secrets.filter((secret) => text.includes(secret));
}

async function expectNoLeak(end: Awaited<ReturnType<typeof runCanaryJob>>): Promise<void> {
  expect(leaksIn(allThatWasTold(end))).toEqual([]);
  expect(leaksIn(await allThatGitHubHolds(github))).toEqual([]);
}

function hasStrace(): boolean {
  try {
    execFileSync("strace", ["-qq", "-o", "/dev/null", "true"]);
    return true;
  } catch {
    return false;
  }
}

describe("during a whole run", () => {
  const traced = hasStrace() ? test : test.skip;

  traced(
    "no process has a token among its arguments, none but git in its environment, and no file gets one",
    async () => {
      const trace = join(folder, "trace");
      const step = `${CHANGE}; env; cat /proc/self/environ; grep -ras ghs_ "$HOME" "$TMPDIR" . || true`;
      const end = await runCanaryJob(github, { command: step }, { wrapper: tracing(trace) });
      expect(end.outputs.outcome).toBe("opened");
      const { sightings, programs } = sightingsIn(trace, SPELLINGS);
      expect(programs).toEqual(
        expect.arrayContaining([expect.stringMatching(/\/git$/), expect.stringMatching(/\/bash$/)]),
      );
      const seen = [...new Set(sightings.map(({ where, what }) => `${where}: ${what}`))].sort();
      expect(seen).toEqual(
        seen.filter((one) => /^variable: git(?:-remote-https?)? GIT_CONFIG_VALUE_\d+$/.test(one)),
      );
      expect(seen.length).toBeGreaterThan(0);
      await expectNoLeak(end);
    },
  );
});

describe("a run that fails tells no token", () => {
  test("where the push is refused", async () => {
    github.configure(TARGET, { protectedBranches: ["agent-task-*"] });
    const end = await runCanaryJob(github, { command: CHANGE });
    expect(end.outputs["failure-code"]).toBe("branch-protected");
    await expectNoLeak(end);
  });

  test.each([
    ["the API", "api", /\/pulls$/],
    ["the git server", "git", /git-receive-pack$/],
  ])("where %s does not know it any more", async (_, kind, path) => {
    const match = (request: { kind: string; path: string }) =>
      request.kind === kind && path.test(request.path);
    github.faults.add({
      match,
      fault: { kind: "status", status: 401, message: "Bad credentials" },
      times: 99,
    });
    const end = await runCanaryJob(github, { command: CHANGE });
    expect(end.outputs["failure-code"]).toBe("bad-credentials");
    await expectNoLeak(end);
  });

  test.each(
    Object.entries(CANARIES),
  )("where the step knows the %s token and prints, names and commits it in every way", async (_, token) => {
    const [raw, , hex] = spellingsOf(token);
    const encoded = Buffer.from(`x-access-token:${token}`).toString("base64");
    const step = [
      ...[raw, hex, encoded].map((text) => `echo "it is ${text}!"; echo "::error::${text}" >&2`),
      `echo ${encoded} > leak.txt`,
      `printf '{"title":"%s","summary":"%s","commit_message":"%s"}' ${raw} ${hex} ${encoded} > "$AGENT_RESULT_FILE"`,
    ].join("\n");
    const end = await runCanaryJob(github, { command: step });
    expect(end.outputs["failure-code"]).toBe("secret-found");
    expect(await github.git(TARGET, "for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");
    expect(await allThatGitHubHolds(github)).toContain("`leak.txt`, line 1");
    await expectNoLeak(end);
  });

  test("where the command itself fails with it on its lips", async () => {
    const end = await runCanaryJob(github, { command: `echo "fatal: ${CANARIES.target}" >&2; exit 3` });
    expect(end.outputs["failure-code"]).toBe("command-failed");
    await expectNoLeak(end);
  });
});

test("work that holds a token is not kept as an artifact either", async () => {
  const end = await runCanaryJob(
    github,
    { command: `echo ${CANARIES.target} > leak.txt; exit 3` },
    { folder },
  );
  expect(end.log).toContain("The work could not be kept");
  const holding = execFileSync("bash", ["-c", 'grep -rlaF "$1" temp || true', "-", CANARIES.target], {
    cwd: folder,
  });
  expect(holding.toString()).toBe("");
});
