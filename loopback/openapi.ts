import { readFileSync } from "node:fs";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import ajvFormats from "ajv-formats";

interface Schema {
  $ref?: string;
  properties?: Record<string, unknown>;
  additionalProperties?: unknown;
  anyOf?: Schema[];
}

interface Operation {
  parameters: { name: string; in: "path" | "query" | "header"; required: boolean; schema: Schema }[];
  body: { required: boolean; schema: Schema | null } | null;
  responses: Record<string, Schema | null>;
}

interface Description {
  operations: Record<string, Operation>;
  components: { schemas: Record<string, Schema> };
}

const description: Description = JSON.parse(readFileSync(new URL("./openapi.json", import.meta.url), "utf8"));
const ROOT = "github";

function validator(coerceTypes: boolean) {
  const ajv = new Ajv({ strict: false, logger: false, coerceTypes, allErrors: false });
  ajvFormats.default(ajv);
  return ajv.addSchema(description, ROOT);
}

// Path and query are text, so numbers and booleans in them are read as such; a JSON body has no such excuse.
const exact = validator(false);
const coercing = validator(true);
const compiled = new Map<string, ValidateFunction>();

function check(pointer: string[], value: unknown, ajv = exact): string[] {
  const path = pointer
    .map((part) => encodeURIComponent(part.replace(/~/g, "~0").replace(/\//g, "~1")))
    .join("/");
  const validate = compiled.get(path) ?? ajv.compile({ $ref: `${ROOT}#/${path}` });
  compiled.set(path, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error: ErrorObject) => {
    const detail = error.keyword === "additionalProperties" ? JSON.stringify(error.params) : "";
    return `${error.instancePath || "/"} ${error.message ?? "is wrong"} ${detail}`.trim();
  });
}

function operationOf(name: string): Operation {
  const operation = description.operations[name];
  if (operation === undefined)
    throw new Error(`openapi.json does not hold ${name}: run scripts/prune-openapi.mjs.`);
  return operation;
}

/** What is wrong with the path and query of a request; also a query parameter that GitHub does not know. */
export function checkParameters(
  name: string,
  params: Record<string, string>,
  query: URLSearchParams,
): string[] {
  const { parameters } = operationOf(name);
  const problems = [...query.keys()]
    .filter((key) => !parameters.some((one) => one.in === "query" && one.name === key))
    .map((key) => `query ${key} is not known to GitHub`);
  parameters.forEach((parameter, index) => {
    const given = parameter.in === "path" ? params[parameter.name] : query.get(parameter.name);
    if (parameter.in === "header") return;
    if (given === null || given === undefined) {
      if (parameter.required) problems.push(`${parameter.in} ${parameter.name} is missing`);
      return;
    }
    // An empty path parameter stands for the root of the repository's contents.
    const found = check(["operations", name, "parameters", String(index), "schema"], given, coercing);
    problems.push(...found.map((problem) => `${parameter.in} ${parameter.name}: ${problem}`));
  });
  return problems;
}

function knownKeys(schema: Schema): Set<string> | null {
  const target =
    schema.$ref === undefined ? schema : description.components.schemas[schema.$ref.split("/").pop() ?? ""];
  if (target === undefined || target.additionalProperties === true) return null;
  const inner = (target.anyOf ?? []).map(knownKeys);
  const keys = [...Object.keys(target.properties ?? {}), ...inner.flatMap((one) => [...(one ?? [])])];
  return keys.length === 0 ? null : new Set(keys);
}

/** What is wrong with a request's body: `refused` what GitHub answers 422 for, `unknown` what it passes over. */
export function checkBody(name: string, body: unknown): { refused: string[]; unknown: string[] } {
  const { body: expected } = operationOf(name);
  if (expected === null || expected.schema === null) {
    return { refused: [], unknown: body === undefined ? [] : ["a body where GitHub expects none"] };
  }
  if (body === undefined) {
    return { refused: expected.required ? ["body is missing"] : [], unknown: [] };
  }
  const refused = check(["operations", name, "body", "schema"], body);
  const known = knownKeys(expected.schema);
  const given = typeof body === "object" && body !== null && !Array.isArray(body) ? Object.keys(body) : [];
  const unknown =
    known === null
      ? []
      : given.filter((key) => !known.has(key)).map((key) => `${key} is not known to GitHub`);
  return { refused, unknown };
}

/** What is wrong with an answer to an operation. */
export function checkAnswer(name: string, status: number, body: unknown): string[] {
  const { responses } = operationOf(name);
  const schema = responses[String(status)];
  if (status === 304) return [];
  if (schema === undefined && status < 300) return [`status ${status} is not among GitHub's answers`];
  // The description leaves the bodies of some refusals out; GitHub sends its usual one.
  if (schema === undefined || (schema === null && status >= 400 && body !== undefined)) {
    return check(["components", "schemas", "basic-error"], body);
  }
  if (schema === null) return body === undefined ? [] : ["a body where GitHub sends none"];
  return check(["operations", name, "responses", String(status)], body);
}
