import { withoutTerminalSequences } from "../../log-lines.ts";
import type { Log } from "../../ports.ts";
import { createLineRedactor } from "../../redact.ts";
import { LastBytes } from "./last-bytes.ts";
import { LineSplitter } from "./line-splitter.ts";

const MOST_LOGGED_BYTES = 10 * 1024 * 1024;
// GitHub writes the time before every line: a flood of empty lines is a flood too.
const LINE_OVERHEAD = 30;
const TAIL_BYTES = 4 * 1024;

/**
 * What a step prints, on both streams: logged line by line, up to 10 MiB; after that only its last bytes are kept, so that
 * a flood costs neither memory nor more time than reading it.
 */
export class StepOutput {
  readonly #log: Pick<Log, "outside" | "info">;
  readonly #redact: (text: string) => string;
  readonly #splitters: LineSplitter[] = [];
  readonly #lastBytes = new LastBytes();
  readonly #lastLines: string[] = [];
  #lastLinesLength = 0;
  #loggedBytes = 0;

  constructor(log: Pick<Log, "outside" | "info">, redact: (text: string) => string) {
    this.#log = log;
    this.#redact = redact;
  }

  /** Adds a stream; gives what takes its bytes. A chunk may be overwritten once it was taken. */
  addStream(): (chunk: Buffer) => void {
    const splitter = new LineSplitter(createLineRedactor(this.#redact), (line) => this.#take(line));
    this.#splitters.push(splitter);
    return (chunk) => {
      if (this.#isFull) this.#lastBytes.append(splitter, chunk);
      else splitter.push(chunk);
    };
  }

  /** The streams have ended. Gives the last lines, redacted, at most 4 KiB. */
  finish(): string {
    this.#lastBytes.drain();
    for (const splitter of this.#splitters) splitter.end();
    return lastBytes(this.#lastLines.join("\n"), TAIL_BYTES);
  }

  get #isFull(): boolean {
    return this.#loggedBytes >= MOST_LOGGED_BYTES;
  }

  #take(line: string): void {
    this.#remember(withoutTerminalSequences(line));
    if (this.#isFull) return;
    this.#log.outside(line);
    this.#loggedBytes += Buffer.byteLength(line) + LINE_OVERHEAD;
    if (this.#isFull) this.#log.info("The step's output is too long: the rest of it is not shown here.");
  }

  #remember(line: string): void {
    this.#lastLines.push(line);
    this.#lastLinesLength += line.length + 1;
    for (let first = this.#lastLines[0]; first !== undefined; first = this.#lastLines[0]) {
      if (this.#lastLinesLength - first.length - 1 <= TAIL_BYTES) break;
      this.#lastLinesLength -= first.length + 1;
      this.#lastLines.shift();
    }
  }
}

/** The end of a text, cut on a whole code point. */
function lastBytes(text: string, most: number): string {
  const bytes = Buffer.from(text);
  let start = Math.max(0, bytes.length - most);
  while (start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
  return bytes.subarray(start).toString("utf8");
}
