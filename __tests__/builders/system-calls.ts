import { readFileSync } from "node:fs";

/** Where something was seen that must not be there. */
export interface Sighting {
  where: "argument" | "variable" | "file";
  /** The program and the variable, or the file. */
  what: string;
}

/** Prefix of a command line that writes down what every process is started with, and what it writes where. */
export function tracing(file: string): string[] {
  return [
    "strace",
    "-f",
    "-qq",
    "-v",
    "-y",
    "-s",
    "1000000",
    "-e",
    "trace=execve,write,pwrite64,writev",
    "-o",
    file,
  ];
}

/** Where the secrets turn up in a trace, but for sockets and the environment that the traced process itself was given. */
export function sightingsIn(file: string, secrets: string[]): { sightings: Sighting[]; programs: string[] } {
  const lines = readFileSync(file, "latin1").split("\n");
  const programs: string[] = [];
  const sightings: Sighting[] = [];
  const holds = (text: string) => secrets.some((secret) => text.includes(secret));
  for (const line of lines) {
    const started = /execve\("([^"]+)", (\[.*?\]), (\[.*)$/.exec(line);
    if (started) {
      const [, program = "", argv = "", variables = ""] = started;
      if (holds(argv)) sightings.push({ where: "argument", what: program });
      const isFirst = programs.length === 0;
      programs.push(program);
      if (isFirst) continue;
      for (const [, name = "", value = ""] of variables.matchAll(/"([^"=]+)=((?:[^"\\]|\\.)*)"/g)) {
        if (holds(value)) sightings.push({ where: "variable", what: `${program.split("/").at(-1)} ${name}` });
      }
      continue;
    }
    const written = /(?:write|pwrite64|writev)\(\d+<([^>]*)>, /.exec(line);
    if (!written || /^(?:socket|TCP|UNIX)/.test(written[1] ?? "")) continue;
    if (holds(line)) sightings.push({ where: "file", what: written[1] ?? "" });
  }
  return { sightings, programs };
}
