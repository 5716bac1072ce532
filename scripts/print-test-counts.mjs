// Prints one line for machines from the results that jest wrote: `node scripts/print-test-counts.mjs results.json`.
import { readFileSync } from "node:fs";

const [file] = process.argv.slice(2);
const results = JSON.parse(readFileSync(file, "utf8"));
// A file that cannot even be loaded has no tests that could fail.
const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
const skipped = results.numPendingTests + results.numTodoTests;
console.log(`${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
