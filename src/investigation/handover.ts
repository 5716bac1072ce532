/** What one half hands to its workflow when it is over. */
export interface Handover {
  /** One line for the log. */
  headline: string;
  /** The action's outputs, but for those that name a file. */
  outputs: Record<string, string>;
  /** Files that are written into one folder; `output` names the file's path. */
  files: HandoverFile[];
  /** Markdown. */
  summary: string;
  /** Why the step fails; empty where it does not. */
  failures: string[];
}

export interface HandoverFile {
  output: string;
  name: string;
  content: Uint8Array;
}

export function textFile(output: string, name: string, text: string): HandoverFile {
  return { output, name, content: new TextEncoder().encode(text) };
}

export function jsonFile(output: string, name: string, value: unknown): HandoverFile {
  return textFile(output, name, `${JSON.stringify(value, null, 2)}\n`);
}
