/** Git lets a hook refuse a push, but not say why beside each ref, as GitHub does: the reason is put in here. */

function packets(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = Number.parseInt(bytes.toString("latin1", at, at + 4), 16);
    if (Number.isNaN(length)) break;
    if (length >= 4) found.push(bytes.subarray(at + 4, at + length));
    at += Math.max(length, 4);
  }
  return found;
}

function packet(content: Buffer): Buffer {
  return Buffer.concat([Buffer.from((content.length + 4).toString(16).padStart(4, "0")), content]);
}

const FLUSH = Buffer.from("0000");
const STATUS_BAND = 1;

/** The answer of `git receive-pack` with `pre-receive hook declined` told as `reason`. */
export function withReason(report: Buffer, reason: string): Buffer {
  const bands = packets(report);
  const status = Buffer.concat(
    bands.filter((band) => band[0] === STATUS_BAND).map((band) => band.subarray(1)),
  );
  const lines = packets(status).map((line) => {
    const told = line
      .toString()
      .replace(/^(ng \S+) pre-receive hook declined/, (_, ref: string) => `${ref} ${reason}`);
    return packet(Buffer.from(told));
  });
  const messages = bands.filter((band) => band[0] !== STATUS_BAND).map(packet);
  const told = Buffer.concat([Buffer.from([STATUS_BAND]), ...lines, FLUSH]);
  return Buffer.concat([...messages, packet(told), FLUSH]);
}
