import type { GitHub } from "../../ports.ts";

/** The same GitHub that asks once whose token it is: that does not change, and every issue with a past asks for it. */
export function withOneViewer(github: GitHub): GitHub {
  let asked: ReturnType<typeof github.viewer> | null = null;
  const viewer = () => {
    asked ??= github.viewer().catch((thrown) => {
      asked = null;
      throw thrown;
    });
    return asked;
  };
  return { ...github, viewer };
}
