import { withService } from "../../__tests__/builders/service.ts";
import { type SoakEnd, type SoakPlan, soak } from "../../__tests__/builders/soak.ts";
import { table } from "../table.ts";

const LEASE_SECONDS = 10;

export interface Soaks extends Omit<SoakPlan, "processes" | "leaseSeconds"> {
  /** Numbers of service processes; one soak for each. */
  processes: number[];
}

/** Soaks one after the other; gives them as Markdown, and what was wrong in any of them. */
export async function measureSoaks({
  processes,
  ...plan
}: Soaks): Promise<{ text: string; flaws: string[] }> {
  const rows: string[][] = [];
  const flaws: string[] = [];
  for (const count of processes) {
    const end = await withService((scene) =>
      soak(scene, { ...plan, processes: count, leaseSeconds: LEASE_SECONDS }),
    );
    const row = [String(count), ...rowOf(plan.issues, end)];
    rows.push(row);
    console.error(`soak: ${row.join(", ")}`);
    if (end.killed < plan.kills) flaws.push(`Only ${end.killed} of ${plan.kills} services could be killed.`);
    flaws.push(...end.flaws);
  }
  const head = ["Processes", "Kills", "Wall time", "Flaws", "Left at work", "Claims left"];
  const about = `${plan.issues} issues, two tasks at once in each process, seed ${plan.seed}.`;
  return { text: [about, table(head, rows)].join("\n\n"), flaws };
}

function rowOf(issues: number, { killed, milliseconds, flaws, left }: SoakEnd): string[] {
  const wall = `${Math.round(milliseconds / 1000)} s (${Math.round((issues * 60_000) / milliseconds)} tasks a minute)`;
  return [
    String(killed),
    wall,
    String(flaws.length),
    String(left.processing.length),
    String(left.claims.length),
  ];
}
