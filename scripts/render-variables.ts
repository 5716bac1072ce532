import { INPUTS } from "../src/inputs.ts";
import { table } from "../src/report/markdown.ts";
import { ALIASES, INPUT_VARIABLES, VARIABLES } from "../src/service/variables.ts";

/** `docs/runner-variables.md`, from the only list of the service's variables. */
export function renderVariables(): string {
  const rows = Object.entries(VARIABLES).map(([name, { about, fallback, fits }]) => [
    `\`${name}\``,
    about,
    fits,
    fallback === "" ? "–" : `\`${fallback}\``,
  ]);
  const inputs = [...INPUT_VARIABLES].map(([name, input]) => [
    `\`${name}\``,
    `[\`${input}\`](configuration.md)`,
    INPUTS[input].fits,
  ]);
  const aliases = Object.entries(ALIASES).map(([alias, name]) => [`\`${alias}\``, `\`${name}\``]);
  return [
    "# Variables of the agent-runner service",
    "<!-- Generated from src/service/variables.ts by `npm run docs`: change that, not this. -->",
    "Set them in the environment, or as lines `NAME=value` in a file that `--config` names; the environment wins. An empty value means the default. All of them are checked at the start, and an `AGENT_…` variable that is not listed here is refused.",
    "## The service",
    table(["variable", "what it does", "what it takes", "default"], rows),
    "## The action's inputs",
    "They mean what they mean in a workflow, for every task of the service.",
    table(["variable", "input", "what it takes"], inputs),
    "## Other names",
    table(["name", "means"], aliases),
  ]
    .join("\n\n")
    .concat("\n");
}
