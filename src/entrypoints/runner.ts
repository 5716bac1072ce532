#!/usr/bin/env node
import { createProgram } from "../adapters/service/program.ts";

await createProgram((status) => {
  process.exitCode = status;
}).parseAsync();

// A pipe takes what it has room for, and Node keeps the rest until somebody reads.
for (const stream of [process.stdout, process.stderr]) {
  await new Promise((resolve) => stream.write("", resolve));
}
// A call that nobody waits for any more would hold the process until GitHub answers it.
process.exit();
