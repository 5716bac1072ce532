import { timingSafeEqual } from "node:crypto";
import * as core from "@actions/core";
import { z } from "zod";
import type { TrailState } from "../../audit/trail.ts";
import { hmacOf } from "../../signature.ts";
import type { Run } from "../../task.ts";
import type { FileCommands } from "../file-commands.ts";

const STATE = "audit";

const shape = z.strictObject({
  file: z.string().min(1),
  traceId: z.string().min(1),
  events: z.number().int().nonnegative(),
  head: z.string(),
  undelivered: z
    .array(z.strictObject({ index: z.number().int().nonnegative(), mayBeStored: z.boolean() }))
    .nullable(),
});

/** Tells the post step where the trail is and what is in it. The step could write to the state file, so it is signed. */
export function saveTrailState(
  files: Pick<FileCommands, "saveState">,
  run: Run,
  key: string,
  state: TrailState,
): void {
  const json = JSON.stringify(state);
  files.saveState(STATE, `${signature(run, key, json)} ${json}`);
}

/** `null` where no trail was begun, or somebody else wrote what is there. */
export function readTrailState(run: Run, key: string): TrailState | null {
  const text = Buffer.from(core.getState(STATE));
  const [given, json] = [text.subarray(0, HEX_DIGITS), text.subarray(HEX_DIGITS + 1).toString("utf8")];
  const expected = Buffer.from(signature(run, key, json));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  return shape.parse(JSON.parse(json));
}

/** Of an HMAC-SHA256. */
const HEX_DIGITS = 64;

function signature({ id, attempt }: Run, key: string, json: string): string {
  return hmacOf(key, `${STATE}:${id}:${attempt}:${json}`);
}
