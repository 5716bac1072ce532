import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, jest, test } from "@jest/globals";
import { actionNode } from "../../loopback/runner.ts";
import { readCompose } from "../builders/deployment.ts";
import { commandOf, readDockerfile, usersOf } from "../builders/dockerfile.ts";
import { type Identity, type Image, layOutImage, whyNoImage } from "../builders/image.ts";
import {
  countEnds,
  type RunningService,
  resultsOf,
  type ServiceScene,
  TARGET,
  TOKEN,
  until,
  withService,
} from "../builders/service.ts";

jest.setTimeout(200_000);

// No container engine is at hand: bubblewrap stands for one.
const missing = whyNoImage();
const testImage = missing ? test.skip : test;
const dockerfile = readDockerfile();
const LOOK_FOR_TOKEN = `grep -qaF ${TOKEN} /proc/*/environ 2>/dev/null && echo seen || echo unseen`;
const TELL_CAPABILITIES = "sed -n 's/^Cap\\(Prm\\|Eff\\|Amb\\):\\s*//p' /proc/self/status";
const NO_CAPABILITIES = Array(3).fill("0".repeat(16));
const { "agent-runner": runner = 0, "agent-step": step = 0 } = usersOf(dockerfile);

/** Starts the image's own command with nothing but its own environment and the documented variables. */
function startImage(
  { launch, variables }: ServiceScene,
  image: Image,
  identity: Identity,
  more: Record<string, string>,
): RunningService {
  const { PATH, HOME, AGENT_WORKSPACE, ...documented } = variables;
  const command = [...commandOf(dockerfile, "ENTRYPOINT"), ...commandOf(dockerfile, "CMD")];
  return launch(image.containing(command, identity), { ...image.environment, ...documented, ...more });
}

/** Tells the container's process 1 to stop, as an engine does. */
function stop({ process: { pid } }: RunningService): void {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  expect(children).toHaveLength(1);
  process.kill(Number(children[0]), "SIGTERM");
}

function checkHealth(port: string): number | null {
  const [program, ...args] = commandOf(dockerfile, "HEALTHCHECK");
  expect(program).toBe("node");
  return spawnSync(actionNode(), args, { env: { AGENT_PORT: port } }).status;
}

async function withImage(act: (scene: ServiceScene, image: Image) => Promise<void>): Promise<void> {
  const image = layOutImage();
  try {
    await withService((scene) => act(scene, image));
  } finally {
    image.dispose();
  }
}

/** The file that the step of an issue has left in its pull request. */
async function leftBehind({ github }: ServiceScene, number: number): Promise<string> {
  const pull = github.pulls(TARGET).find(({ head }) => head.ref.startsWith(`agent-task-${number}-`));
  return await github.git(TARGET, "show", `${pull?.head.oid}:found.txt`);
}

describe(`the image${missing ? `, not played here: ${missing}` : ""}`, () => {
  testImage("runs a task as its own user on a read-only root, and drains when it is stopped", async () => {
    await withImage(async (scene, image) => {
      const { github, open } = scene;
      const [number = 0] = open(1);
      const command = `echo at work; sleep 1
        { id -u; ${LOOK_FOR_TOKEN}; touch /opt/agent-runner/x /usr/local/x /x 2>/dev/null || echo read-only
          echo kept >~/file && cat ~/file; ${TELL_CAPABILITIES}; } >found.txt`;
      const service = startImage(scene, image, { uid: runner }, { AGENT_COMMAND: command });
      const { port } = new URL(await service.url());
      expect(checkHealth(port)).toBe(0);
      await until("the step runs", () => service.output().stdout.includes("at work"));
      stop(service);
      expect(await service.ended()).toBe(0);
      expect(checkHealth(port)).toBe(1);
      expect(resultsOf(github, number)).toEqual([expect.stringContaining('"outcome": "opened"')]);
      expect(countEnds(github, [number])).toEqual({ results: [1], pulls: [1] });
      expect(await leftBehind(scene, number)).toBe(
        [runner, "seen", "read-only", "kept", ...NO_CAPABILITIES].join("\n"),
      );
    });
  });

  testImage("keeps a step from its token where deploy/compose/isolation-user.yml is in force", async () => {
    await withImage(async (scene, image) => {
      const { github, open } = scene;
      const numbers = open(2);
      const { cap_add: capabilities = [], environment } = readCompose("deploy/compose/isolation-user.yml");
      const command = `mkdir -m 700 deep; echo x >deep/file
        { id -u; ${LOOK_FOR_TOKEN}
          ls /proc/1/fd /root /home/agent-runner /var/lib/agent-runner 2>/dev/null || true
          touch /var/lib/agent-runner/x /x 2>/dev/null || echo read-only
          ${TELL_CAPABILITIES}; } >found.txt; (setsid sleep 600 &)`;
      const more = { ...environment, AGENT_COMMAND: command };
      const service = startImage(scene, image, { capabilities }, more);
      await until("both tasks have their results", () =>
        numbers.every((number) => resultsOf(github, number).length > 0),
      );
      stop(service);
      expect(await service.ended()).toBe(0);
      expect(countEnds(github, numbers)).toEqual({ results: [1, 1], pulls: [1, 1] });
      for (const number of numbers) {
        const expected = [step, "unseen", "read-only", ...NO_CAPABILITIES].join("\n");
        expect(await leftBehind(scene, number)).toBe(expected);
      }
    });
  });
});
