import { expect, test } from "@jest/globals";
import { callFailureOf } from "../../../src/service/observer.ts";

test.each([
  [200, false, null],
  [304, false, null],
  [404, false, null],
  [422, false, null],
  [401, false, "unauthorized"],
  [403, false, "forbidden"],
  [403, true, "rate-limited"],
  [429, true, "rate-limited"],
  [500, false, "server-error"],
  [502, false, "server-error"],
  [null, false, "no-answer"],
] as const)("a call that is answered %p (rate limit: %p) counts as %p", (status, isLimited, failure) => {
  expect(callFailureOf({ status, isLimited, limit: null })).toBe(failure);
});
