import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { issuesSeenByBackend, metadataSeenByBackend } from "../../loopback/backend.ts";
import type { LoopbackGitHub } from "../../loopback/github.ts";
import { fullName } from "../../loopback/model.ts";
import type { ActionEnd } from "../../loopback/runner.ts";
import { readMarker } from "../../src/naming.ts";
import { type Attack, play, prepare, type Scene, withScene } from "./attack-scene.ts";
import { allThatGitHubHolds, allThatWasTold, CANARIES, spellingsOf } from "./canary-job.ts";
import { REPOSITORY, whatRemains } from "./job.ts";
import { processesIn } from "./processes-in.ts";

const OUR_LOGINS = ["github-actions[bot]", "target-app[bot]"];
/** Backwards too: so writes a step that knows of redaction. */
const SPELLINGS = Object.values(CANARIES).flatMap((canary) => [
  ...spellingsOf(canary),
  [...canary].reverse().join(""),
]);
const LARGE = 64 * 1024 * 1024;

/** Plays the attack in a scene of its own and gives all that it gained, in words; empty where it gained nothing. */
export function flawsOf(attack: Attack): Promise<string[]> {
  return withScene(async (scene) => {
    const issue = await prepare(scene, attack);
    const before = await refsOf(scene.github);
    const end = await play(scene, attack, issue);
    const after = await refsOf(scene.github);
    return [
      ...leaks(scene, end, await allThatGitHubHolds(scene.github)),
      ...traces(scene),
      ...changedRefs(before, after),
      ...(await visibleFlaws(scene, attack.ends)),
      ...(await correlationFlaws(scene.github)),
      ...commandFlaws(`${end.log}\n${end.post?.log}`),
      ...((await attack.flaws?.(scene, end)) ?? []),
    ];
  });
}

function leaks({ root, github, gitArguments }: Scene, end: ActionEnd, atGitHub: string): string[] {
  const requests = JSON.stringify(github.requests.map(({ path, query, body }) => [path, query, body]));
  const places: [string, string][] = [
    ["what was told", allThatWasTold(end)],
    ["GitHub", atGitHub],
    ["a request", requests],
    ["an argument of git", gitArguments()],
    ...contentsOf(root),
  ];
  return places
    .filter(([, text]) => SPELLINGS.some((spelling) => text.includes(spelling)))
    .map(([place]) => `a token in ${place}`);
}

/** Names and contents of all files below a folder; links are not followed. */
function contentsOf(folder: string): [string, string][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap(
    (entry): [string, string][] => {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile()) return [[path, path]];
      const { size } = lstatSync(path);
      return [[path, `${path}\n${size > LARGE ? "" : readFileSync(path, "latin1")}`]];
    },
  );
}

function traces({ root, bait, calls, wasTrapped }: Scene): string[] {
  const alive = processesIn(root);
  const kept = readdirSync(bait).join() === "kept" && readFileSync(join(bait, "kept"), "utf8") === "kept\n";
  return [
    ...(calls() > 0 ? [`${calls()} calls at the sink`] : []),
    ...(wasTrapped() ? ["a program of theirs was run"] : []),
    ...(alive.length > 0 ? [`${alive.length} processes are alive`] : []),
    ...(kept ? [] : ["the bait was changed"]),
  ];
}

async function refsOf(github: LoopbackGitHub): Promise<Map<string, string>> {
  const lines = await Promise.all(
    github.state.repositories.map(fullName).map(async (name) => {
      const refs = await github.git(name, "for-each-ref", "--format=%(refname) %(objectname)");
      return refs.split("\n").map((line) => `${name} ${line}`);
    }),
  );
  return new Map(
    lines.flat().map((line) => [line.slice(0, line.lastIndexOf(" ")), line.slice(line.lastIndexOf(" "))]),
  );
}

function changedRefs(before: Map<string, string>, after: Map<string, string>): string[] {
  const ours = new RegExp(`^${REPOSITORY} refs/(?:heads/agent-task-1-[0-9a-f]{8}$|pull/)`);
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((ref) => before.get(ref) !== after.get(ref) && !ours.test(ref))
    .map((ref) => `${ref} was changed`);
}

