import { Controls } from "./controls.ts";
import { LoopbackServer } from "./server.ts";
import { openState } from "./state.ts";

export interface LoopbackOptions {
  /** Milliseconds added to each request; default 0. */
  latencyMs?: number;
  /** GitHub's clock; default the real one. */
  now?: () => Date;
  /** Default: any free port. */
  port?: number;
}

/**
 * A strict, stateful GitHub on 127.0.0.1: its REST API, its git server and its clock. It knows only what a test
 * registers and creates, and judges each request and each answer by GitHub's OpenAPI description.
 */
export type LoopbackGitHub = Controls;

/** Starts one; whoever started it closes it, which also removes its folder. */
export async function startLoopbackGitHub(options: LoopbackOptions = {}): Promise<LoopbackGitHub> {
  const { state, remove } = await openState(options.now ?? (() => new Date()));
  const server = new LoopbackServer(state, options.latencyMs ?? 0);
  await server.listen(options.port ?? 0);
  return new Controls(state, server, remove);
}
