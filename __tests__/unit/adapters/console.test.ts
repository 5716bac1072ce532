import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { createConsoleLog } from "../../../src/adapters/console.ts";

let written: string[] = [];

beforeEach(() => {
  written = [];
  jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
});

const log = createConsoleLog((text) => text.replaceAll("hunter2", "***"));

test("what is logged reaches the runner as its own kind of line", async () => {
  log.debug("detail");
  log.info("news");
  log.warning("careful");
  const answer = await log.group("Stage", async () => {
    log.outside("output");
    return 42;
  });
  expect(answer).toBe(42);
  expect(written.join("")).toBe(
    "::debug::detail\nnews\n::warning::careful\n::group::Stage\noutput\n::endgroup::\n",
  );
});

test("a group ends where its work fails", async () => {
  const failing = log.group("Stage", async () => {
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(written.join("")).toBe("::group::Stage\n::endgroup::\n");
});

test("a line from outside commands nothing", () => {
  log.outside("a\r::set-output name=x::y");
  log.outside("##[error]no");
  expect(written.join("")).toBe("a\n\\::set-output name=x::y\n#\\#[error]no\n");
});

test("a piece from outside in a text of ours commands nothing", async () => {
  log.info("branch x\n::error::no");
  log.warning("branch x\n::error::no");
  await log.group("branch x\n::error::no", async () => {});
  expect(
    written
      .join("")
      .split("\n")
      .filter((line) => line.startsWith("::error")),
  ).toEqual([]);
});

test("every text is redacted, also where it was put together by taking something out", () => {
  log.debug("hunter2");
  log.info("hun\u001b[2Jter2");
  log.warning("hunter2");
  log.outside("hunter2");
  expect(written.join("")).toBe("::debug::***\n***\n::warning::***\n***\n");
});
