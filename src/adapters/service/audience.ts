import type { ServerResponse } from "node:http";
import type { Clock } from "../../ports.ts";

/** Everybody who has the page open and is sent what changes, by server-sent events. */
export interface Audience {
  /** Takes the response over; `false` where there are too many. */
  join(response: ServerResponse): boolean;
  /** Something changed: everybody is told, once a second at most. */
  refresh(): void;
}

export interface AudienceOptions {
  /** The changing part of the page, as it is now. */
  render(): Promise<string>;
  clock: Pick<Clock, "now" | "later">;
  /** Told of a page that could not be made. */
  warn(message: string): void;
}

const MOST = 32;
const SOONEST_MS = 1000;
/** Ages grow though nothing happens. */
const LATEST_MS = 5000;
/** Who has taken nothing for so long is gone, or will not come after. */
const PATIENCE_MS = 60_000;

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
  // Proxies such as nginx would else keep events until there are many.
  "x-accel-buffering": "no",
};

/** Keeps no more than one message for anybody: who is slow misses some, and nothing is made while nobody looks. */
export function createAudience({ render, clock, warn }: AudienceOptions): Audience {
  /** Response → when it was last written to. */
  const members = new Map<ServerResponse, number>();
  let planned: { at: number; timer: { callOff(): void } } | null = null;
  let toldAt = 0;

  const plan = (milliseconds: number) => {
    if (members.size === 0) return;
    const now = clock.now().getTime();
    const at = Math.max(now + milliseconds, toldAt + SOONEST_MS);
    if (planned && planned.at <= at) return;
    planned?.timer.callOff();
    planned = { at, timer: clock.later(at - now, () => void tell()) };
  };
  const tell = async () => {
    planned = null;
    toldAt = clock.now().getTime();
    try {
      const message = `event: main\ndata: ${JSON.stringify(await render())}\n\n`;
      for (const member of members.keys()) send(member, message);
    } catch (thrown) {
      warn(`The status page could not be brought up to date: ${String(thrown)}`);
    }
    plan(LATEST_MS);
  };
  const send = (member: ServerResponse, message: string) => {
    const now = clock.now().getTime();
    if (member.writableLength > 0) {
      if (now - (members.get(member) ?? 0) > PATIENCE_MS) member.destroy();
      return;
    }
    members.set(member, now);
    member.write(message);
  };

  return {
    join(response) {
      if (members.size >= MOST) return false;
      response.writeHead(200, HEADERS).write("retry: 3000\n\n");
      members.set(response, clock.now().getTime());
      response.on("close", () => {
        members.delete(response);
        if (members.size > 0) return;
        planned?.timer.callOff();
        planned = null;
      });
      plan(0);
      return true;
    },
    refresh: () => plan(0),
  };
}
