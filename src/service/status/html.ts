/** Markup: only `html` makes it, so that text can never pass for it. */
class Html {
  readonly #markup: string;
  constructor(markup: string) {
    this.#markup = markup;
  }
  toString(): string {
    return this.#markup;
  }
}

export type { Html };

/** What may stand in a template: text, which is escaped; markup; lists of both; nothing. */
export type Part = string | number | Html | null | readonly Part[];

const ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for content and quoted attributes: the one place where text becomes markup. */
function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

/** A template whose own words are markup; everything put into it is text, unless a template made it. */
export function html(words: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(String.raw({ raw: words }, ...parts.map(markupOf)));
}

function markupOf(part: Part): string {
  if (part === null) return "";
  if (part instanceof Html) return part.toString();
  if (typeof part === "object") return part.map(markupOf).join("");
  return escapeText(String(part));
}

/** A link, where the address is one of the web; else its text alone. */
export function link(url: string, text: string): Html {
  return /^https?:\/\//i.test(url) ? html`<a href="${url}" rel="noreferrer">${text}</a>` : html`${text}`;
}
