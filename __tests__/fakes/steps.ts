import type { Step, StepEnd, Steps } from "../../src/ports.ts";
import type { FakeGit } from "./git.ts";
import type { Files } from "./remote.ts";

/** What a step does with the files of its checkout; what it does not say is a silent success. */
export type Work = (files: Files, step: Step) => Partial<StepEnd> | Promise<Partial<StepEnd>>;

export interface FakeSteps extends Steps {
  steps: Step[];
  work: Work;
}

export function createFakeSteps(git: FakeGit): FakeSteps {
  const fake: FakeSteps = {
    steps: [],
    work: (files) => {
      files["work.txt"] = "done\n";
      return {};
    },
    async run(step) {
      fake.steps.push(step);
      const told = await fake.work(git.workTrees.get(step.directory) ?? {}, step);
      return { end: { kind: "exit", code: 0 }, outputTail: "", result: null, ...told };
    },
  };
  return fake;
}
