import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { html } from "../../../../src/service/status/html.ts";

describe("markup", () => {
  test("takes text as text, in content and in attributes", () => {
    expect(html`<p title="${`"><b>`}">${"<i>&"}</p>`.toString()).toBe(
      '<p title="&quot;&gt;&lt;b&gt;">&lt;i&gt;&amp;</p>',
    );
  });

  test("takes markup, lists of it, numbers and nothing as they are", () => {
    expect(html`<ul>${[html`<li>${1}</li>`, html`<li>${"<2>"}</li>`]}${null}</ul>`.toString()).toBe(
      "<ul><li>1</li><li>&lt;2&gt;</li></ul>",
    );
  });

  test("lets no text whatever leave its place", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const [, shown = ""] = /^<p>(.*)<\/p>$/s.exec(html`<p>${text}</p>`.toString()) ?? [];
        expect(shown).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
      }),
    );
  });
});
