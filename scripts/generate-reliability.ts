// Runs the whole fault matrix (some minutes) and writes its table into docs/reliability.md.
import { readFileSync, writeFileSync } from "node:fs";
import { FAULTS, flawsOf, listCalls, renderMatrix, runCases } from "../__tests__/builders/fault-matrix.ts";

const PAGE = new URL("../docs/reliability.md", import.meta.url);
const [BEGIN, END] = ["<!-- matrix -->", "<!-- /matrix -->"];

const calls = await listCalls();
const { hung, ...others } = Object.groupBy(Object.keys(FAULTS), (fault) => fault);
// A hung request is waited for, not worked on: all of them at once.
const cases = (
  await Promise.all([runCases(calls, hung ?? [], calls.length), runCases(calls, Object.keys(others), 6)])
).flat();
const flaws = cases.flatMap(flawsOf);
for (const flaw of flaws) console.error(flaw);
if (flaws.length > 0) process.exitCode = 1;
const page = readFileSync(PAGE, "utf8");
const [head = ""] = page.split(BEGIN);
const [, tail = ""] = page.split(END);
writeFileSync(PAGE, `${head}${BEGIN}\n${renderMatrix(calls, cases)}\n${END}${tail}`);
