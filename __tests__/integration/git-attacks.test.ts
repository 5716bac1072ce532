import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import {
  aCommit,
  BRANCH,
  connectGit,
  type GitScene,
  listed,
  playStep,
  takeWork,
  textOf,
  WANT,
  withGit,
} from "../builders/git.ts";

const FILES = { "a.txt": "a\n", "src/b.txt": "b\n", ".gitattributes": "*.txt filter=theirs diff=theirs\n" };

/** A command that leaves a trace wherever it is run. */
function tracer({ room }: GitScene): { command: string; wasRun: () => boolean } {
  const [command, trace] = [join(room, "trap"), join(room, "trace")];
  writeFileSync(command, `#!/bin/sh\necho "$0 $*" >> ${trace}\nenv >> ${trace}\ncat\n`);
  chmodSync(command, 0o755);
  return { command, wasRun: () => existsSync(trace) };
}

/** Plays the attack with a step that also edits a file, then takes the work and pushes it as a run does. */
async function survive(scene: GitScene, attack: string) {
  const { store, tree, leftOut, changes, base } = await takeWork(
    scene.git,
    scene.url,
    `echo more >> a.txt\n${attack}`,
  );
  await store.stat(base, tree);
  await store.patch(base, tree, 1 << 20);
  const commit = await store.commit(aCommit({ tree, parents: [base] }));
  expect(await store.push({ commit, branch: BRANCH, expected: null })).toBe("pushed");
  expect(await scene.inRemote("rev-parse", BRANCH)).toBe(commit);
  expect((await scene.inRemote("for-each-ref", "--format=%(refname)")).split("\n")).toHaveLength(2);
  return { leftOut, changes: listed(changes), text: await textOf(store, base, tree, "a.txt") };
}

describe("a step that turns its own repository against us runs nothing, and its work is taken", () => {
  const HOOKS =
    "applypatch-msg pre-commit post-index-change reference-transaction pre-push fsmonitor-watchman post-checkout";
  const config = (key: string, value: string) => `git config '${key}' '${value}'`;
  const attacks: [name: string, script: (trap: string) => string][] = [
    ["hooks", (trap) => `mkdir -p .git/hooks; for h in ${HOOKS}; do cp ${trap} .git/hooks/$h; done`],
    [
      "core.hooksPath",
      (trap) =>
        `mkdir h; for h in ${HOOKS}; do cp ${trap} h/$h; done; ${config("core.hooksPath", "h")}; echo h >> .gitignore`,
    ],
    ["core.fsmonitor", (trap) => config("core.fsmonitor", trap)],
    [
      "a filter",
      (trap) =>
        `${config("filter.theirs.clean", trap)}; ${config("filter.theirs.process", trap)}; ${config("filter.theirs.required", "true")}`,
    ],
    [
      "a diff driver",
      (trap) =>
        `${config("diff.theirs.command", trap)}; ${config("diff.theirs.textconv", trap)}; ${config("diff.external", trap)}`,
    ],
    [
      "include.path",
      (trap) =>
        `printf '[core]\\n\\tfsmonitor = ${trap}\\n' > inc; ${config("include.path", "../inc")}; rm inc`,
    ],
    [
      "url.insteadOf",
      () =>
        `${config("url.https://evil.invalid/.insteadOf", "file://")}; ${config("url.https://evil.invalid/.pushInsteadOf", "file://")}`,
    ],
    [
      "pushurl",
      () =>
        `${config("remote.origin.pushurl", "https://evil.invalid/")}; ${config("remote.origin.url", "https://evil.invalid/")}`,
    ],
    ["credential.helper", (trap) => `${config("credential.helper", trap)}; ${config("core.askPass", trap)}`],
    ["a proxy", () => `${config("http.proxy", "http://evil.invalid")}; ${config("core.gitProxy", "evil")}`],
    [
      "an ssh command, an editor and an alias",
      (trap) =>
        `${config("core.sshCommand", trap)}; ${config("core.editor", trap)}; ${config("alias.push", `!${trap}`)}`,
    ],
    [
      "~/.gitconfig",
      (trap) =>
        `printf '[core]\\n\\tfsmonitor = ${trap}\\n' > ~/.gitconfig; mkdir -p ~/.config/git; cp ~/.gitconfig ~/.config/git/config; echo '/.*config' >> .git/info/exclude; printf '.config\\n.gitconfig\\n' >> .gitignore`,
    ],
    ["core.worktree", () => config("core.worktree", "/nonexistent")],
    [
      "an index.lock and other locks",
      () => "touch .git/index.lock .git/HEAD.lock .git/config.lock .git/shallow.lock",
    ],
    ["alternates", () => "mkdir -p .git/objects/info; echo /nonexistent > .git/objects/info/alternates"],
    [
      "a broken .git",
      () =>
        "rm -rf .git/objects .git/refs; echo nonsense > .git/HEAD; echo '[' > .git/config; echo x > .git/index",
    ],
    [
      "a .git that is a file",
      () => "mv .git elsewhere; echo 'gitdir: elsewhere' > .git; echo elsewhere >> .gitignore",
    ],
    ["a .git that is a link", () => "mv .git elsewhere; ln -s elsewhere .git; echo elsewhere >> .gitignore"],
    ["no .git", () => "rm -rf .git"],
    [
      "a FIFO where refs are read",
      () => "rm .git/HEAD; mkfifo .git/HEAD .git/packed-refs .git/refs/heads/f .git/refs/stash",
    ],
    [
      "hard links to its objects",
      () =>
        "cp -rl .git/objects .git/copies; find .git/objects -type f -exec sh -c 'chmod u+w {}; : > {}' ';'",
    ],
    [
      "a grafted and replaced history",
      () =>
        "git replace HEAD:a.txt $(echo evil | git hash-object -w --stdin); git rev-parse HEAD > .git/info/grafts",
    ],
  ];

  test.each([
    "hooks",
    "core.fsmonitor",
    "a filter",
  ])("(a git that trusts that repository is caught by %s)", (name) =>
    withGit(FILES, async (scene) => {
      const trap = tracer(scene);
      const script = attacks.find(([known]) => known === name)?.[1] ?? (() => "false");
      const careless = "rm .git/info/attributes; echo more >> a.txt; git commit -qam careless || true";
      await takeWork(scene.git, scene.url, `${script(trap.command)}; ${careless}`);
      expect(trap.wasRun()).toBe(true);
    }));

  test.each(attacks)("%s", (_, script) =>
    withGit(FILES, async (scene) => {
      const trap = tracer(scene);
      const { changes, text } = await survive(scene, script(trap.command));
      expect(changes).toContain("modified a.txt");
      expect(text).toBe("a\nmore\n");
      expect(trap.wasRun()).toBe(false);
    }));
});

