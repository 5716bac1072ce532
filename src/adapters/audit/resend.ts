import { createDelivery } from "../../audit/delivery.ts";
import type { TrailState } from "../../audit/trail.ts";
import { splitTrail, type TrailLine, verifyTrail } from "../../audit/verify.ts";
import type { Clock, Log } from "../../ports.ts";
import { readRegularFile } from "../regular-file.ts";
import type { AuditSettings } from "./open-audit.ts";
import { createSink } from "./sink.ts";

/** For how long the post step tries to deliver what the main step could not. */
const RESEND_MS = 60_000;
const LONGEST_TRAIL = 64 * 1024 * 1024;

/** Sends the events that another process wrote down and could not deliver; nothing of a trail that is not as it left it. */
export async function resendTrail(
  { auditUrl, auditToken }: Pick<AuditSettings, "auditUrl" | "auditToken">,
  state: TrailState,
  { clock, log }: { clock: Clock; log: Pick<Log, "info" | "warning"> },
): Promise<void> {
  // Of a run that was killed nobody knows what it had sent.
  const wanted =
    state.undelivered ?? Array.from({ length: state.events }, (_, index) => ({ index, mayBeStored: true }));
  if (!auditUrl || wanted.length === 0) return;
  const lines = (await readLines(state.file)).slice(0, state.events);
  const found = verifyTrail(lines, state.head);
  if (!found.ok) {
    log.warning(
      `The audit trail was changed (line ${found.line}: ${found.detail}), so none of it was sent again.`,
    );
    return;
  }
  const delivery = createDelivery(createSink(auditUrl, auditToken), clock);
  for (const { index, mayBeStored } of wanted) {
    const parcel = { index, event: lines[index] ?? "" };
    if (mayBeStored) delivery.addAgain(parcel);
    else delivery.add(parcel);
  }
  const left = await delivery.settle(RESEND_MS);
  delivery.stop();
  if (left > 0) log.warning(`${left} audit events could not be delivered; they are in ${state.file}.`);
  else log.info(`${wanted.length} audit events were sent again.`);
}

/** The lines of a regular file of a bearable length; none of any other. */
async function readLines(path: string): Promise<TrailLine[]> {
  const found = await readRegularFile(path, LONGEST_TRAIL);
  return "bytes" in found ? splitTrail(found.bytes) : [];
}
