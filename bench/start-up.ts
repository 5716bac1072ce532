import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LoopbackGitHub } from "../loopback/github.ts";
import { TOKEN } from "./contenders.ts";
import { time } from "./measure.ts";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** An action that does nothing but ask for its repository. */
const EMPTY = `import { getOctokit } from "@actions/github";
const [owner, repo] = process.env.REPOSITORY.split("/");
await getOctokit(process.env.TOKEN, { baseUrl: process.env.SERVER_URL }).rest.repos.get({ owner, repo });
`;

/** Programs that only start: `node -e 0`, and a bundle of octokit that makes one call. */
export interface StartUp {
  /** Milliseconds of `node -e 0`, start to end. */
  node(): Promise<number>;
  /** Milliseconds from the start of the octokit bundle to its one request. */
  octokit(github: LoopbackGitHub, repository: string): Promise<number>;
  remove(): void;
}

/** Bundles the empty action as our own is bundled. */
export function prepareStartUp(): StartUp {
  const folder = mkdtempSync(join(tmpdir(), "bench-octokit-"));
  mkdirSync(join(folder, "node_modules"));
  for (const scope of ["@actions", "@octokit"]) {
    symlinkSync(join(ROOT, "node_modules", scope), join(folder, "node_modules", scope));
  }
  writeFileSync(join(folder, "package.json"), '{"type": "module"}');
  writeFileSync(join(folder, "main.js"), EMPTY);
  const ncc = join(
    dirname(createRequire(import.meta.url).resolve("@vercel/ncc/package.json")),
    "dist/ncc/cli.js",
  );
  const out = join(folder, "out");
  execFileSync(process.execPath, [ncc, "build", join(folder, "main.js"), "--out", out, "--no-cache"], {
    stdio: "ignore",
  });
  const environment = { PATH: process.env.PATH ?? "", TOKEN };
  return {
    node: () => time(process.execPath, ["-e", "0"], environment),
    async octokit(github, repository) {
      const from = github.requests.length;
      const started = Date.now();
      await time(process.execPath, [join(out, "index.js")], {
        ...environment,
        SERVER_URL: github.url,
        REPOSITORY: repository,
      });
      return (github.requests[from]?.at ?? Number.NaN) - started;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
