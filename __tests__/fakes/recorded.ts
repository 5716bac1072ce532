import { AnswerLost } from "../../src/ports.ts";

/** What goes wrong with a call: its answer is lost, before or after it took effect, or it is refused. */
export type Fault = "lost before" | "lost after" | Error;

/** What happened at a port, and what is to go wrong there. */
export interface CallScript {
  calls: { name: string; args: unknown[] }[];
  /** The names of the calls, in their order. */
  names(): string[];
  /** The next calls of that name go wrong so, one after the other. */
  plan(name: string, ...faults: Fault[]): void;
  /** Runs before the next call of that name. */
  before(name: string, work: () => unknown): void;
}

type Method = (...args: unknown[]) => Promise<unknown>;

export function createCallScript(): CallScript & {
  perform(name: string, args: unknown[], method: Method): Promise<unknown>;
} {
  const calls: CallScript["calls"] = [];
  const planned: { name: string; fault: Fault }[] = [];
  const interludes: { name: string; work: () => unknown }[] = [];
  const take = <T extends { name: string }>(list: T[], name: string): T | undefined => {
    const index = list.findIndex((each) => each.name === name);
    return index < 0 ? undefined : list.splice(index, 1)[0];
  };
  return {
    calls,
    names: () => calls.map(({ name }) => name),
    plan: (name, ...faults) => planned.push(...faults.map((fault) => ({ name, fault }))),
    before: (name, work) => interludes.push({ name, work }),
    async perform(name, args, method) {
      // Nothing answers at once: whoever does not wait is found out.
      await new Promise(setImmediate);
      calls.push({ name, args });
      await take(interludes, name)?.work();
      const fault = take(planned, name)?.fault;
      if (fault instanceof Error) throw fault;
      if (fault === "lost before") throw new AnswerLost(`Could not ${name}: no answer came.`);
      const answer = await method(...args);
      if (fault === "lost after") throw new AnswerLost(`Could not ${name}: the answer was lost.`);
      return answer;
    },
  };
}

/** Lets everything that was begun at the fakes come to its end. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
}

/** The port with its asynchronous methods under the script. */
export function recorded<T extends object>(port: T, script: ReturnType<typeof createCallScript>): T {
  const entries = Object.entries(port).map(([name, method]) => [
    name,
    name === "now" ? method : (...args: unknown[]) => script.perform(name, args, method as Method),
  ]);
  return Object.fromEntries(entries) as T;
}
