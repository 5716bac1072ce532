interface Run {
  start: number;
  end: number;
  /** Index of the next run of as many backticks. */
  closer: number | null;
}

/** The inline code of one line. Each backtick is looked at twice, however often one asks. */
export class CodeSpans {
  readonly #runs: Run[];
  #next = 0;

  constructor(line: string, offset: number) {
    this.#runs = [...line.matchAll(/`+/g)].map((run) => {
      const start = offset + run.index;
      return { start, end: start + run[0].length, closer: null };
    });
    const nextOfLength = new Map<number, number>();
    for (const [index, run] of [...this.#runs.entries()].reverse()) {
      run.closer = nextOfLength.get(run.end - run.start) ?? null;
      nextOfLength.set(run.end - run.start, index);
    }
  }

  /** Whether the offset lies in a span that begins at `from` or later; both may only grow from call to call. */
  cover(offset: number, from: number): boolean {
    for (let run = this.#runs[this.#next]; run !== undefined; run = this.#runs[this.#next]) {
      if (run.start >= offset) return false;
      const closing = run.start < from || run.closer === null ? null : run.closer;
      if (closing !== null && (this.#runs[closing]?.end ?? 0) > offset) return true;
      this.#next = (closing ?? this.#next) + 1;
    }
    return false;
  }
}
