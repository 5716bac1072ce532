import { takeStart } from "../harmless.ts";

/** Bytes of UTF-8 that a text at GitHub may have here: its limit is as many characters, and a text has no more of those. */
export const LONGEST_BODY = 65_536;

export function bytesOf(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

/**
 * Renders the whole text where that takes at most `room` bytes, else its longest start that does, on whole code points.
 * `render` is told whether the text was cut, to say so.
 */
export function fitText(
  text: string,
  room: number,
  render: (part: string, isCut: boolean) => string,
): string {
  const whole = render(text, false);
  if (bytesOf(whole) <= room) return whole;
  let best = render("", true);
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const rendered = render(takeStart(text, middle), true);
    if (bytesOf(rendered) <= room) [low, best] = [middle, rendered];
    else high = middle - 1;
  }
  return best;
}