describe("attributes of the work tree", () => {
  test("convert no encoding, expand no keyword and run no filter, on the way out and in", () =>
    withGit({ ...FILES, "id.txt": "$Id$\n" }, async (scene) => {
      const attributes =
        "* filter=theirs ident working-tree-encoding=UTF-16\\n[attr]evil filter=theirs\\n*.sh evil\\n";
      const script = `printf '${attributes}' > .gitattributes; echo '$Id: x$' >> id.txt; echo x > run.sh`;
      const { store, tree, base, leftOut } = await takeWork(scene.git, scene.url, script);
      expect(await textOf(store, base, tree, "id.txt")).toBe("$Id$\n$Id: x$\n");
      expect(await textOf(store, base, tree, "run.sh")).toBe("x\n");
      expect(leftOut).toEqual([]);
    }));
});

describe("a work tree that is no longer the one of the checkout is refused", () => {
  test.each([
    [
      "moved away and made anew",
      (path: string) => `mv ${path} ${path}-old; mkdir ${path}; echo evil > ${path}/evil`,
    ],
    ["replaced by a link", (path: string) => `mv ${path} ${path}-old; ln -s ${path}-bait ${path}`],
    ["replaced by a link to itself", (path: string) => `mv ${path} ${path}-old; ln -s ${path}-old ${path}`],
    ["deleted", (path: string) => `rm -rf ${path}`],
  ])("%s", (_, attack) =>
    withGit(FILES, async ({ git, url }) => {
      const checkout = await git.checkout(url, WANT);
      await checkout.switchTo(checkout.refs.base);
      const bait = `mkdir -p ${checkout.path}-bait/deep; touch ${checkout.path}-bait/deep/kept`;
      await playStep(checkout, `${bait}; ${attack(checkout.path)}`);
      const store = await git.open(url);
      await expect(store.snapshot(checkout, [checkout.refs.base])).rejects.toMatchObject({
        code: "step-failed",
      });
      await checkout.dispose();
      expect(existsSync(`${checkout.path}-bait/deep/kept`)).toBe(true);
    }));
});

