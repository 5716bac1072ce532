import type { Answer } from "./answer.ts";
import { checkAnswer } from "./openapi.ts";

/** Something that is not as GitHub's OpenAPI description has it. */
export interface Violation {
  method: string;
  path: string;
  where: "request" | "answer";
  message: string;
}

const MOST_UNCHECKED = 200;

/** Keeps what broke GitHub's description. Answers are checked when somebody asks, so that no request waits for it. */
export class Witness {
  unknownRoutes: { method: string; path: string }[] = [];
  private noted: Violation[] = [];
  private unchecked: { method: string; path: string; operation: string; answer: Answer }[] = [];

  note(method: string, path: string, where: Violation["where"], messages: string[]): void {
    this.noted.push(...messages.map((message) => ({ method, path, where, message })));
  }

  /** Keeps an answer for checking; its body must not change any more. */
  expect(method: string, path: string, operation: string, answer: Answer): void {
    this.unchecked.push({ method, path, operation, answer });
    if (this.unchecked.length > MOST_UNCHECKED) this.checkAll();
  }

  get violations(): Violation[] {
    this.checkAll();
    return this.noted;
  }

  forget(): void {
    this.unknownRoutes = [];
    this.noted = [];
    this.unchecked = [];
  }

  private checkAll(): void {
    for (const { method, path, operation, answer } of this.unchecked.splice(0)) {
      this.note(method, path, "answer", checkAnswer(operation, answer.status, answer.body));
    }
  }
}
