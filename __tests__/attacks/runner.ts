import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ActionEnd } from "../../loopback/runner.ts";
import type { Attack, Scene } from "../builders/attack-scene.ts";

const WORK = "echo more >> src/a.txt";
/** The runner's files lie beside the home in this job, as a step of the same user can find out. */
const FILES = '"$HOME/../output" "$HOME/../env" "$HOME/../path" "$HOME/../state" "$HOME/../summary"';
const MOST_LOGGED = 12 * 1024 * 1024;

function obeyed({ job }: Scene, { outputs, summary, state }: ActionEnd): string[] {
  const untouched = ["env", "path"].map((name) => readFileSync(join(job, name), "utf8"));
  return /pwned/.test(JSON.stringify([outputs, summary, state, untouched]))
    ? ["a file of the runner's holds their words"]
    : [];
}

/** A process that has a name of its own, so that it is found whatever it does to its environment. */
function lingering({ root }: Scene): string {
  return `exec -a ${root}/lingering sleep 600`;
}

const PROCESSES: [name: string, script: (scene: Scene) => string][] = [
  ["a process in the background", (scene) => `(${lingering(scene)}) &`],
  ["a process in a session of its own", (scene) => `setsid bash -c '${lingering(scene)}' &`],
  ["a daemon that was born twice", (scene) => `( setsid bash -c '(${lingering(scene)}) & exit 0' & )`],
  [
    "a process that ignores signals",
    (scene) =>
      `nohup bash -c 'trap "" TERM INT HUP; (${lingering(scene)}) & while :; do sleep 0.1; done' > /dev/null 2>&1 &`,
  ],
  [
    "a process without its environment, elsewhere",
    (scene) => `cd /; env -i /usr/bin/setsid /bin/bash -c '${lingering(scene)}' & sleep 0.2`,
  ],
  ["fifty processes", (scene) => `for i in $(seq 50); do (${lingering(scene)}) & done`],
  [
    "a writer that goes on after the end",
    ({ root }) =>
      `setsid bash -c 'exec -a ${root}/writer bash -c "while :; do echo pwned >> src/late.txt; sleep 0.01; done"' & sleep 0.1; git add -A`,
  ],
  ["a stopped process", (scene) => `(${lingering(scene)}) & kill -STOP $!`],
];

const RESULTS: [name: string, script: (scene: Scene) => string, ends: string][] = [
  [
    "a result file that claims to be an outcome",
    () =>
      `${WORK}; echo '{"status":"changed","kind":"opened","outcome":"pwned","task":{"taskId":"pwned"},"branch":"main","__proto__":{"draft":true}}' > "$AGENT_RESULT_FILE"`,
    "opened",
  ],
  ["a result file that is no JSON", () => `${WORK}; echo '{pwned' > "$AGENT_RESULT_FILE"`, "invalid-result"],
  [
    "a result file of other types",
    () => `${WORK}; echo '{"status":"opened","title":["pwned"]}' > "$AGENT_RESULT_FILE"`,
    "invalid-result",
  ],
  [
    "a result file that is a link",
    ({ bait }) => `${WORK}; ln -sf ${bait}/kept "$AGENT_RESULT_FILE"`,
    "invalid-result",
  ],
  ["a result file that is a pipe", () => `${WORK}; mkfifo "$AGENT_RESULT_FILE"`, "invalid-result"],
  ["a result file that is a folder", () => `${WORK}; mkdir "$AGENT_RESULT_FILE"`, "invalid-result"],
  ["a result file of 300 MB", () => `${WORK}; truncate -s 300M "$AGENT_RESULT_FILE"`, "invalid-result"],
  [
    "a folder of the result file that is a link",
    ({ root }) =>
      `${WORK}; here=$(dirname "$AGENT_RESULT_FILE"); mv "$here" ${root}/moved; ln -s ${root}/moved "$here"; echo '{"title":"pwned"}' > ${root}/moved/result.json`,
    "invalid-result",
  ],
];

const shortLog = (_: Scene, { log }: ActionEnd) =>
  log.length > MOST_LOGGED ? [`a log of ${log.length} characters`] : [];

