/**
 * Whether the text fits a pattern as policies of clouds write them: `*` stands for any characters (also `:` and `/`), `?` for one,
 * and all others for themselves. Takes at most |pattern| × |text| steps, whatever the two are.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let [at, retry, star] = [0, 0, -1];
  for (let position = 0; position < text.length; ) {
    if (pattern[at] === "*") {
      star = at++;
      retry = position;
    } else if (pattern[at] === "?" || pattern[at] === text[position]) {
      at++;
      position++;
    } else if (star >= 0) {
      at = star + 1;
      position = ++retry;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}

/** Names of actions are read without their case, as AWS reads them. */
export function matchesAction(glob: string, action: string): boolean {
  return matchesWildcard(glob.toLowerCase(), action.toLowerCase());
}
