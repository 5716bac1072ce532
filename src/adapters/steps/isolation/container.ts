import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { TaskFailure } from "../../../failure.ts";
import type { Network } from "../../../isolation.ts";
import { type Engine, ensureImage, findEngine } from "./container-engine.ts";
import type { IsolatedStep, Isolation, Machine } from "./isolation.ts";

const MOST_PROCESSES = 2048;
const MEMORY_SHARE = 0.75;
/** What has another meaning inside of the image. */
const LEFT_OUT = ["PATH", "HOME", "SHELL", "USER", "LOGNAME", "RUNNER_TOOL_CACHE"];

/** The step runs in a container of the image, which needs `bash` and whatever the step calls. */
export function createContainer(
  { image, network }: { image: string; network: Network },
  { environment, commands }: Machine,
): Isolation {
  return {
    async enter(command, step) {
      const engine = await findEngine(environment, commands);
      await ensureImage(engine, image, commands);
      await mkdir(join(step.folder, "home"));
      const name = `agent-runner-${randomUUID()}`;
      const [program = "", ...words] = command;
      const shell = ["--entrypoint", program, image, ...words];
      return {
        command: [engine.program, "run", ...runOptions(engine, name, network, step), ...shell],
        environment: { ...step.environment, ...engine.environment },
        tellsSignalsAsStatus: true,
        async leave() {
          await commands.run([engine.program, "rm", "--force", name], engine.environment);
          const list = [engine.program, "ps", "--all", "--quiet", "--filter", `name=${name}`];
          const { status, stdout, stderr } = await commands.run(list, engine.environment);
          if (status === 0 && stdout.trim() === "") return;
          throw new TaskFailure("step-failed", `The step's container \`${name}\` could not be ended.`, {
            quote: stderr,
          });
        },
      };
    },
  };
}

/** No value stands on the command line: the engine's client takes the named ones from its own environment. */
function runOptions(engine: Engine, name: string, network: Network, step: IsolatedStep): string[] {
  const variables = Object.keys(step.environment).filter((variable) => !LEFT_OUT.includes(variable));
  const { directory, folder } = step;
  return [
    ...["--rm", "--init", "--interactive", "--name", name, "--pull", "never", "--network", network],
    ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--pids-limit", String(MOST_PROCESSES)],
    ...["--memory", `${Math.floor((totalmem() * MEMORY_SHARE) / 1024 ** 2)}m`],
    ...["--cpus", String(availableParallelism()), ...engine.userOptions],
    ...[directory, folder].flatMap((path) => ["--mount", `type=bind,source=${path},target=${path}`]),
    ...["--tmpfs", "/tmp:rw,exec,nosuid,nodev,mode=1777", "--workdir", directory],
    ...["--env", `HOME=${join(folder, "home")}`, ...variables.flatMap((variable) => ["--env", variable])],
  ];
}
