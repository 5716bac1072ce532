import { readFileSync } from "node:fs";

/** One instruction of a Dockerfile, its lines joined. */
export interface Instruction {
  name: string;
  text: string;
}

export interface Copy {
  mode: number;
  source: string;
  target: string;
}

/** The instructions of this project's Dockerfile, in order. */
export function readDockerfile(): Instruction[] {
  const file = readFileSync(new URL("../../Dockerfile", import.meta.url), "utf8");
  const lines = file.replace(/^\s*#.*\n/gm, "").replace(/\\\n/g, " ");
  return lines.split("\n").flatMap((line) => {
    const [, name, text = ""] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    return name ? { name, text: text.replace(/\s+/g, " ").trim() } : [];
  });
}

/** What stands behind every instruction of that name. */
export function textsOf(instructions: Instruction[], name: string): string[] {
  return instructions.filter((instruction) => instruction.name === name).map(({ text }) => text);
}

/** The words of the one instruction of that name in its JSON form, options left out. */
export function commandOf(instructions: Instruction[], name: string): string[] {
  const [text = "", ...more] = textsOf(instructions, name);
  if (more.length > 0) throw new Error(`The Dockerfile has more than one ${name}.`);
  return JSON.parse(text.slice(text.indexOf("["))) as string[];
}

/** What ENV sets. */
export function environmentOf(instructions: Instruction[]): Record<string, string> {
  const words = textsOf(instructions, "ENV").flatMap((text) => text.split(" "));
  return Object.fromEntries(
    words.map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]),
  );
}

export function copiesOf(instructions: Instruction[]): Copy[] {
  return textsOf(instructions, "COPY").map((text) => {
    const [, mode = "", source = "", target = ""] = /^--chmod=(\d+) (\S+) (\S+)$/.exec(text) ?? [];
    return { mode: Number.parseInt(mode, 8), source, target };
  });
}

/** The users that RUN makes: name → number, which is their group's too. */
export function usersOf(instructions: Instruction[]): Record<string, number> {
  const found = textsOf(instructions, "RUN").flatMap((text) => [
    ...text.matchAll(/useradd --uid (\d+) --gid \1 .*? (\S+)(?= &&|$)/g),
  ]);
  return Object.fromEntries(found.map(([, uid, name = ""]) => [name, Number(uid)]));
}