/** One result, told once, with a pull request only where it says so. */
async function visibleFlaws({ github }: Scene, ends: string | null): Promise<string[]> {
  const ours = github.issue(REPOSITORY, 1).comments.filter(({ author }) => OUR_LOGINS.includes(author));
  const results = ours
    .map(({ body }) => readMarker(body, "agent_task_result"))
    .filter((marker) => marker !== null);
  const ended = results.map(({ outcome, failure_code }) => String(failure_code ?? outcome));
  const statuses = ours.filter(({ body }) => readMarker(body, "agent_runner_status")).length;
  const { openPullRequests, branches, claims, stateLabels } = await whatRemains(github);
  const opened = Number(ends === "opened");
  const found: [string, unknown, unknown][] = [
    ["results", ended, ends === null ? [] : [ends]],
    ["status comments above one", statuses > 1, false],
    ["pull requests", openPullRequests, opened],
    ["branches", branches.length, opened],
    ["claims", claims, []],
    ["labels for what goes on", stateLabels.includes("agent-processing"), false],
    ["wrong requests", [...github.violations, ...github.unknownRoutes], []],
  ];
  return found
    .filter(([, is, wanted]) => JSON.stringify(is) !== JSON.stringify(wanted))
    .map(([what, is]) => `${what}: ${JSON.stringify(is)}`);
}

/** What the backend, GitHub and people would make of the pull request, its commits and our comments. */
async function correlationFlaws(github: LoopbackGitHub): Promise<string[]> {
  const comments = github.issue(REPOSITORY, 1).comments.filter(({ author }) => OUR_LOGINS.includes(author));
  const told = comments.flatMap(({ body }) => mentionsIn(body).map((mention) => `${mention} in a comment`));
  const pulls = await Promise.all(
    github.pulls(REPOSITORY).map(async ({ title, body, head, base }) => {
      const message = await github.git(REPOSITORY, "log", "--format=%B", `${base.oid}..${head.oid}`);
      const trailers = await github.git(
        REPOSITORY,
        "log",
        "--format=%(trailers:only,unfold)",
        `${base.oid}..${head.oid}`,
      );
      return pullFlaws({ title, body: body ?? "", message, trailers });
    }),
  );
  return [...told, ...pulls.flat()];
}

function pullFlaws(pull: { title: string; body: string; message: string; trailers: string }): string[] {
  const { title, body, message, trailers } = pull;
  const seen = metadataSeenByBackend(body) ?? "";
  const found: [string, unknown, unknown][] = [
    ["metadata", Object.keys(JSON.parse(seen)), ["task_id"]],
    ["another's metadata", /pwned/i.test(seen), false],
    ["metadata comments", body.match(/<!--/g)?.length, 1],
    ["closed issues of the body", issuesSeenByBackend(body), ["1"]],
    ["closed issues of title and message", issuesSeenByBackend(`${title}\n${message}`), []],
    ["mentions", mentionsIn(`${title}\n${body}\n${message}`), []],
    [
      "trailers",
      trailers
        .trim()
        .split("\n")
        .map((line) => line.split(":")[0]),
      ["Agent-Task-Id", "Agent-Dispatch-Issue"],
    ],
    [
      "skipped checks",
      /\[(?:skip (?:ci|actions)|(?:ci|actions) skip|no ci)\]|^skip-checks:/im.test(message),
      false,
    ],
    ["too long a body", Buffer.byteLength(body) > 65_536, false],
    [
      "hidden characters",
      /[\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u.test(`${title}${body}${message}`),
      false,
    ],
    ["images", /<img|!\[/i.test(body), false],
  ];
  return found
    .filter(([, is, wanted]) => JSON.stringify(is) !== JSON.stringify(wanted))
    .map(([what, is]) => `${what}: ${JSON.stringify(is)}`);
}

function mentionsIn(text: string): string[] {
  return text.match(/@[\p{L}\p{N}_][^\s]*/gu) ?? [];
}

/** What GitHub's runner would obey: `::name` at a line's start, `##[name` anywhere. */
function commandFlaws(log: string): string[] {
  const lines = log.split(/\r\n|[\n\r]/);
  const commands = lines.flatMap((line) => {
    const [, name, said = ""] = /^\s*::([\w-]+)[^:]*::(.*)/.exec(line) ?? /##\[([\w-]*)(.*)/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, said, isOld: line.includes("##[") }];
  });
  const ours = ["group", "endgroup", "debug", "warning", "error"];
  const theirs = commands.filter(
    ({ name, said, isOld }) => isOld || !ours.includes(name) || /^\s*pwned/i.test(said),
  );
  const errors = commands.filter(({ name }) => name === "error").length;
  return [
    ...theirs.map(({ name, said }) => `the command ${name} ${said}`),
    ...(errors > 1 ? [`${errors} annotations`] : []),
  ];
}
