import type { Settings } from "./inputs.ts";

/** How far a processing step is kept from the machine it runs on, weakest first; `docs/isolation.md` says what each holds. */
export const ISOLATION_LEVELS = ["none", "user", "bubblewrap", "container"] as const;

/** `none`: no network at all; `host`: the machine's own, its loopback included. */
export const NETWORKS = ["none", "host"] as const;
export type Network = (typeof NETWORKS)[number];

/** A level with all that it needs to know. */
export type IsolationChoice =
  | { level: "none" }
  | { level: "user"; user: string }
  | { level: "bubblewrap"; network: Network }
  | { level: "container"; image: string; network: Network };

/** The level that the inputs ask for; `refuseConflicts` has seen to it that they fit together. */
export function chooseIsolation({
  isolation,
  isolationUser,
  isolationImage,
  isolationNetwork,
}: Pick<Settings, "isolation" | "isolationUser" | "isolationImage" | "isolationNetwork">): IsolationChoice {
  switch (isolation) {
    case "none":
      return { level: "none" };
    case "user":
      return { level: "user", user: isolationUser ?? "" };
    case "bubblewrap":
      return { level: "bubblewrap", network: isolationNetwork };
    case "container":
      return { level: "container", image: isolationImage ?? "", network: isolationNetwork };
  }
}
