import { parseArgs } from "node:util";
import { measureIdle } from "./service/idle.ts";
import { measureOverhead } from "./service/overhead.ts";
import { measureSoaks, type Soaks } from "./service/soak.ts";
import { measureTogether } from "./service/together.ts";

const PARTS = ["idle", "overhead", "together", "soak"] as const;
type Part = (typeof PARTS)[number];

export const SERVICE_OPTIONS = `  --parts NAMES       of ${PARTS.join(", ")}; default all, separated by commas
  --polls N           idle: polls that are measured; default 1000, after 1000 others
  --tasks N           overhead: tasks of each; default 30
  --rounds N          together: rounds of ten tasks; default 5
  --issues N          soak: default 500
  --kills N           soak: services that are killed at random moments and started again; default 25
  --processes LIST    soak: how many services share the dispatch repository, one soak for each; default 1,4
  --seed N            soak: of the random moments; default another one each time, which is printed
  --minutes N         soak: gives up after this time; default 20
`;

interface Wishes extends Soaks {
  parts: Part[];
  polls: number;
  tasks: number;
  rounds: number;
}

/** Measures what the command line asks for, and prints it part by part. A task that ended twice or never sets exit status 1. */
export async function benchService(args: string[]): Promise<void> {
  const wishes = readWishes(args);
  const measure: Record<Part, () => Promise<string>> = {
    idle: () => measureIdle(wishes.polls),
    overhead: () => measureOverhead(wishes.tasks),
    together: () => measureTogether(wishes.rounds),
    soak: () => soakAll(wishes),
  };
  for (const part of wishes.parts) {
    console.error(`${part} …`);
    console.log(`### Service: ${part}\n\n${await measure[part]()}\n`);
  }
}

async function soakAll(wishes: Soaks): Promise<string> {
  const { text, flaws } = await measureSoaks(wishes);
  if (flaws.length > 0) process.exitCode = 1;
  for (const flaw of flaws) console.error(`\n${flaw}`);
  return text;
}

function readWishes(args: string[]): Wishes {
  const number = { type: "string" } as const;
  const { values } = parseArgs({
    args,
    options: {
      parts: { type: "string", default: PARTS.join(",") },
      polls: { ...number, default: "1000" },
      tasks: { ...number, default: "30" },
      rounds: { ...number, default: "5" },
      issues: { ...number, default: "500" },
      kills: { ...number, default: "25" },
      processes: { type: "string", default: "1,4" },
      seed: { ...number, default: String(Date.now() % 2 ** 31) },
      minutes: { ...number, default: "20" },
    },
  });
  const { polls, tasks, rounds, issues, kills, seed } = values;
  return {
    parts: PARTS.filter((part) => values.parts.split(",").includes(part)),
    ...{ polls: Number(polls), tasks: Number(tasks), rounds: Number(rounds) },
    ...{ issues: Number(issues), kills: Number(kills), seed: Number(seed) },
    processes: values.processes.split(",").map(Number),
    patienceMs: Number(values.minutes) * 60_000,
  };
}
