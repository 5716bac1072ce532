import pino, { type Logger } from "pino";
import { logLines } from "../../log-lines.ts";
import type { Log } from "../../ports.ts";

export interface LoggerOptions {
  level: "debug" | "info" | "warn" | "error";
  /** `json`: one object a line; `pretty`: for people. */
  format: "json" | "pretty";
  /** Fields of every line. */
  fields: Record<string, string>;
  /** Default: standard output. */
  write?: (line: string) => void;
}

/** The service's log, by pino; standard output is its only place. */
export function createLogger(options: LoggerOptions): Logger {
  const { level, format, fields, write = (line) => process.stdout.write(line) } = options;
  const destination = { write: (line: string) => write(format === "json" ? line : prettyLine(line)) };
  return pino(
    {
      level,
      base: fields,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
}

/** A log of the core over a logger; `fields` (a task's id, say) stand in every line. Harmless first, then redacted. */
export function asLog(
  logger: Logger,
  redact: (text: string) => string,
  fields: Record<string, string> = {},
): Log {
  const child = logger.child(fields);
  const safe = (text: string) => redact(logLines(text).join("\n"));
  return {
    debug: (message) => child.debug(safe(message)),
    info: (message) => child.info(safe(message)),
    warning: (message) => child.warn(safe(message)),
    outside: (line) => child.info({ outside: true }, safe(line)),
    async group(title, work) {
      child.info(safe(title));
      return await work();
    },
  };
}

/** `12:30:00 INFO  Message task=… run=…`. */
function prettyLine(line: string): string {
  const { level, time, msg, name, outside, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${String(value)}`);
  const text = `${outside ? "│ " : ""}${String(msg)}`;
  return `${String(time).slice(11, 19)} ${String(level).toUpperCase().padEnd(5)} ${text}${rest.join("")}\n`;
}
