import { describe, expect, test } from "@jest/globals";
import { asLog, createLogger, type LoggerOptions } from "../../../../src/adapters/service/logger.ts";
import { createRedactor } from "../../../../src/redact.ts";

const TOKEN = "not-a-known-shape-but-secret";

/** A log, and the lines that it wrote. */
function aLog(change: Partial<LoggerOptions> = {}) {
  const redactor = createRedactor();
  redactor.add(TOKEN);
  const lines: string[] = [];
  const fields = { name: "runner" };
  const logger = createLogger({
    level: "info",
    format: "json",
    fields,
    write: (line) => lines.push(line),
    ...change,
  });
  return { log: asLog(logger, redactor.redact, { task: "acme/tasks#1" }), lines };
}

describe("the service's log", () => {
  test("writes one JSON object a line, with the task in it", () => {
    const { log, lines } = aLog();
    log.info("Started.\n::error::no command");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      ...{ level: "info", name: "runner", task: "acme/tasks#1" },
      msg: "Started.\n\\::error::no command",
    });
  });

  test("hides secrets in our lines and in those of others", () => {
    const { log, lines } = aLog();
    log.warning(`The token is ${TOKEN}.`);
    log.outside(TOKEN);
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(["The token is ***.", "***"]);
  });

  test("leaves out what is below its level", () => {
    const { log, lines } = aLog({ level: "warn" });
    log.debug("a");
    log.info("b");
    log.warning("c");
    expect(lines).toHaveLength(1);
  });

  test("is one line of text for people where they want it", () => {
    const { log, lines } = aLog({ format: "pretty" });
    log.outside("compiling");
    expect(lines).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d INFO {2}│ compiling task=acme\/tasks#1\n$/),
    ]);
  });
});
