import { createHash } from "node:crypto";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { TaskFailure } from "../../failure.ts";
import type { WantedRefs } from "../../ports.ts";
import { removeFolder } from "../remove-folder.ts";
import { fetchBranches } from "./refs.ts";
import { createRepository, type GitOptions } from "./repository.ts";

/** Uses after which a mirror is made anew: what its branches have left behind goes with it. */
const MOST_USES = 100;
/** Mirrors that are kept; the one that was not used for longest goes first. */
const MOST_MIRRORS = 20;

interface Mirror {
  folder: string;
  uses: number;
  /** The end of the use that was asked for last: one at a time. */
  last: Promise<unknown>;
}

/** Bare mirrors of targets for the tasks of one process. Only our own git may reach them: a step could change what later tasks see. */
export interface Mirrors {
  /**
   * Brings the mirror of that address up to date, depth 1, and gives its own address to `use`, while nobody else changes it.
   * `use` is given `url` itself where the mirror cannot be had, and once more where it failed by the mirror: it must be fit to be
   * repeated. Throws what fetching from `url` throws.
   */
  withMirror<T>(
    options: GitOptions,
    url: string,
    want: WantedRefs,
    use: (url: string) => Promise<T>,
  ): Promise<T>;
}

/** Keeps the mirrors in a folder that no step can enter. */
export function createMirrors(folder: string): Mirrors {
  /** By address. One that was removed keeps its place in the line: it may be asked for before it is gone. */
  const mirrors = new Map<string, Mirror>();
  /** Those with a folder, the one that was used last at the end. */
  const present = new Set<Mirror>();

  const choose = (url: string): Mirror => {
    const name = `${createHash("sha256").update(url).digest("hex")}.git`;
    const mirror = mirrors.get(url) ?? { folder: join(folder, name), uses: 0, last: Promise.resolve() };
    mirrors.set(url, mirror);
    present.delete(mirror);
    present.add(mirror);
    const [oldest] = present;
    if (present.size > MOST_MIRRORS && oldest) {
      present.delete(oldest);
      oldest.last = oldest.last.then(() => reset(oldest)).catch(() => {});
    }
    return mirror;
  };

  return {
    withMirror(options, url, want, use) {
      const mirror = choose(url);
      const throughMirror = async () => {
        await refresh(options, mirror, url, want);
        return await use(pathToFileURL(mirror.folder).href);
      };
      const turn = mirror.last.then(() =>
        throughMirror().catch(async (thrown: unknown) => {
          // Whatever a killed git or a full disk has left there must not fail the tasks to come; if it stays, each of them goes to the server.
          await reset(mirror).catch(() => {});
          const isTheirs = thrown instanceof TaskFailure && thrown.code !== "git-failed";
          if (isTheirs || options.cancellation.aborted) throw thrown;
          options.log.debug(`The mirror of ${url} is made anew: ${String(thrown)}`);
          return await use(url);
        }),
      );
      mirror.last = turn.catch(() => {});
      return turn;
    },
  };
}

/** Fetches what is new. */
async function refresh(options: GitOptions, mirror: Mirror, url: string, want: WantedRefs): Promise<void> {
  if (mirror.uses >= MOST_USES) await reset(mirror);
  mirror.uses += 1;
  const repository = await createRepository(options, url, "store", mirror.folder);
  await fetchBranches(repository, want, "all-files", "refs/heads");
}

async function reset(mirror: Mirror): Promise<void> {
  mirror.uses = 0;
  await removeFolder(mirror.folder);
}
