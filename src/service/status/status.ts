import type { Clock } from "../../ports.ts";
import type { Observe } from "../observer.ts";
import { firstState, reduce, type StatusState } from "./state.ts";

/** The present state of the service, made of its events, for the status page. */
export interface Status {
  observe: Observe;
  state(): StatusState;
  /** Told of every event, once it is in the state; only the last one who asked is. */
  onChange(listener: () => void): void;
}

export function createStatus(clock: Pick<Clock, "now">): Status {
  let state = firstState(clock.now());
  let changed = () => {};
  return {
    observe(event) {
      state = reduce(state, event, clock.now());
      changed();
    },
    state: () => state,
    onChange(listener) {
      changed = listener;
    },
  };
}
