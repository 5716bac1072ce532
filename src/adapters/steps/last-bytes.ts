import type { LineSplitter } from "./line-splitter.ts";

const SIZE = 64 * 1024;

/** The last 64 KiB of several streams, in their order of arrival; allocates once, however much passes through. */
export class LastBytes {
  readonly #ring = Buffer.alloc(SIZE);
  /** Where the next byte goes. */
  #end = 0;
  #length = 0;
  /** Whose the bytes are, oldest first. */
  readonly #parts: { splitter: LineSplitter; length: number }[] = [];

  append(splitter: LineSplitter, chunk: Buffer): void {
    const bytes = chunk.subarray(-SIZE);
    this.#makeRoom(bytes.length);
    if (bytes.length < chunk.length) splitter.skipLine();
    const untilWrap = bytes.copy(this.#ring, this.#end);
    bytes.copy(this.#ring, 0, untilWrap);
    this.#end = (this.#end + bytes.length) % SIZE;
    this.#length += bytes.length;
    const last = this.#parts.at(-1);
    if (last?.splitter === splitter) last.length += bytes.length;
    else this.#parts.push({ splitter, length: bytes.length });
  }

  /** Hands the bytes to their splitters; a line whose beginning was lost is skipped. */
  drain(): void {
    const unwrapped = Buffer.concat([this.#ring.subarray(this.#end), this.#ring.subarray(0, this.#end)]);
    let start = SIZE - this.#length;
    for (const { splitter, length } of this.#parts.splice(0)) {
      splitter.push(unwrapped.subarray(start, start + length));
      start += length;
    }
    this.#length = 0;
  }

  #makeRoom(length: number): void {
    while (this.#length + length > SIZE) {
      const [oldest] = this.#parts;
      if (!oldest) return;
      const lost = Math.min(oldest.length, this.#length + length - SIZE);
      oldest.length -= lost;
      this.#length -= lost;
      oldest.splitter.skipLine();
      if (oldest.length === 0) this.#parts.shift();
    }
  }
}
