import type { Attack, Scene } from "../builders/attack-scene.ts";

function fenced(...diffs: string[]): string {
  return diffs.map((diff) => `\`\`\`\`diff\n${diff}\n\`\`\`\``).join("\n\n");
}

function added(path: string, text = "pwned", mode = "100644"): string {
  return `diff --git a/${path} b/${path}\nnew file mode ${mode}\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+${text}\n\\ No newline at end of file`;
}

/** A new file whose name git writes in quotes, byte by byte. */
function quoted(bytes: string): string {
  return `diff --git "a/${bytes}" "b/${bytes}"\nnew file mode 100644\n--- /dev/null\n+++ "b/${bytes}"\n@@ -0,0 +1 @@\n+pwned`;
}

const moved = (to: string) =>
  `diff --git a/src/a.txt b/${to}\nsimilarity index 100%\nrename from src/a.txt\nrename to ${to}`;

const DIFFS: [name: string, instruction: string | ((scene: Scene) => string), ends: string][] = [
  ["a path that climbs", fenced(added("../pwned")), "patch-failed"],
  ["a path that climbs in its middle", fenced(added("src/../../pwned")), "patch-failed"],
  [
    "a path from the root",
    ({ bait }) => fenced(`--- /dev/null\n+++ ${bait}/pwned\n@@ -0,0 +1 @@\n+pwned`),
    "patch-failed",
  ],
  ["a file in .git", fenced(added(".git/hooks/pre-push", "pwned", "100755")), "patch-failed"],
  ["a file in .GIT", fenced(added(".GIT/config")), "patch-failed"],
  ["a file in git~1", fenced(added("git~1/config")), "patch-failed"],
  ["a file in a .git with an invisible letter", fenced(quoted(".g\\342\\200\\214it/config")), "patch-failed"],
  ["a link that climbs", fenced(added("link", "../../bait", "120000")), "protected-path"],
  ["a link from the root", ({ bait }) => fenced(added("link", bait, "120000")), "protected-path"],
  ["a link through a folder", fenced(added("link", "src/../../bait", "120000")), "protected-path"],
  ["a link into .git", fenced(added("link", ".git/config", "120000")), "protected-path"],
  [
    "a link, then a file behind it",
    ({ bait }) => fenced(added("link", bait, "120000"), added("link/kept")),
    "patch-failed",
  ],
  [
    "a submodule",
    fenced(
      `diff --git a/sub b/sub\nnew file mode 160000\n--- /dev/null\n+++ b/sub\n@@ -0,0 +1 @@\n+Subproject commit ${"1".repeat(40)}`,
    ),
    "protected-path",
  ],
  ["a workflow", fenced(added(".github/workflows/x.yml")), "protected-path"],
  ["a workflow in other letters", fenced(added(".GitHub/WORKFLOWS/x.yml")), "protected-path"],
  [
    "a workflow in quotes and octal digits",
    fenced(quoted("\\056github/workflows/\\170.yml")),
    "protected-path",
  ],
  ["a workflow with a line end in its name", fenced(quoted(".github/workflows/a\\nb.yml")), "protected-path"],
  ["a file that is moved among the workflows", fenced(moved(".github/workflows/x.yml")), "protected-path"],
  [
    "a link in the place of the workflows",
    fenced(added(".github/workflows", "../src", "120000")),
    "protected-path",
  ],
  ["owners of code", fenced(added("docs/CODEOWNERS")), "protected-path"],
  ["attributes deep down", fenced(added("src/deep/.gitattributes")), "protected-path"],
  ["instructions to later agents", fenced(added("src/AGENTS.md")), "protected-path"],
  ["a policy of its own", fenced(added(".github/agent-runner.yml")), "protected-path"],
  [
    "a diff that hides in another",
    "````diff\n```diff\n--- /dev/null\n+++ b/.github/workflows/x.yml\n@@ -0,0 +1 @@\n+pwned\n```\n````",
    "protected-path",
  ],
];

const STEPS: [name: string, command: string, ends: string][] = [
  ["too many files", "for i in $(seq 101); do echo $i > f$i; done", "too-large"],
  ["a patch that is too long", "head -c 6000000 /dev/urandom > big", "too-large"],
  [
    "a protected file that is deleted and made anew as a folder",
    "mkdir -p .github/CODEOWNERS; echo x > .github/CODEOWNERS/x; echo x > .github/CODEOWNERS2; echo '*' > CODEOWNERS",
    "protected-path",
  ],
  [
    "a private key among the work",
    "openssl genrsa 2048 > id_rsa 2>/dev/null || { echo '-----BEGIN RSA PRIVATE KEY-----'; head -c 900 /dev/urandom | base64; echo '-----END RSA PRIVATE KEY-----'; } > id_rsa",
    "secret-found",
  ],
];

/** Changes that reach farther than a pull request should. */
export const PATCHES: Attack[] = [
  ...DIFFS.map(([name, instruction, ends]) => ({ name, instruction, ends })),
  ...STEPS.map(([name, command, ends]) => ({ name, command, ends })),
];
