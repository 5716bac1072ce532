import { numbersFrom } from "../__tests__/builders/random.ts";
import type { LoopbackGitHub } from "../loopback/github.ts";

/** A repository to measure with; each contender changes the first line of a file. */
export interface Size {
  name: string;
  title: string;
  files: number;
  bytesPerFile: number;
  commits: number;
  /** Times that each contender runs. */
  runs: number;
}

export const SIZES: Size[] = [
  { name: "small", title: "45 files", files: 45, bytesPerFile: 2_000, commits: 1, runs: 10 },
  { name: "medium", title: "5,000 files, 40 MB", files: 5_000, bytesPerFile: 8_000, commits: 1, runs: 10 },
  {
    name: "history",
    title: "5,000 files, 40 MB, 12,000 commits",
    files: 5_000,
    bytesPerFile: 8_000,
    commits: 12_000,
    runs: 10,
  },
  { name: "large", title: "100,000 files, 150 MB", files: 100_000, bytesPerFile: 1_500, commits: 1, runs: 5 },
];

/** Path of a file, a hundred to a folder and a hundred folders to a folder. */
export function pathOf(index: number): string {
  const folder = Math.floor(index / 100);
  return `src/area-${Math.floor(folder / 100)}/part-${folder % 100}/file-${index % 100}.txt`;
}

/** How each file begins. */
export const OPENING = [
  "The first line, which is to be changed.",
  "The second.",
  "The third.",
  "The fourth.",
];

/** Makes the repository, packed as a server keeps it. */
export async function makeRepository(github: LoopbackGitHub, name: string, size: Size): Promise<void> {
  const words = wordsFrom(20_261_121);
  const content = () => {
    let text = `${OPENING.join("\n")}\n`;
    while (text.length < size.bytesPerFile) text += `${words()} ${words()} ${words()} ${words()}\n`;
    return text;
  };
  const files = Object.fromEntries(
    Array.from({ length: size.files }, (_, index) => [pathOf(index), content()]),
  );
  await github.createRepository(name, { files, history: size.commits - 1 });
  await github.git(name, "repack", "-a", "-d", "-q", "--write-bitmap-index");
}

/** Words that look different from each other, and are the same in every run. */
function wordsFrom(seed: number): () => string {
  const next = numbersFrom(seed);
  return () => next().toString(36);
}
