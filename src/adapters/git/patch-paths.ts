/** The two names of `diff --git a/x b/x`, which count where no `---`, `+++` or `rename` follows; they are equal then. */
export function namesOfGitHeader(line: string): [string | null, string | null] {
  const names = line.slice("diff --git ".length);
  const half = (names.length - 1) / 2;
  const [first, second] = [names.slice(0, half), names.slice(half + 1)].map(unquotePath);
  return first && second ? [first, second] : [null, null];
}

/** Undoes git's C-style quoting; the bytes that it stands for are read as UTF-8. */
export function unquotePath(name: string): string {
  if (!/^".*"$/.test(name)) return name;
  const escapes: Record<string, number> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };
  const bytes = Buffer.from(name.slice(1, -1)).toString("latin1");
  const plain = bytes.replace(/\\([0-7]{3}|.)/g, (_, code: string) => {
    if (code.length === 3) return String.fromCharCode(Number.parseInt(code, 8));
    return String.fromCharCode(escapes[code] ?? code.charCodeAt(0));
  });
  return Buffer.from(plain, "latin1").toString();
}
