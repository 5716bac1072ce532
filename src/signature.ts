import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Decision } from "./authorise.ts";
import type { ParsedTask } from "./task.ts";

/** What a signature vouches for. */
export type SignedTask = Pick<
  ParsedTask,
  "taskId" | "instruction" | "targetRepository" | "targetPullRequest" | "metadata"
>;

const SIGNATURE = /^[0-9a-f]{64}$/;
const expiryShape = z.iso.datetime({ offset: true });

/** The lower-case hex HMAC-SHA256 of a text or bytes (UTF-8). */
export function hmacOf(secret: string, content: string | Uint8Array): string {
  return createHmac("sha256", secret).update(content).digest("hex");
}

/** The text that a backend signs, as `docs/correlation.md` publishes it; `expires` as the metadata spells it. */
export function signedText(task: Omit<SignedTask, "metadata">, expires: string): string {
  const number = task.targetPullRequest === null ? "" : `#${task.targetPullRequest}`;
  const target = `${task.targetRepository?.toLowerCase() ?? ""}${number}`;
  const instruction = task.instruction.replace(/\r\n?/g, "\n").replace(/^[ \t\n]+|[ \t\n]+$/g, "");
  const hash = createHash("sha256").update(instruction).digest("hex");
  return ["agent-task-v1", task.taskId, target, hash, expires].join("\n");
}

/** Whether the task carries the backend's signature (`signature` and `expires` in its metadata) and it still counts. */
export function checkSignature(task: SignedTask, secret: string, now: Date): Decision {
  const { signature, expires } = task.metadata;
  if (signature === undefined || expires === undefined) {
    return refused("tasks must be signed (`task-secret`), and its metadata lacks `signature` or `expires`");
  }
  const until = expiryShape.safeParse(expires);
  if (!until.success) {
    return refused("its `expires` is no time of ISO 8601 with a zone, such as `2026-01-31T12:00:00Z`");
  }
  if (typeof signature !== "string" || !SIGNATURE.test(signature)) {
    return refused("its `signature` is not 64 hex digits in lower case");
  }
  const expected = hmacOf(secret, signedText(task, until.data));
  if (!timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) {
    return refused(
      "its signature does not fit: task id, target, instruction or expiry is not what was signed, or the secret is another one",
    );
  }
  if (Date.parse(until.data) <= now.getTime()) return refused(`its signature expired at ${until.data}`);
  return { allowed: true };
}

function refused(reason: string): Decision {
  return { allowed: false, reason };
}
