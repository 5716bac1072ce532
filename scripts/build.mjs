// Compiles src/ with tsc, then bundles each entry point with ncc into dist/<entry>/index.js.
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
const ncc = join(dirname(require.resolve("@vercel/ncc/package.json")), "dist/ncc/cli.js");
const ENTRIES = [
  ...["main", "post", "investigate", "investigate-post", "act", "summarize"],
  ...["runner", "isolation-selftest", "list"],
];

const run = (script, ...args) =>
  execFileSync(process.execPath, [script, ...args], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });

rmSync(join(root, "build"), { recursive: true, force: true });
run(tsc, "--project", "tsconfig.build.json");
for (const entry of ENTRIES) {
  const out = join(root, "dist", entry);
  rmSync(out, { recursive: true, force: true });
  run(ncc, "build", `build/entrypoints/${entry}.js`, "--out", out, "--license", "licenses.txt", "--no-cache");
  escapeWide(join(out, "index.js"));
}

/** Node keeps a program with any wide character in it at two bytes each: 2 MB more, and slower to start. */
function escapeWide(file) {
  const source = readFileSync(file, "utf8");
  // In a raw string an escape would stay six letters, and after a backslash it would be none.
  if (/String\.raw`[^`]*[^\0-\x7f]|\\[^\0-\x7f]/.test(source)) {
    throw new Error(`${file} holds a wide character where it cannot be escaped.`);
  }
  const escaped = source.replace(
    /[^\0-\x7f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  writeFileSync(file, escaped);
}
