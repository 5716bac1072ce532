import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ActionEnd } from "../../loopback/runner.ts";
import type { Attack, Scene } from "../builders/attack-scene.ts";

const WORK = "echo more >> src/a.txt";
/** Backwards, so that redaction does not hide what was read. */
const BACKWARDS = "tr '\\0' '\\n' | grep -a -E 'INPUT_|ghs_|GITHUB_OUTPUT' | rev || true";

/** Finds the process of the action among the step's own ancestors: no other process is anybody's business. */
const FIND_ACTION = `p=$PPID
for i in 1 2 3 4 5 6; do
  if tr '\\0' ' ' < /proc/$p/cmdline | grep -q dist/main/index.js; then break; fi
  p=$(sed -n 's/^PPid:[^0-9]*//p' /proc/$p/status)
  if [ "\${p:-0}" -le 1 ]; then p=self; break; fi
done`;

/** The memory of the process that holds the tokens, searched through as far as it can be read. */
const MEMORY = `python3 - $p <<'END' || true
import re, sys
memory = open(f"/proc/{sys.argv[1]}/mem", "rb")
for line in open(f"/proc/{sys.argv[1]}/maps"):
    start, end = (int(part, 16) for part in line.split()[0].split("-"))
    if " rw" not in line or end - start > 1 << 28:
        continue
    try:
        memory.seek(start)
        for found in re.findall(rb"ghs_[A-Za-z0-9_.-]{36,}", memory.read(end - start)):
            print(found.decode()[::-1])
    except OSError:
        pass
END`;

/** A file that only the runner's user may read; no token, since the suite finds those in any file. */
function withSecretFile({ job }: Scene): void {
  writeFileSync(join(job, "secret"), "ghs_of-a-file", { mode: 0o600 });
}

function readSecretFile(_: Scene, { log }: ActionEnd): string[] {
  return log.includes("elif-a-fo_shg") ? ["it read a file of the runner's"] : [];
}

/** What a step of the runner's own user can do, and one of another user or in namespaces of its own cannot. */
export const PARENT: Attack[] = [
  {
    name: "reading the environment of the runner's processes",
    command: `${WORK}\n${FIND_ACTION}\ncat /proc/$p/environ 2> /dev/null | ${BACKWARDS}`,
    ends: "opened",
  },
  {
    name: "reading the memory of the runner's processes",
    command: `${WORK}\n${FIND_ACTION}\n${MEMORY}`,
    ends: "opened",
  },
  {
    name: "reading the runner's files through its processes",
    arrange: withSecretFile,
    command: ({ job }) =>
      `${WORK}\n${FIND_ACTION}\ncat /proc/$p/root${job}/secret /proc/$p/cwd/../secret 2> /dev/null | ${BACKWARDS}`,
    ends: "opened",
    flaws: readSecretFile,
  },
  {
    name: "reading the runner's files by name",
    arrange: withSecretFile,
    command: ({ job }) => `${WORK}; cat ${job}/secret 2> /dev/null | ${BACKWARDS}`,
    ends: "opened",
    flaws: readSecretFile,
  },
  {
    name: "writing to the runner's files by name",
    command: ({ job }) =>
      `${WORK}; for f in output state env path summary; do { echo pwned=1 >> ${job}/$f; } 2> /dev/null || true; done`,
    ends: "opened",
    // The action undoes it, and says so.
    flaws: (_, { log }) => (log.includes("by somebody else") ? ["it wrote to a file of the runner's"] : []),
  },
];
