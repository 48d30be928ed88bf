// The API as its own description says it, grouped by tag.
import { el, markdown } from "/page/dom.js";

const api = await (await fetch("/openapi.json")).json();
const groups = new Map();
for (const [path, methods] of Object.entries(api.paths)) {
  for (const [method, operation] of Object.entries(methods)) {
    const tag = operation.tags?.[0] || "other";
    if (!groups.has(tag)) groups.set(tag, []);
    groups.get(tag).push({ path, method, operation });
  }
}
document.getElementById("docs").replaceChildren(
  el("h1", {}, `${api.info.title} ${api.info.version}`), el("p", {}, api.info.summary || ""),
  ...[...groups].map(([tag, operations]) => el("section", {}, el("h2", {}, tag), operations.map(operationOf))),
  el("h2", {}, "Shapes"), ...Object.entries(api.components?.schemas || {}).map(schemaOf));

function operationOf({ path, method, operation }) {
  const body = operation.requestBody?.content?.["application/json"]?.schema;
  return el("details", { class: "card" },
    el("summary", {}, el("code", { class: "method" }, method.toUpperCase()), " ", el("code", {}, path), ` ${operation.summary || ""}`),
    operation.description ? markdown(operation.description) : null,
    operation.parameters ? el("ul", {}, operation.parameters.map((one) => el("li", {}, el("code", {}, one.name), ` in ${one.in}${one.required ? ", required" : ""}`))) : null,
    body ? el("p", {}, "Body: ", el("code", {}, typeOf(body))) : null,
    el("p", { class: "note" }, `Answers: ${Object.keys(operation.responses).join(", ")}`));
}

function schemaOf([name, schema]) {
  return el("details", { class: "card", id: name }, el("summary", {}, el("code", {}, name), ` ${schema.description || ""}`),
    el("ul", {}, Object.entries(schema.properties || {}).map(([field, one]) => el("li", {},
      el("code", {}, field), ` ${typeOf(one)}${schema.required?.includes(field) ? "" : ", may be left out"} ${one.description || ""}`))));
}

function typeOf(schema) {
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  const several = schema.anyOf || schema.oneOf || schema.allOf;
  if (several) return several.map(typeOf).join(" | ");
  if (schema.type === "array") return `list of ${schema.items ? typeOf(schema.items) : "anything"}`;
  return schema.format || schema.type || "anything";
}
