import { Command } from "commander";
import { asFailure, FAILURES } from "../../failure.ts";
import { verifyFile } from "../audit/verify-file.ts";
import { doctor, list, run, serve } from "./commands.ts";

const CONFIGURATION = `
Configuration comes from environment variables, or from a file of lines NAME=value (--config); the environment wins.
At least: DISPATCH_REPO=owner/name and GITHUB_TOKEN=… (or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY).
docs/runner-variables.md lists them all.`;

/** The command line; `end` is told each command's exit status. */
export function createProgram(end: (status: number) => void): Command {
  const program = new Command("agent-runner")
    .description("Turns labelled issues into pull requests, on a machine of your own.")
    .addHelpText("after", CONFIGURATION)
    .showHelpAfterError("Try: agent-runner --help");
  const command = (name: string, about: string) =>
    program.command(name).description(about).option("-c, --config <file>", "read variables from a file too");
  const ending =
    <Options>(act: (options: Options) => Promise<number>) =>
    async (options: Options) =>
      end(await act(options).catch(explain));

  command("serve", "find tasks by polling and webhooks, and run them until stopped").action(ending(serve));
  command("run", "run the task of one issue now")
    .requiredOption("-i, --issue <owner/name#N>", "the dispatch issue")
    .option("--json", "print the result as JSON")
    .action(ending(run));
  command("list", "show what is pending, in the order in which it would run")
    .option("--json", "print JSON")
    .action(ending(list));
  command("doctor", "check everything that makes a first run fail, and say what to do")
    .option(
      "-t, --target <owner/name...>",
      "target repositories; default TARGET_REPO, else the dispatch repositories",
    )
    .option("--json", "print JSON")
    .action(ending(doctor));
  program
    .command("audit")
    .description("look into audit trails")
    .command("verify <file>")
    .description("find a line of an audit trail that is missing, changed or in another place")
    .option(
      "--head <hash>",
      "the trail's head, as the run's log has it: finds lines that are missing at the end, or were added there",
    )
    .action((file: string, options: { head?: string }) => ending(verifyFile.bind(null, file))(options));
  return program;
}

/** An expected failure in words; a bug with its stack. Gives the exit status. */
function explain(thrown: unknown): number {
  const { code, detail, cause } = asFailure(thrown);
  const stack = cause instanceof Error ? cause.stack : "";
  const text = code === "unexpected" ? `${FAILURES[code].title}: ${stack || detail}` : detail;
  process.stderr.write(`agent-runner: ${text.replaceAll("`", "")}\n`);
  return 2;
}
