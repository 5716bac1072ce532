/** The shapes of well-known secrets: hidden wherever we write text, and looked for in what is about to be pushed. */

export interface SecretPattern {
  /** For people, as in "line 3 holds a GitHub token". */
  kind: string;
  /** Global; matches the whole secret, in linear time. */
  pattern: RegExp;
}

/** One row a kind of secret; prefixes as their issuers publish them. */
export const SECRET_PATTERNS: readonly SecretPattern[] = [
  {
    kind: "GitHub token",
    // With dots: the newer, longer tokens of GitHub Apps' installations are a JWT after `ghs_`.
    pattern: /gh[pousr]_[\w.-]{36,}/g,
  },
  { kind: "GitHub fine-grained token", pattern: /github_pat_\w{22,}/g },
  {
    kind: "private key",
    // Not up to its END line alone: that may be missing, or in another piece of the text.
    pattern:
      /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,200}?[A-Za-z0-9+/=]{32}(?:[A-Za-z0-9+/=\s]|\\[rn])*(?:-----END [A-Z ]{0,60}-----)?/g,
  },
  { kind: "AWS access key", pattern: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g },
  {
    kind: "AWS secret key",
    pattern: /aws_?secret_?(?:access_?)?key["']?\s{0,5}[=:]\s{0,5}["']?[A-Za-z0-9/+]{40}/gi,
  },
  { kind: "Anthropic key", pattern: /\bsk-ant-[\w-]{20,}/g },
  {
    kind: "OpenAI key",
    pattern:
      /\bsk-(?:(?:proj|svcacct|admin)-[\w-]{20,}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}|[A-Za-z0-9]{48}\b)/g,
  },
  { kind: "Google API key", pattern: /\bAIza[\w-]{35}/g },
  { kind: "Slack token", pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxapp-\d-[A-Za-z0-9-]{10,}/g },
  { kind: "Slack webhook", pattern: /hooks\.slack\.com\/services\/T\w{6,}\/B\w{6,}\/\w{16,}/g },
  { kind: "GitLab token", pattern: /\bglpat-[\w-]{20,}/g },
  { kind: "npm token", pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { kind: "PyPI token", pattern: /\bpypi-AgE[\w-]{50,}/g },
  { kind: "Hugging Face token", pattern: /\bhf_[A-Za-z]{34}\b/g },
  { kind: "Stripe key", pattern: /\b[rs]k_live_[A-Za-z0-9]{20,}/g },
  { kind: "SendGrid key", pattern: /\bSG\.[\w-]{22}\.[\w-]{43}/g },
];

/** The first line of a private key's block, which may go on over the lines that follow. */
export const PRIVATE_KEY_BEGIN = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
