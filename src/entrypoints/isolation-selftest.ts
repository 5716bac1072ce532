import "../adapters/event-file.ts";
import { tmpdir } from "node:os";
import * as core from "@actions/core";
import { createConsoleLog } from "../adapters/console.ts";
import { watchFileCommands } from "../adapters/file-commands.ts";
import { runProbes } from "../adapters/self-test/run-probes.ts";
import { cancelledBySignal } from "../adapters/signals.ts";
import { workFolder } from "../adapters/steps/isolation/work-folder.ts";
import { createSteps } from "../adapters/steps/steps.ts";
import { inputOf } from "../adapters/world.ts";
import { asFailure, FAILURES } from "../failure.ts";
import { readSettings } from "../inputs.ts";
import { chooseIsolation } from "../isolation.ts";
import { brokenPromises, renderHeld } from "../self-test/probes.ts";

const log = createConsoleLog((text) => text);
const files = watchFileCommands(process.env);
const temporaryFolder = process.env.RUNNER_TEMP || tmpdir();

async function selfTest(): Promise<string[]> {
  // This action takes the inputs of isolation alone: it needs no token, and all others have their defaults.
  const choice = chooseIsolation(readSettings((name) => (name === "token" ? "none" : inputOf(name))));
  const folder = workFolder(choice, temporaryFolder);
  const steps = createSteps({
    ...{
      parentEnvironment: process.env,
      passEnv: [],
      ownTokens: [],
      isolation: choice,
      temporaryFolder: folder,
    },
    ...{ log, redact: (text: string) => text, cancellation: cancelledBySignal() },
  });
  const serverUrl = process.env.GITHUB_SERVER_URL || "https://github.com";
  const environment = process.env;
  const held = await runProbes({ steps, environment, temporaryFolder, workFolder: folder, serverUrl });
  const shown = renderHeld(choice, held);
  log.info(shown);
  files.addSummary(`## What \`isolation: ${choice.level}\` held\n\n${shown}`);
  files.setOutput("held", JSON.stringify(held));
  return brokenPromises(choice, held);
}

try {
  const broken = await selfTest();
  if (broken.length > 0) core.setFailed(`The isolation did not hold what it promises: ${broken.join(", ")}.`);
} catch (thrown) {
  const { code, detail, quote } = asFailure(thrown);
  if (quote) log.outside(quote);
  core.setFailed(`${FAILURES[code].title}: ${detail} ${FAILURES[code].remedy}`);
}
