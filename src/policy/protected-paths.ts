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
 * Makes a predicate over git paths (bytes as latin-1) from globs, one a line; a later `!glob` takes paths out again, a first one
 * out of the default. Case does not matter: some file systems would make both spellings the same file.
 */
export function protectedBy(globs: string[]): (path: string) => boolean {
  // A list that begins with what it does not guard would else guard nothing at all.
  const whole = globs[0]?.startsWith("!") ? [...DEFAULT_PROTECTED_PATHS.split("\n"), ...globs] : globs;
  const rules = whole.map((glob) => {
    const negated = glob.startsWith("!");
    const pattern = inBytes(asGitPath(negated ? glob.slice(1) : glob));
    const matches = picomatch(withFolder(pattern), { dot: true, nocase: true, nonegate: true });
    const base = picomatch.scan(pattern).base.toLowerCase();
    // A link or file in place of a folder decides what stands under its name.
    const hits = (path: string) => matches(path) || (!negated && base.startsWith(`${path.toLowerCase()}/`));
    return { negated, hits };
  });
  return (path) => {
    // A glob's `**` does not cross line ends, a file name may hold them.
    const oneLine = path.replace(/[\n\r]/g, "_");
    return rules.reduce((hit, rule) => (rule.hits(oneLine) ? !rule.negated : hit), false);
  };
}

/** People write folders as `/infra/`, as in CODEOWNERS and `.gitignore`; a git path has no slash at its ends. */
function asGitPath(glob: string): string {
  return glob.replace(/^\.?\//, "").replace(/\/$/, "/**");
}

/** A plain name may be that of a folder, as in `.gitignore`: what stands below it is meant too. */
function withFolder(pattern: string): string[] {
  const name = pattern.slice(pattern.lastIndexOf("/") + 1);
  return picomatch.scan(name).isGlob ? [pattern] : [pattern, `${pattern}/**`];
}

function inBytes(glob: string): string {
  return Buffer.from(glob, "utf8").toString("latin1");
}
