import { once } from "node:events";
import type { Socket } from "node:net";
import { withoutTerminalSequences } from "../../log-lines.ts";
import type { Log } from "../../ports.ts";
import { createLineRedactor } from "../../redact.ts";
import { LineSplitter } from "./line-splitter.ts";

const MOST_LOGGED_BYTES = 10 * 1024 * 1024;
// GitHub writes the time before every line: a flood of empty lines is a flood too.
const LINE_OVERHEAD = 30;
const TAIL_BYTES = 4 * 1024;
const KEPT_BYTES = 64 * 1024;

/**
 * What a step prints, on both streams: logged line by line, up to 10 MiB; after that only its last bytes are kept, so that
 * a flood costs neither memory nor more time than reading it.
 */
export class StepOutput {
  readonly #log: Pick<Log, "outside" | "info">;
  readonly #redact: (text: string) => string;
  readonly #streams: { socket: Socket; splitter: LineSplitter }[] = [];
  #loggedBytes = 0;
  #kept: { splitter: LineSplitter; chunk: Buffer }[] = [];
  #keptBytes = 0;
  #lastLines: string[] = [];
  #lastLinesLength = 0;

  constructor(log: Pick<Log, "outside" | "info">, redact: (text: string) => string) {
    this.#log = log;
    this.#redact = redact;
  }

  read(socket: Socket): void {
    const splitter = new LineSplitter(createLineRedactor(this.#redact), (line) => this.#take(line));
    this.#streams.push({ socket, splitter });
    socket.on("data", (chunk: Buffer) => {
      if (this.#isFull) this.#keep(splitter, chunk);
      else splitter.push(chunk);
    });
    // A pipe that fails has ended.
    socket.on("error", () => socket.destroy());
  }

  /** Waits for the streams' ends, at most `patienceMs` (somebody may hold them open); gives the last lines, at most 4 KiB. */
  async finish(patienceMs: number): Promise<string> {
    const patience = AbortSignal.timeout(patienceMs);
    for (const { socket } of this.#streams) {
      if (!socket.closed) await once(socket, "close", { signal: patience }).catch(() => socket.destroy());
    }
    for (const { splitter, chunk } of this.#kept) splitter.push(chunk);
    for (const { splitter } of this.#streams) splitter.end();
    return lastBytes(withoutTerminalSequences(this.#lastLines.join("\n")), TAIL_BYTES);
  }

  get #isFull(): boolean {
    return this.#loggedBytes >= MOST_LOGGED_BYTES;
  }

  #take(line: string): void {
    this.#lastLines.push(line);
    this.#lastLinesLength += line.length + 1;
    for (let first = this.#lastLines[0]; first !== undefined; first = this.#lastLines[0]) {
      if (this.#lastLinesLength - first.length - 1 <= TAIL_BYTES) break;
      this.#lastLinesLength -= first.length + 1;
      this.#lastLines.shift();
    }
    if (this.#isFull) return;
    this.#log.outside(line);
    this.#loggedBytes += Buffer.byteLength(line) + LINE_OVERHEAD;
    if (this.#isFull) this.#log.info("The step's output is too long: the rest of it is not shown here.");
  }

  #keep(splitter: LineSplitter, chunk: Buffer): void {
    this.#kept.push({ splitter, chunk });
    this.#keptBytes += chunk.length;
    for (
      let first = this.#kept[0];
      first && this.#keptBytes - first.chunk.length > KEPT_BYTES;
      first = this.#kept[0]
    ) {
      first.splitter.skipLine();
      this.#keptBytes -= first.chunk.length;
      this.#kept.shift();
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