describe("links", () => {
  test("are never followed, wherever they lead", () =>
    withGit({ ...FILES, "deep/er/c.txt": "c\n" }, async (scene) => {
      mkdirSync(join(scene.room, "er"));
      writeFileSync(join(scene.room, "er/c.txt"), "secret\n");
      const script = `rm -r deep; ln -s ${scene.room} deep; ln -s . loop; rm src/b.txt; ln -s ${scene.room}/er/c.txt src/b.txt`;
      const { changes, store } = await takeWork(scene.git, scene.url, script);
      expect(listed(changes)).toEqual([
        "added deep",
        "deleted deep/er/c.txt",
        "added loop",
        "type-changed src/b.txt",
      ]);
      const contents = await store.readBlobs(
        changes.filter(({ newMode }) => newMode === "120000").map(({ newOid }) => newOid),
        1000,
      );
      expect(contents.map(String)).not.toContain("secret\n");
    }));
});

describe("the surroundings of our git", () => {
  test("are those of before the step: a git that it puts on the path later is not run", () =>
    withGit(FILES, async (scene) => {
      const trap = tracer(scene);
      const bin = join(scene.room, "bin");
      mkdirSync(bin);
      const git = scene.connect({ environment: { PATH: `${bin}:${process.env.PATH}` } });
      const names = ["git", "git-remote-https", "git-upload-pack", "git-receive-pack", "ssh", "sh", "rm"];
      const { changes } = await takeWork(
        git,
        scene.url,
        `for n in ${names.join(" ")}; do cp ${trap.command} ${bin}/$n; done; echo x > x`,
      );
      expect(listed(changes)).toEqual(["added x"]);
      expect(trap.wasRun()).toBe(false);
    }));

  test("hold no GIT_ variable and no setting that we were started with", () =>
    withGit(FILES, async (scene) => {
      const trap = tracer(scene);
      const environment = {
        PATH: process.env.PATH,
        HOME: scene.room,
        XDG_CONFIG_HOME: scene.room,
        GIT_DIR: "/nonexistent",
        GIT_WORK_TREE: "/nonexistent",
        GIT_INDEX_FILE: "/nonexistent",
        GIT_OBJECT_DIRECTORY: "/nonexistent",
        GIT_EXEC_PATH: scene.room,
        GIT_SSH_COMMAND: trap.command,
        GIT_ASKPASS: trap.command,
        GIT_PROXY_COMMAND: trap.command,
        GIT_EXTERNAL_DIFF: trap.command,
        GIT_CONFIG_GLOBAL: join(scene.room, "config"),
        GIT_CONFIG_PARAMETERS: `'core.fsmonitor'='${trap.command}'`,
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: "core.fsmonitor",
        GIT_CONFIG_VALUE_0: trap.command,
        GIT_TRACE: join(scene.room, "trace"),
        GIT_TRACE_CURL: join(scene.room, "trace"),
        LD_PRELOAD: "/nonexistent.so",
      };
      writeFileSync(environment.GIT_CONFIG_GLOBAL, `[core]\n\tfsmonitor = ${trap.command}\n`);
      writeFileSync(join(scene.room, ".gitconfig"), `[core]\n\tfsmonitor = ${trap.command}\n`);
      const { changes } = await takeWork(scene.connect({ environment }), scene.url, "echo x > x");
      expect(listed(changes)).toEqual(["added x"]);
      expect(trap.wasRun()).toBe(false);
    }));

  test("are no relative folder of the path, and git must be somewhere", () =>
    withGit(FILES, async ({ temporary, lines }) => {
      const environment = { PATH: ".:bin:" };
      expect(() => connectGit({ temporaryFolder: temporary, lines, environment })).toThrow(
        "no git on the PATH",
      );
    }));
});

describe("the server's words", () => {
  test("come line by line to the log, also where the push fails, and are quoted", () =>
    withGit(FILES, async (scene) => {
      const hook = "#!/bin/sh\nprintf '::set-output name=x::y\\r##[error]z\\nline two\\n' >&2\nexit 1\n";
      writeFileSync(join(scene.remote, "hooks/pre-receive"), hook, { mode: 0o755 });
      const store = await scene.git.open(scene.url);
      const { base } = await store.fetch(WANT);
      const push = store.push({ commit: base, branch: "x", expected: null });
      await expect(push).rejects.toMatchObject({
        code: "push-rejected",
        quote: expect.stringContaining("line two"),
      });
      expect(scene.lines.map((line) => line.trimEnd())).toEqual([
        "remote: ::set-output name=x::y",
        "remote: ##[error]z",
        "remote: line two",
      ]);
    }));
});
