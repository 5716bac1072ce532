import { dirname } from "node:path";
import type { Environment } from "../environment.ts";

const FOLDERS = ["HOME", "RUNNER_TEMP", "GITHUB_WORKSPACE"];
const FILES = [
  ...["GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY"],
  "GITHUB_EVENT_PATH",
];

/** The folders in which the runner keeps what no isolated step may see, outer ones first. */
export function runnerPlaces(environment: Environment): string[] {
  const folders = FOLDERS.map((name) => environment[name]);
  const files = FILES.map((name) => environment[name]).map((path) => path && dirname(path));
  const places = [...folders, ...files].filter((path) => path?.startsWith("/") && path !== "/");
  return [...new Set(places as string[])].sort((one, other) => one.length - other.length);
}

/** Whether `outer` is the folder `inner` or one above it. */
export function holds(outer: string, inner: string): boolean {
  return `${inner}/`.startsWith(outer === "/" ? "/" : `${outer}/`);
}
