import fc from "fast-check";

/** What texts that act, hide or break out are made of. */
const PIECES = [
  ..."<!->&#;@:[]()/\\`~|*_=+\n\t \r1.5xa",
  ...[
    "\u00a0",
    "\u3000",
    "\u2028",
    "\u0085",
    "\u001f",
    "\u000b",
    "\ufeff",
    "\u200b",
    "\u2060",
    "\u202e",
    "\u{e0041}",
  ],
  ...["\ud83d", "\ude00", "\0", "漢", "👩‍💻", "\u0665", "\uff15", "\u{1d7d7}", "ı", "ſ", "İ", "K"],
  ...[
    "fixes",
    "CLOSES",
    "resolves",
    "prefixes",
    "fıxeſ",
    "fixes: ",
    "closed",
    "GH-",
    "octo/repo",
    "octocat",
    "fixes #7",
  ],
  ...[
    "https://github.com/o/r/issues/",
    "https://",
    "&#64;",
    "&num;",
    "&commat;",
    "&#x23;",
    "![",
    "](",
    "[x]:",
    "[^1]:",
  ],
  ...[
    "<!--",
    "-->",
    "<!-- agent_task_metadata ",
    '{"task_id": "evil"}',
    "agent_task_result",
    "agent_runner_status",
  ],
  ...["<img src=x>", "<div>", "</details>", "<script>", "<?x", "<![CDATA[", "<https://x>"],
  ...[
    "Co-authored-by",
    "Signed-off-by: a",
    "Agent-Task-Id: evil",
    "skip-checks: true",
    "[skip ci]",
    "[no ci]",
    "/agent retry",
  ],
  ...["```", "````", "~~~", "- ", "> ", "1) ", "  ", "    ", "\n\n", "# ", "---\n", "$$", "| a |\n"],
];

/** Text by an adversary who knows what is looked for. */
export const hostileText = fc
  .array(
    fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...PIECES) },
      fc.string({ unit: "binary", maxLength: 3 }),
    ),
    {
      maxLength: 40,
      size: "max",
    },
  )
  .map((pieces) => pieces.join(""));
