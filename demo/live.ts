import type { LoopbackGitHub } from "../loopback/github.ts";
import { showInvisible } from "../src/invisible.ts";
import { print, printTimed, styled, WIDTH } from "./terminal.ts";

const LOOK_EVERY_MS = 10;

/** Shows a run while it goes on: what it says in its log, and what it asks of GitHub. */
export interface LiveView {
  /** Takes a piece of the run's log. */
  read(text: string): void;
  /** Shows what is left. */
  end(): void;
}

export function openLiveView(github: LoopbackGitHub): LiveView {
  const started = Date.now();
  let shown = 0;
  let rest = "";
  const at = (time: number) => styled("gray", `${Math.max((time - started) / 1000, 0).toFixed(2)} s`);
  const showRequests = () => {
    for (; (github.requests[shown]?.status ?? 0) > 0; shown += 1) {
      const { at: time, kind, method, path, status } = github.requests[shown] ?? never();
      const what = kind === "git" ? gitWords(path) : `${method.padEnd(5)} ${path}`;
      if (what !== null) print(requestLine(at(time), what, status));
    }
  };
  const timer = setInterval(showRequests, LOOK_EVERY_MS);
  return {
    read(text) {
      showRequests();
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) showLogLine(line, at(Date.now()));
    },
    end() {
      clearInterval(timer);
      showRequests();
      if (rest !== "") showLogLine(rest, at(Date.now()));
    },
  };
}

function never(): never {
  throw new Error("A request went away.");
}

/** Of git's addresses, the two that move something. */
function gitWords(path: string): string | null {
  if (path.endsWith("/git-upload-pack")) return `git   fetch ${repositoryOf(path)}`;
  if (path.endsWith("/git-receive-pack")) return `git   push ${repositoryOf(path)}`;
  return null;
}

function repositoryOf(path: string): string {
  return path
    .split("/")
    .slice(1, 3)
    .join("/")
    .replace(/\.git$/, "");
}

function requestLine(time: string, what: string, status: number): string {
  const room = WIDTH - 16;
  const text = what.length > room ? `${what.slice(0, room - 1)}…` : what.padEnd(room);
  const colour = status < 300 ? "gray" : status < 500 ? "yellow" : "red";
  return `  ${time}    ${styled("gray", showInvisible(text))} ${styled(colour, String(status))}`;
}

/** One line as GitHub's log page shows it: workflow commands are not for people. */
function showLogLine(line: string, time: string): void {
  const [, command, text = ""] = /^::([a-z-]+)(?: [^:]*)?::(.*)$/.exec(line) ?? [];
  if (command === undefined) {
    if (line.trim() !== "") printTimed(time, line);
  } else if (command === "group") printTimed(time, text, "bold");
  else if (command === "warning") printTimed(time, `⚠ ${text}`, "yellow");
  else if (command === "error") printTimed(time, `✗ ${text}`, "red");
}
