import { existsSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { readConfiguration } from "../../../src/service/configuration.ts";
import { VARIABLES } from "../../../src/service/variables.ts";
import { readCompose } from "../../builders/deployment.ts";
import { environmentOf, readDockerfile, usersOf } from "../../builders/dockerfile.ts";

const ROOT = new URL("../../../", import.meta.url);
const dockerfile = readDockerfile();
const service = readCompose("docker-compose.agent-runner.yml");

describe("docker-compose.agent-runner.yml", () => {
  test("builds this repository's image and reads the file that .env.example is copied to", () => {
    expect(service.build).toBe(".");
    expect(existsSync(new URL(`${service.env_file}.example`, ROOT))).toBe(true);
  });

  test("gives the service a root that it cannot write, and no privilege", () => {
    const { read_only, cap_drop, cap_add, security_opt, privileged, user } = service;
    expect({ read_only, cap_drop, cap_add, security_opt, privileged, user }).toEqual({
      ...{ read_only: true, cap_drop: ["ALL"], security_opt: ["no-new-privileges:true"] },
      ...{ cap_add: undefined, privileged: undefined, user: undefined },
    });
  });

  test("mounts a volume where the workspace is, memory where else it writes, and nothing of the machine's", () => {
    const { AGENT_WORKSPACE: workspace, HOME } = environmentOf(dockerfile);
    const uid = usersOf(dockerfile)["agent-runner"];
    expect(service.volumes).toEqual([`workspace:${workspace}`]);
    expect(service.tmpfs?.map((mount) => mount.split(":")[0])).toEqual(["/tmp", HOME]);
    expect(service.tmpfs?.[1]).toContain(`mode=0700,uid=${uid},gid=${uid}`);
  });

  test("publishes the service's port to the machine itself alone", () => {
    const port = VARIABLES.AGENT_PORT.fallback;
    expect(service.ports).toEqual([`127.0.0.1:${port}:${port}`]);
  });

  test("waits longer for an end than the tasks may take for theirs", () => {
    const seconds = Number.parseInt(service.stop_grace_period ?? "", 10);
    expect(seconds).toBeGreaterThanOrEqual(Number(VARIABLES.AGENT_GRACE_SECONDS.fallback) + 30);
  });
});

describe("deploy/compose/isolation-user.yml", () => {
  const isolated = readCompose("deploy/compose/isolation-user.yml");

  test("isolates steps, one at a time, as the user that the image has for them", () => {
    const needed = { DISPATCH_REPO: "acme/tasks", GITHUB_TOKEN: "token", AGENT_COMMAND: "true" };
    const { settings, concurrency } = readConfiguration({ ...needed, ...isolated.environment });
    expect(settings.isolation).toBe("user");
    expect(Object.keys(usersOf(dockerfile))).toContain(settings.isolationUser);
    expect(concurrency).toBe(1);
  });

  test("takes back nothing but the user and the capabilities that this needs", () => {
    expect(Object.keys(isolated).sort()).toEqual(["cap_add", "environment", "user"]);
    expect(isolated.cap_add).not.toContain("SYS_ADMIN");
  });
});
