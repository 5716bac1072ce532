#!/usr/bin/env node
import { createProgram } from "../adapters/service/program.ts";

await createProgram((status) => {
  process.exitCode = status;
}).parseAsync();

// A call that nobody waits for any more would hold the process until GitHub answers it.
process.exit();
