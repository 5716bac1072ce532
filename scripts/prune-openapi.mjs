/**
 * Cuts GitHub's OpenAPI description down to what the loopback GitHub serves, as JSON Schema that ajv takes.
 * Usage, under Node 24: node scripts/prune-openapi.mjs <api.github.com.json of @octokit/openapi>
 */
import { readFileSync, writeFileSync } from "node:fs";
import { SERVED } from "../loopback/routes/index.ts";

const [source] = process.argv.slice(2);
if (source === undefined) throw new Error("Name the path of GitHub's api.github.com.json.");
const description = JSON.parse(readFileSync(source, "utf8"));

/** Words that check nothing. */
const DECORATION = [
  "description",
  "example",
  "examples",
  "title",
  "externalDocs",
  "deprecated",
  "summary",
  "default",
];

function withNull(schema) {
  if (schema.enum) schema.enum = [...new Set([...schema.enum, null])];
  if (typeof schema.type === "string") return { ...schema, type: [schema.type, "null"] };
  // `nullable` beside no type says nothing in OpenAPI 3.0 unless alternatives stand there.
  return schema.anyOf || schema.allOf || schema.$ref ? { anyOf: [schema, { type: "null" }] } : schema;
}

/** An OpenAPI 3.0 schema as JSON Schema. `named` tells whether keys are words of the schema language or names of data. */
function convert(value, named = false) {
  if (Array.isArray(value)) return value.map((one) => convert(one));
  if (value === null || typeof value !== "object") return value;
  const result = {};
  for (const [key, inner] of Object.entries(value)) {
    if (!named && (DECORATION.includes(key) || key === "nullable" || key.startsWith("x-"))) continue;
    // GitHub's alternatives overlap, so that a right answer often fits two of them.
    const word = !named && key === "oneOf" ? "anyOf" : key;
    result[word] = key === "enum" ? inner : convert(inner, !named && key === "properties");
  }
  return !named && value.nullable === true ? withNull(result) : result;
}

function resolve(ref) {
  return ref
    .split("/")
    .slice(1)
    .reduce((at, part) => at[part], description);
}

function follow(value) {
  return value.$ref === undefined ? value : resolve(value.$ref);
}

function jsonSchema(content) {
  const media = Object.entries(content ?? {}).find(([type]) => /json/.test(type));
  return media?.[1].schema === undefined ? null : convert(media[1].schema);
}

function pruneOperation(path, operation) {
  const parameters = [...(path.parameters ?? []), ...(operation.parameters ?? [])].map(follow);
  const body = operation.requestBody === undefined ? null : follow(operation.requestBody);
  const responses = Object.entries(operation.responses).map(([status, response]) => [
    status,
    jsonSchema(follow(response).content),
  ]);
  return {
    parameters: parameters.map(({ name, in: place, required = false, schema }) => ({
      name,
      in: place,
      required,
      schema: convert(schema),
    })),
    body: body === null ? null : { required: body.required ?? false, schema: jsonSchema(body.content) },
    responses: Object.fromEntries(responses),
  };
}

const operations = {};
for (const served of SERVED) {
  const [method, path] = served.split(" ");
  const found = description.paths[path];
  const operation = found?.[method.toLowerCase()];
  if (operation === undefined) throw new Error(`GitHub's description has no ${served}.`);
  operations[served] = pruneOperation(found, operation);
}

const schemas = {};
let pending = [operations];
while (pending.length > 0) {
  const text = JSON.stringify(pending);
  pending = [];
  for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
    if (schemas[name] !== undefined) continue;
    schemas[name] = convert(description.components.schemas[name]);
    pending.push(schemas[name]);
  }
}

const pruned = { version: description.info.version, operations, components: { schemas } };
writeFileSync(new URL("../loopback/openapi.json", import.meta.url), `${JSON.stringify(pruned)}\n`);
