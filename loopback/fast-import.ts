import { git } from "./git.ts";

/** Files of a commit; a value of `null` takes a path away, a link is given by its mode. */
export type Files = Record<string, string | Buffer | null | { mode: string; content: string }>;

function fileCommands(files: Files): Buffer {
  const parts: Buffer[] = [];
  for (const [path, value] of Object.entries(files)) {
    const name = /^[\w./-]+$/.test(path) ? path : JSON.stringify(path);
    if (value === null) {
      parts.push(Buffer.from(`D ${name}\n`));
      continue;
    }
    const special =
      typeof value === "object" && !Buffer.isBuffer(value) ? value : { mode: "100644", content: value };
    const content = Buffer.from(special.content as string);
    parts.push(
      Buffer.from(`M ${special.mode} inline ${name}\ndata ${content.length}\n`),
      content,
      Buffer.from("\n"),
    );
  }
  return Buffer.concat(parts);
}

/** Commits files onto a branch (made where it is missing), after `history` commits that each touch one file. */
export async function commitFiles(
  directory: string,
  branch: string,
  files: Files,
  options: { message?: string; history?: number; from?: string | null; seconds: number },
): Promise<string> {
  const parts: Buffer[] = [];
  const commit = (at: number, message: string, body: Buffer, from?: string | null) => {
    const who = `Octo Cat <octocat@example.invalid> ${at} +0000`;
    const data = Buffer.from(message);
    parts.push(
      Buffer.from(`commit refs/heads/${branch}\nauthor ${who}\ncommitter ${who}\ndata ${data.length}\n`),
    );
    parts.push(data, Buffer.from(from ? `\nfrom ${from}\n` : "\n"), body);
  };
  const history = options.history ?? 0;
  for (let i = 0; i < history; i += 1) {
    commit(
      options.seconds - (history - i) * 60,
      `Step ${i + 1}`,
      fileCommands({ "HISTORY.md": `step ${i + 1}\n` }),
      i === 0 ? options.from : null,
    );
  }
  commit(
    options.seconds,
    options.message ?? "Initial commit",
    fileCommands(files),
    history === 0 ? options.from : null,
  );
  await git(directory, ["fast-import", "--quiet", "--force"], { input: Buffer.concat(parts) });
  return git(directory, ["rev-parse", `refs/heads/${branch}`]);
}
