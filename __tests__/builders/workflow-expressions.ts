import { data, Evaluator, Lexer, Parser } from "@actions/expressions";

/** What GitHub knows when it evaluates an expression of a workflow. */
export interface Moment {
  contexts: Record<string, unknown>;
  /** Whether all jobs (or steps) that it needs went well; default true. */
  succeeded?: boolean;
  /** Whether somebody cancelled the run; default false. */
  cancelled?: boolean;
}

/** A text of a workflow with its expressions filled in, by GitHub's own evaluator. */
export function fillIn(text: string, moment: Moment): string {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, expression: string) =>
    evaluate(expression, moment).coerceString(),
  );
}

/** Whether a job or a step with this `if` runs. */
export function holds(condition: string | undefined, moment: Moment): boolean {
  const bare = (condition ?? "success()").replace(/^\$\{\{(.*)\}\}$/s, "$1");
  const isAsked = /\b(?:success|failure|cancelled|always)\(\)/.test(bare);
  const result = evaluate(isAsked ? bare : `success() && (${bare})`, moment);
  return !["", "false", "0"].includes(result.coerceString());
}

function evaluate(
  expression: string,
  { contexts, succeeded = true, cancelled = false }: Moment,
): data.ExpressionData {
  const states = { success: succeeded && !cancelled, failure: !succeeded, cancelled, always: true };
  const functions = Object.entries(states).map(([name, state]) => ({
    ...{ name, minArgs: 0, maxArgs: 0 },
    call: () => new data.BooleanData(state),
  }));
  const { tokens } = new Lexer(expression).lex();
  const parsed = new Parser(tokens, Object.keys(contexts), functions).parse();
  const known = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  return new Evaluator(parsed, known, new Map(functions.map((each) => [each.name, each]))).evaluate();
}