/** Everything that a step can do to the runner with the means of its own user. */
export const RUNNER: Attack[] = [
  {
    name: "commands to the runner on both streams",
    command: `${WORK}; for n in set-output save-state add-path set-env add-mask stop-commands add-matcher error notice; do echo "::$n name=outcome::pwned"; echo "  ##[$n]pwned" >&2; printf 'x\\r::%s::pwned\\r' $n; done`,
    ends: "opened",
  },
  {
    name: "lines in the runner's files",
    command: `${WORK}; for f in ${FILES}; do printf 'outcome=pwned\\nPATH=pwned\\nfinished=pwned\\n' >> "$f"; done`,
    ends: "opened",
    flaws: obeyed,
  },
  {
    name: "a value without an end in the runner's files",
    command: `${WORK}; for f in ${FILES}; do printf 'pwned<<END\\n' >> "$f"; done`,
    ends: "opened",
    flaws: obeyed,
  },
  {
    name: "links in the place of the runner's files",
    command: ({ bait }) => `${WORK}; for f in ${FILES}; do rm "$f"; ln -s ${bait}/kept "$f"; done`,
    ends: "opened",
  },
  {
    name: "other files in the place of the runner's",
    command: `${WORK}; for f in ${FILES}; do rm "$f"; : > "$f"; done`,
    ends: "opened",
    flaws: obeyed,
  },
  {
    name: "an end that it forges for the post step",
    command: ({ root }) => `printf 'finished=pwned\\n' >> "$HOME/../state"; touch ${root}/ready; sleep 30`,
    during: ({ root }, main) => {
      const watch = setInterval(() => existsSync(join(root, "ready")) && main.kill("SIGKILL"), 20);
      main.on("exit", () => clearInterval(watch));
    },
    ends: "cancelled",
  },
  {
    name: "100 MB on one line",
    command: `${WORK}; head -c 100000000 /dev/zero | tr '\\0' x`,
    ends: "opened",
    flaws: shortLog,
  },
  {
    name: "100 MB of commands",
    command: `${WORK}; { yes '::error::pwned' || true; } | head -c 100000000`,
    ends: "opened",
    flaws: shortLog,
  },
  {
    name: "output that is no text",
    command: `${WORK}; head -c 1000000 /dev/urandom; printf '\\377\\376::error::pwned\\n'`,
    ends: "opened",
  },
  ...PROCESSES.map(([name, script]) => ({
    name,
    command: (scene: Scene) => `${WORK}\n${script(scene)}`,
    ends: "opened",
  })),
  {
    name: "a step that stops itself",
    command: `${WORK}; kill -STOP $$`,
    inputs: { "timeout-minutes": "0.03" },
    ends: "timeout",
  },
  {
    name: "a step that never ends and will not die",
    command: `trap "" TERM INT; while :; do sleep 0.1; done`,
    inputs: { "timeout-minutes": "0.03" },
    ends: "timeout",
  },
  ...RESULTS.map(([name, command, ends]) => ({ name, command, ends })),
  {
    name: "files beside its own in the runner's temporary folder",
    command: ({ bait }) =>
      `${WORK}; cd "$TMPDIR/../.."; mkdir -p agent-runner-work; for n in agent-runner-work/work.patch agent-runner-result.json work.bundle; do ln -sf ${bait}/kept $n; done`,
    ends: "opened",
  },
  {
    name: "a half-done work whose name is a link",
    command: ({ bait }) =>
      `${WORK}; cd "$TMPDIR/../.."; for d in *; do ln -s ${bait} "$d-link"; done; exit 3`,
    ends: "command-failed",
    flaws: ({ job }) => (readdirSync(join(job, "temp")).length > 0 ? [] : ["no work was kept"]),
  },
  {
    name: "a search for tokens in all that it is given",
    command: `${WORK}; { env; cat /proc/self/environ; cat .git/config; grep -rsa ghs_ . "$HOME/.." "$TMPDIR/.."; } | rev`,
    ends: "opened",
    flaws: (_, { log }) =>
      /_TUPNI|TUPTUO_BUHTIG|_SNOITCA/.test(log) ? ["variables of the action's are in its environment"] : [],
  },
  {
    name: "a variable with a token that it asks for",
    command: WORK,
    inputs: { "pass-env": "INPUT_TOKEN" },
    ends: "invalid-input",
    flaws: (_, { outputs }) => (outputs["failure-code"] === "invalid-input" ? [] : ["it is passed"]),
  },
];
