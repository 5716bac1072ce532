import { TOKEN, withService } from "../../__tests__/builders/service.ts";
import { type Family, median, memoryOf, watchFamily } from "../measure.ts";
import { milliseconds, table } from "../table.ts";
import { startHooked } from "./hooked.ts";

const TASKS = 10;
const CONCURRENCIES = [1, 2, 4, 10];

interface Together {
  concurrency: number;
  /** From the first delivery to the end of the last run, one a round. */
  milliseconds: number[];
  /** Largest resident size of the service itself, in MB. */
  serviceMb: number | null;
  /** With all of its git processes and steps; the most of all rounds. */
  family: Family;
}

/** Ten tasks that are sent at once, by how many of them may run at once, as Markdown. */
export async function measureTogether(rounds: number): Promise<string> {
  const rows: string[][] = [];
  for (const concurrency of CONCURRENCIES) rows.push(renderRow(await measure(concurrency, rounds)));
  const head = ["Tasks at once", "Wall time", "Tasks a minute", "Peak: service", "Peak: with git and steps"];
  const about = `${TASKS} tasks sent at once, each one changed file; medians of ${rounds} rounds, peaks of all.`;
  return [about, table([...head, "Processes"], rows)].join("\n\n");
}

async function measure(concurrency: number, rounds: number): Promise<Together> {
  return await withService(async (scene) => {
    const service = await startHooked(scene, { AGENT_CONCURRENCY: String(concurrency) });
    const times: number[] = [];
    const runAll = async (tasks: number) => {
      scene.github.setRateLimit(TOKEN, 5000);
      const sent = await Promise.all(Array.from({ length: tasks }, service.send));
      const ends = await Promise.all(sent.map(({ number }) => service.over(number)));
      return Math.max(...ends) - Math.min(...sent.map(({ sentAt }) => sentAt));
    };
    await runAll(concurrency);
    const stop = watchFamily(service.pid);
    for (let round = 0; round < rounds; round += 1) times.push(await runAll(TASKS));
    const serviceMb = memoryOf(service.pid, "VmHWM");
    return { concurrency, milliseconds: times, serviceMb, family: stop() };
  });
}

function renderRow({ concurrency, milliseconds: times, serviceMb, family }: Together): string[] {
  const wall = median(times);
  return [
    String(concurrency),
    milliseconds(wall),
    String(Math.round((TASKS * 60_000) / wall)),
    `${Math.round(serviceMb ?? Number.NaN)} MB`,
    `${Math.round(family.memoryMb)} MB`,
    String(family.processes),
  ];
}
