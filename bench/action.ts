import { parseArgs } from "node:util";
import { type LoopbackGitHub, startLoopbackGitHub } from "../loopback/github.ts";
import { CONTENDERS, hundredFiles, PERSON, TOKEN } from "./contenders.ts";
import { median, type Sample } from "./measure.ts";
import { makeRepository, SIZES, type Size } from "./repositories.ts";
import { prepareStartUp } from "./start-up.ts";
import { type Result, renderResults } from "./table.ts";

export const ACTION_OPTIONS = `  --sizes NAMES       of ${SIZES.map(({ name }) => name).join(", ")}; default all, separated by commas
  --latencies MS      milliseconds added to each request; default 0,60
  --contenders NAMES  of ${Object.keys(CONTENDERS).join(", ")}; default all
  --runs N            runs of each contender; default 10, and 5 on the largest repository
`;

interface Wishes {
  sizes: Size[];
  latencies: number[];
  /** Of contenders. */
  names: string[];
  /** `null`: as many as each size says. */
  runs: number | null;
}

function readWishes(args: string[]): Wishes {
  const { values } = parseArgs({
    args,
    options: {
      sizes: { type: "string", default: SIZES.map(({ name }) => name).join(",") },
      latencies: { type: "string", default: "0,60" },
      contenders: { type: "string", default: Object.keys(CONTENDERS).join(",") },
      runs: { type: "string" },
    },
  });
  return {
    sizes: SIZES.filter(({ name }) => values.sizes.split(",").includes(name)),
    latencies: values.latencies.split(",").map(Number),
    names: Object.keys(CONTENDERS).filter((name) => values.contenders.split(",").includes(name)),
    runs: values.runs === undefined ? null : Number(values.runs),
  };
}

/** Runs all contenders in turns, so that whatever else the machine does meets them alike. */
async function measureSize(
  github: LoopbackGitHub,
  size: Size,
  { latencies, names, runs }: Wishes,
): Promise<Result[]> {
  const repository = `bench/${size.name}`;
  console.error(`${size.title}: making the repository …`);
  await makeRepository(github, repository, size);
  github.setPermission(repository, PERSON.login, "write");
  const results: Result[] = [];
  for (const latency of latencies) {
    const count = runs ?? size.runs;
    const samples = new Map<string, Sample[]>(names.map((name) => [name, []]));
    // The first round warms up the server and the file cache; it does not count.
    for (let round = 0; round <= count; round += 1) {
      for (const name of names) {
        slowDown(github, latency);
        const sample = await CONTENDERS[name]?.(github, repository);
        if (sample && round > 0) samples.get(name)?.push(sample);
      }
    }
    for (const [contender, list] of samples) results.push({ size, latency, contender, samples: list });
    console.error(`${size.title}, ${latency} ms: ${count} rounds done`);
  }
  return results;
}

function slowDown(github: LoopbackGitHub, milliseconds: number): void {
  github.reset();
  github.setRateLimit(TOKEN, 5000);
  if (milliseconds === 0) return;
  const times = Number.POSITIVE_INFINITY;
  github.faults.add({ match: () => true, fault: { kind: "delay", ms: milliseconds }, times });
}

async function measureStart(github: LoopbackGitHub, repository: string): Promise<[string, number][]> {
  const startUp = prepareStartUp();
  try {
    const [node, octokit, ours]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round <= 15; round += 1) {
      slowDown(github, 0);
      const all = [
        await startUp.node(),
        await startUp.octokit(github, repository),
        (await CONTENDERS.patch?.(github, repository))?.firstRequest ?? Number.NaN,
      ] as const;
      if (round === 0) continue;
      for (const [index, list] of [node, octokit, ours].entries()) list.push(all[index] ?? Number.NaN);
    }
    return [
      ["`node -e 0`, start to end", median(node)],
      ["a bundle of octokit alone, start to first request", median(octokit)],
      ["agent-runner, start to first request", median(ours)],
    ];
  } finally {
    startUp.remove();
  }
}

function openRepositories(github: LoopbackGitHub, sizes: Size[]): void {
  const access = { contents: "write", issues: "write", pull_requests: "write", metadata: "read" } as const;
  const repositories = Object.fromEntries(sizes.map(({ name }) => [`bench/${name}`, access]));
  const actor = { login: "github-actions[bot]", type: "Bot" } as const;
  github.registerToken({ token: TOKEN, kind: "actions", actor, access: repositories });
}

/** Measures what the command line asks for, and prints it. */
export async function benchAction(args: string[]): Promise<void> {
  const wishes = readWishes(args);
  const { sizes } = wishes;
  const [first] = sizes;
  if (first === undefined) return;
  const github = await startLoopbackGitHub();
  try {
    openRepositories(github, sizes);
    const results: Result[] = [];
    for (const size of sizes) results.push(...(await measureSize(github, size, wishes)));
    slowDown(github, 0);
    const roomy = sizes.find(({ files }) => files > 200);
    const patch = roomy ? await hundredFiles(github, `bench/${roomy.name}`) : null;
    const starts = await measureStart(github, `bench/${first.name}`);
    console.log(renderResults({ results, starts, hundredFiles: patch?.gitRequests ?? null }));
  } finally {
    await github.close();
  }
}
