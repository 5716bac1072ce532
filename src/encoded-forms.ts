const SHORTEST_DERIVED = 8;

/**
 * Every spelling under which a secret may turn up in text: as it is, in JSON, in a URL, in hex, and in base64 wherever it
 * stands in the encoded bytes (so also behind `x-access-token:`). Longest first, so that none hides a part of another.
 */
export function encodedForms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString("hex");
  const derived = [
    JSON.stringify(secret).slice(1, -1),
    ...bothCases(encodeURIComponent(secret.toWellFormed())),
    ...bothCases(new URLSearchParams({ s: secret }).toString().slice(2)),
    hex,
    hex.toUpperCase(),
    ...[0, 1, 2].flatMap((offset) => base64At(bytes, offset)),
    ...linesOf(secret),
  ];
  const forms = new Set([secret, ...derived.filter((form) => form.length >= SHORTEST_DERIVED)]);
  return [...forms].sort((a, b) => b.length - a.length);
}

/** Percent-encoding may be written in either case, the rest of the text may not. */
function bothCases(encoded: string): string[] {
  return [encoded, encoded.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())];
}

/** The base64 digits that depend on `bytes` alone where `offset` other bytes (modulo 3) stand before them. */
function base64At(bytes: Buffer, offset: number): string[] {
  const whole = Buffer.concat([Buffer.alloc(offset), bytes]);
  const first = Math.ceil((offset * 8) / 6);
  const end = Math.floor((whole.length * 8) / 6);
  return [whole.toString("base64").slice(first, end), whole.toString("base64url").slice(first, end)];
}

/** Logs are written line by line: each line of a key is as secret as the key, but for those that only say what it is. */
function linesOf(secret: string): string[] {
  const lines = secret.split(/\r\n|[\r\n]/).map((line) => line.trim());
  return lines.length > 1 ? lines.filter((line) => !line.startsWith("-----")) : [];
}
