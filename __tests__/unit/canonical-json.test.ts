import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { canonicalJson } from "../../src/canonical-json.ts";

/** The same value with the keys of each object in the opposite order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, turned(member)] as const);
  return Object.fromEntries(entries.reverse());
}

describe("canonical JSON", () => {
  test("has its keys in the order of their code units, and no white space", () => {
    expect(canonicalJson({ b: [1, { d: null, c: "é" }], a: true, "10": 1, "9": 2 })).toBe(
      '{"10":1,"9":2,"a":true,"b":[1,{"c":"é","d":null}]}',
    );
  });

  test("is the same for the same value, in whatever order, and reads back as that value", () => {
    const property = fc.property(fc.jsonValue(), (value) => {
      expect(canonicalJson(turned(value))).toBe(canonicalJson(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    });
    fc.assert(property, { numRuns: 500 });
  });

  test("leaves out what is not there", () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });
});
