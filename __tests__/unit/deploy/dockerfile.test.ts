import { existsSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { INPUT_VARIABLES, VARIABLES } from "../../../src/service/variables.ts";
import {
  commandOf,
  copiesOf,
  environmentOf,
  readDockerfile,
  textsOf,
  usersOf,
} from "../../builders/dockerfile.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const instructions = readDockerfile();
const copies = copiesOf(instructions);

describe("the Dockerfile", () => {
  test("copies files that are in the repository, and the ignore file lets these through and nothing else", () => {
    expect(copies.map(({ source }) => source)).toEqual(["LICENSE", "dist/runner"]);
    for (const { source, mode } of copies) {
      const found = statSync(join(ROOT, source));
      expect(mode).toBe(found.isDirectory() ? 0o755 : 0o644);
    }
    const ignored = readFileSync(join(ROOT, ".dockerignore"), "utf8").split("\n").filter(Boolean);
    const patterns = ignored.filter((line) => !line.startsWith("#"));
    expect(patterns).toEqual(["*", ...copies.map(({ source }) => `!${source}`)]);
  });

  test("starts the bundle that it copied, by its own words and no shell's", () => {
    const [program, entry = ""] = commandOf(instructions, "ENTRYPOINT");
    const bundle = copies.find(({ target }) => entry.startsWith(`${target}/`));
    expect(program).toBe("node");
    expect(existsSync(join(ROOT, bundle?.source ?? "", posix.basename(entry)))).toBe(true);
    expect(commandOf(instructions, "CMD")).toEqual(["serve"]);
  });

  test("ends as its own user, by the number of one that it makes, after everything that takes root", () => {
    const users = usersOf(instructions);
    expect(Object.values(users)).toHaveLength(2);
    expect(Object.values(users)).not.toContain(0);
    expect(textsOf(instructions, "USER")).toEqual([`${users["agent-runner"]}:${users["agent-runner"]}`]);
    const order = instructions.map(({ name }) => name);
    expect(order.indexOf("USER")).toBeGreaterThan(
      Math.max(order.lastIndexOf("RUN"), order.lastIndexOf("COPY")),
    );
  });

  test("sets variables that the service or its system reads, and a workspace that is a volume", () => {
    const environment = environmentOf(instructions);
    const known = [...Object.keys(VARIABLES), ...INPUT_VARIABLES.keys(), "HOME", "LANG", "NODE_OPTIONS"];
    expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([]);
    expect(textsOf(instructions, "VOLUME")).toEqual([environment.AGENT_WORKSPACE]);
    expect(textsOf(instructions, "EXPOSE")).toEqual([VARIABLES.AGENT_PORT.fallback]);
  });

  test("uses each of its arguments", () => {
    const names = textsOf(instructions, "ARG").map((text) => text.split("=")[0]);
    const rest = instructions.filter(({ name }) => name !== "ARG").map(({ text }) => text);
    expect(names.filter((name) => !rest.join("\n").includes(`\${${name}}`))).toEqual([]);
  });
});
