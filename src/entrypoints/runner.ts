#!/usr/bin/env node
import { createProgram } from "../adapters/service/program.ts";

await createProgram((status) => {
  process.exitCode = status;
}).parseAsync();
