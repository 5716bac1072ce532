import { setTimeout as pause } from "node:timers/promises";
import {
  DISPATCH,
  LABEL,
  OWNER,
  type RunningService,
  SECRET,
  type ServiceScene,
  until,
} from "../../__tests__/builders/service.ts";
import { issuesEvent } from "../../loopback/events.ts";

/** A service that hears of tasks by webhook alone, so that no poll falls into a measurement. */
export interface HookedService {
  pid: number;
  /** Opens an issue, sets its label and tells the service; gives its number and the moment of the delivery. */
  send(): Promise<{ number: number; sentAt: number }>;
  /** Waits until the run of an issue is over, its audit trail included; gives that moment, as its log tells it. */
  over(number: number): Promise<number>;
}

/** Starts one in the scene, which ends it. Moments are milliseconds since 1970. */
export async function startHooked(
  { github, start }: ServiceScene,
  environment: Record<string, string>,
): Promise<HookedService> {
  const hooked = { POLL_INTERVAL_SECONDS: "0", AGENT_WEBHOOK_SECRET: SECRET };
  const service = start(["serve"], { ...hooked, ...environment });
  const url = `${await service.url()}/webhook`;
  github.addHook(DISPATCH, { url, secret: SECRET, events: ["issues"] });
  await pause(500);
  return {
    pid: service.process.pid ?? 0,
    async send() {
      const number = github.createIssue(DISPATCH, { title: "Task", body: "Do it.", author: OWNER });
      const event = { action: "labeled", repo: DISPATCH, number, sender: OWNER, label: LABEL } as const;
      const payload = issuesEvent(github, event);
      const sentAt = Date.now();
      await github.webhook({ repository: DISPATCH, name: "issues", payload });
      return { number, sentAt };
    },
    async over(number) {
      await until(`the run of issue ${number} is over`, () => endOf(service, number) !== undefined);
      return endOf(service, number) ?? Number.NaN;
    },
  };
}

function endOf({ output }: RunningService, number: number): number | undefined {
  const lines = output().stdout.split("\n");
  const last = lines.find(
    (line) => line.includes(`"task":"${DISPATCH}#${number}"`) && line.includes("Audit trail"),
  );
  return last === undefined ? undefined : Date.parse((JSON.parse(last) as { time: string }).time);
}
