import { getExecOutput } from "@actions/exec";

export interface CommandEnd {
  /** Exit status; `null` where there is no such program. */
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs short commands of ours, never a word of a task's: probes, `chown`, `docker rm`. They have no deadline. */
export interface TrustedCommands {
  run(command: readonly string[], environment?: Record<string, string>): Promise<CommandEnd>;
}

/** Without our own environment, which holds the action's inputs. */
export const trustedCommands: TrustedCommands = {
  async run([program = "", ...args], environment = {}) {
    const env = { PATH: process.env.PATH ?? "", LC_ALL: "C", ...environment };
    try {
      const { exitCode, stdout, stderr } = await getExecOutput(program, args, {
        env,
        silent: true,
        ignoreReturnCode: true,
      });
      return { status: exitCode, stdout, stderr };
    } catch {
      return { status: null, stdout: "", stderr: "" };
    }
  },
};
