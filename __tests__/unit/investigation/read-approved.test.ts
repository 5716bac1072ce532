import { describe, expect, test } from "@jest/globals";
import { parseReport, readApproved } from "../../../src/investigation/read-approved.ts";
import { digestOf, type InvestigationReport } from "../../../src/investigation/report.ts";
import { aTaskReport, layDown } from "../../builders/report.ts";
import { aRun } from "../../builders/task.ts";
import { aWorld } from "../../fakes/world.ts";

const PATCH = Buffer.from("a patch\n");

/** Reads a report that is laid down as investigated, changed on its way by `tamper`. */
function read(
  report: Partial<InvestigationReport> = {},
  tamper: (files: Map<string, Uint8Array>) => void = () => {},
) {
  const { ports, artifacts } = aWorld();
  const inputs = layDown(artifacts, aTaskReport(report), PATCH);
  tamper(artifacts);
  return readApproved(ports, inputs, aRun());
}

function flipLastByte(content: Uint8Array | undefined): Uint8Array {
  const bytes = Buffer.from(content ?? []);
  bytes[bytes.length - 2] = (bytes.at(-2) ?? 0) ^ 1;
  return bytes;
}

test("what was approved is read as it was made", async () => {
  const { report, patch } = await read();
  expect(report).toEqual(aTaskReport({ patch_digest: digestOf(PATCH) }));
  expect(patch).toEqual(PATCH);
});

test("a report without changes needs no patch", async () => {
  const { ports, artifacts } = aWorld();
  const inputs = layDown(artifacts, aTaskReport());
  expect((await readApproved(ports, { ...inputs, patchFile: null }, aRun())).patch).toBeNull();
});

describe("refused is", () => {
  test.each<[string, Promise<unknown>, string, string]>([
    [
      "a report with one changed byte",
      read({}, (files) => files.set("report.json", flipLastByte(files.get("report.json")))),
      "report-mismatch",
      "The report is not the one that `report-digest` names",
    ],
    [
      "a patch with one changed byte",
      read({}, (files) => files.set("proposal.patch", flipLastByte(files.get("proposal.patch")))),
      "report-mismatch",
      "The patch is not the one that the report names",
    ],
    ["a report of another run", read({ run_id: "4712" }), "report-mismatch", "of another run"],
    [
      "a report of another repository",
      read({ repository: "evil/fork" }),
      "report-mismatch",
      "of another run",
    ],
    [
      "a report of another attempt",
      read({ run_attempt: 2 }),
      "report-mismatch",
      "attempt 2, and this is attempt 1",
    ],
    [
      "a report whose time is over",
      read({ expires_at: "2026-01-02T03:05:05.000Z" }),
      "report-expired",
      "until 2026-01-02T03:05:05.000Z",
    ],
    [
      "a patch that is gone",
      read({}, (files) => files.delete("proposal.patch")),
      "invalid-report",
      "no such file",
    ],
  ])("%s", async (_, reading, code, detail) => {
    await expect(reading).rejects.toMatchObject({ code, detail: expect.stringContaining(detail) });
  });

  test("a missing digest, before any file is opened", async () => {
    const { ports } = aWorld();
    const none = { reportDigest: null, reportFile: "nowhere", patchFile: null };
    await expect(readApproved(ports, none, aRun())).rejects.toMatchObject({
      code: "invalid-report",
      detail: expect.stringContaining("`report-digest` is empty"),
    });
  });

  test("a digest without a file", async () => {
    const { ports } = aWorld();
    const inputs = { reportDigest: digestOf(PATCH), reportFile: null, patchFile: null };
    await expect(readApproved(ports, inputs, aRun())).rejects.toMatchObject({
      detail: "The input `report-file` names no file.",
    });
  });
});

describe("a report is no report, and says why, where", () => {
  const parse = (value: unknown) => () => parseReport(Buffer.from(JSON.stringify(value)));

  test.each([
    ["a field is missing", { ...aTaskReport(), analysis: undefined }, "Field `analysis` of the report"],
    ["a number is out of range", aTaskReport({ confidence: 1.7 }), "Field `confidence` of the report"],
    ["a field is unknown", { ...aTaskReport(), extra: 1 }, "Unrecognized key"],
    ["an id is none", aTaskReport({ base_commit: "main" }), "Field `base_commit` of the report"],
    ["it is a list", [], "The content of the report"],
  ])("%s", (_, value, words) => {
    expect(parse(value)).toThrow(words);
  });

  test.each([
    ["it is no JSON", Buffer.from("@everyone")],
    ["it is no UTF-8", Buffer.from([0x22, 0xff, 0x22])],
    ["it is empty", Buffer.alloc(0)],
  ])("%s, without repeating it", (_, bytes) => {
    expect(() => parseReport(bytes)).toThrow("invalid-report: The report does not hold JSON.");
  });
});
