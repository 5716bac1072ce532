import picomatch from "picomatch";

/** What no task changes unless the workflow's owner says so: what decides about CI, reviews, git, and later agents. */
export const DEFAULT_PROTECTED_PATHS = [
  ".github/workflows/**",
  ".github/actions/**",
  ".github/agent-runner.yml",
  "**/action.yml",
  "**/action.yaml",
  "**/CODEOWNERS",
  "**/.gitattributes",
  "**/.gitmodules",
  "**/AGENTS.md",
  "**/CLAUDE.md",
  "**/GEMINI.md",
  "**/.cursorrules",
  ".cursor/**",
  ".claude/**",
  ".github/copilot-instructions.md",
  ".github/instructions/**",
].join("\n");

/**
 * Makes a predicate over git paths (bytes as latin-1) from globs, one a line; a later `!glob` takes paths out again.
 * Case does not matter: some file systems would make both spellings the same file.
 */
export function protectedBy(globs: string[]): (path: string) => boolean {
  const rules = globs.map((glob) => {
    const negated = glob.startsWith("!");
    const matches = picomatch(inBytes(negated ? glob.slice(1) : glob), {
      dot: true,
      nocase: true,
      nonegate: true,
    });
    return { negated, matches };
  });
  return (path) => {
    // A glob's `**` does not cross line ends, a file name may hold them.
    const oneLine = path.replace(/[\n\r]/g, "_");
    return rules.reduce((hit, rule) => (rule.matches(oneLine) ? !rule.negated : hit), false);
  };
}

function inBytes(glob: string): string {
  return Buffer.from(glob, "utf8").toString("latin1");
}
