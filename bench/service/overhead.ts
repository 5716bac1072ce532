import {
  DISPATCH,
  OWNER,
  type ServiceScene,
  TARGET,
  TOKEN,
  withService,
} from "../../__tests__/builders/service.ts";
import { count, firstOf, runLabelled } from "../contenders.ts";
import { median, medianOf, type Sample, time } from "../measure.ts";
import { milliseconds, table } from "../table.ts";
import { type HookedService, startHooked } from "./hooked.ts";

const COMMAND = "true";
/** Rounds that do not count: the service and the loopback are warm after them. */
const WARM_UP = 5;

/** One task after the other with the command `true`: the service and the Action in turns, as Markdown. */
export async function measureOverhead(rounds: number): Promise<string> {
  return await withService(async (scene) => {
    const service = await startHooked(scene, { AGENT_COMMAND: COMMAND });
    const [served, acted, starts]: [Sample[], Sample[], number[]] = [[], [], []];
    for (let round = -WARM_UP; round < rounds; round += 1) {
      scene.github.reset();
      scene.github.setRateLimit(TOKEN, 5000);
      const byService = await runServed(scene, service);
      const byAction = await runAsAction(scene);
      const node = await time(process.execPath, ["-e", "0"], { PATH: process.env.PATH ?? "" });
      if (round < 0) continue;
      served.push(byService);
      acted.push(byAction);
      starts.push(node);
    }
    return render(served, acted, median(starts));
  });
}

async function runServed({ github }: ServiceScene, service: HookedService): Promise<Sample> {
  const from = github.requests.length;
  const { number, sentAt } = await service.send();
  const end = await service.over(number);
  const requests = github.requests.slice(from);
  return {
    ...{ milliseconds: end - sentAt, peakMb: null },
    ...{ ...count(requests), firstRequest: firstOf(requests, sentAt) },
  };
}

async function runAsAction({ github }: ServiceScene): Promise<Sample> {
  const number = github.createIssue(DISPATCH, { title: "Task", body: "Do it.", author: OWNER });
  const inputs = { token: TOKEN, command: COMMAND, "target-repository": TARGET };
  const run = { repository: DISPATCH, number, sender: OWNER, inputs, outcome: "no-changes" };
  return await runLabelled(github, run);
}

function render(served: Sample[], acted: Sample[], nodeMs: number): string {
  const whole = (samples: Sample[]) => medianOf(samples, "milliseconds") ?? Number.NaN;
  const worked = (samples: Sample[]) =>
    median(samples.map((sample) => sample.milliseconds - (sample.firstRequest ?? Number.NaN)));
  const row = (title: string, samples: Sample[], lessMs: number) => [
    title,
    milliseconds(whole(samples) - lessMs),
    milliseconds(worked(samples)),
    String(medianOf(samples, "apiCalls") ?? ""),
    String(medianOf(samples, "gitRequests") ?? ""),
  ];
  const action = whole(acted) - nodeMs;
  return [
    `Medians of ${served.length} tasks.`,
    table(
      ["", "Whole", "From the first API request on", "API calls", "Git requests"],
      [
        row("service: webhook sent to run over", served, 0),
        row("Action: start to exit", acted, 0),
        row("Action, less `node -e 0`", acted, nodeMs),
        [
          "service ÷ Action less `node -e 0`",
          (whole(served) / action).toFixed(2),
          (worked(served) / worked(acted)).toFixed(2),
          "",
          "",
        ],
      ],
    ),
  ].join("\n\n");
}
