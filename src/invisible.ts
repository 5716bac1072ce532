/** Characters that a reader cannot see, and that hide text from people while programs read it. */

/** WORD JOINER: has no width, and is neither a space, a letter nor a digit to anybody's pattern. Breaks what would act. */
export const BREAK = "\u2060";

// Without them an emoji falls apart, and Persian or Hindi is misspelt: there they hide nothing.
const JOINERS = [
  String.raw`(?<=\p{Extended_Pictographic}\p{Emoji_Modifier}?\ufe0f?)[\ufe0e\ufe0f\u200d]`,
  String.raw`(?<=[0-9#*])\ufe0f(?=\u20e3)`,
  String.raw`(?<=[\u0600-\u109f])[\u200c\u200d](?=[\u0600-\u109f])`,
].join("|");
const INVISIBLE = String.raw`(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]`;
const HIDDEN = new RegExp(`(?!${JOINERS})${INVISIBLE}`, "gu");

/**
 * Shows control, bidi, zero-width, tag and other invisible characters as `\u{…}`; NUL and lone surrogates, which GitHub
 * refuses, become U+FFFD. Line feeds and tabs stay.
 */
export function showInvisible(text: string): string {
  return text
    .toWellFormed()
    .replaceAll("\0", "\ufffd")
    .replace(HIDDEN, (hidden) => `\\u{${hidden.codePointAt(0)?.toString(16)}}`);
}
