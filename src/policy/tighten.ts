import type { Settings } from "../inputs.ts";
import type { Policy } from "./policy.ts";

/** From the laxest to the strictest. */
const ON_PROTECTED = ["allow", "draft", "fail"] as const;

/** The workflow's inputs within the policy's bounds: of each two limits the stricter one. */
export function tighten(settings: Settings, policy: Policy): Settings {
  return {
    ...settings,
    protectedPaths: [...settings.protectedPaths, ...policy["protected-paths"]],
    onProtected: stricter(settings.onProtected, policy["on-protected"]),
    maxFiles: lower(settings.maxFiles, policy["max-files"]),
    maxPatchKb: lower(settings.maxPatchKb, policy["max-patch-kb"]),
    timeoutMinutes: lower(settings.timeoutMinutes, policy["timeout-minutes"]),
  };
}

function lower(given: number, bound: number | undefined): number {
  return Math.min(given, bound ?? given);
}

function stricter<T extends Settings["onProtected"]>(one: T, other: T): T {
  return ON_PROTECTED.indexOf(one) > ON_PROTECTED.indexOf(other) ? one : other;
}
