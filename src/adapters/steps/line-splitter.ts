const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** Where a line is cut, in bytes. */
const LONGEST_LINE = 8 * 1024;
// What lies between the cut and the end of what is held may be a part of a secret, too short to be recognised.
const HELD = 2 * LONGEST_LINE;

/**
 * Makes lines of a stream's bytes: ends are `\n`, `\r\n` and a lone `\r`. However long a line is, 16 KiB of it are held.
 * `redact` sees all that is held, before a long line is cut to 8 KiB.
 */
export class LineSplitter {
  readonly #redact: (line: string) => string;
  readonly #onLine: (line: string) => void;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #lineBytes = 0;
  #afterReturn = false;
  #skipping = false;

  constructor(redact: (line: string) => string, onLine: (line: string) => void) {
    this.#redact = redact;
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte !== NEWLINE && byte !== RETURN) continue;
      const endsPair = byte === NEWLINE && at === start && this.#afterReturn && this.#lineBytes === 0;
      if (!endsPair) {
        this.#hold(chunk.subarray(start, at));
        this.#endLine();
      }
      this.#afterReturn = byte === RETURN;
      start = at + 1;
    }
    this.#hold(chunk.subarray(start));
  }

  /** Bytes were lost: forgets the line that is held, and what comes up to the next line end. */
  skipLine(): void {
    this.#forget();
    this.#skipping = true;
  }

  /** The stream has ended: what is held is its last line, if it is not empty. */
  end(): void {
    if (this.#lineBytes > 0 && !this.#skipping) this.#endLine();
  }

  #hold(piece: Buffer): void {
    const kept = piece.subarray(0, HELD - this.#heldBytes);
    // A copy, since the chunk may be much larger than the piece that is kept of it.
    if (kept.length > 0) this.#held.push(Buffer.from(kept));
    this.#heldBytes += kept.length;
    this.#lineBytes += piece.length;
    if (piece.length > 0) this.#afterReturn = false;
  }

  #endLine(): void {
    if (!this.#skipping) {
      const line = this.#redact(Buffer.concat(this.#held).toString("utf8"));
      this.#onLine(this.#lineBytes <= LONGEST_LINE ? line : this.#cut(line));
    }
    this.#skipping = false;
    this.#forget();
  }

  #forget(): void {
    this.#held = [];
    this.#heldBytes = 0;
    this.#lineBytes = 0;
  }

  #cut(line: string): string {
    const sure = this.#lineBytes > HELD ? Math.floor(line.length / 2) : line.length;
    const shown = line.slice(0, Math.min(LONGEST_LINE, sure));
    return `${shown.toWellFormed()} [… cut, the line has ${this.#lineBytes} bytes]`;
  }
}
