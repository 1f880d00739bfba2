// Shows /openapi.json: an index that can be searched, and each operation with what it takes and answers.

const methods = ["get", "post", "put", "patch", "delete"];
const $ = (id) => document.getElementById(id);

// An element with its attributes and children; texts are never read as HTML.
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(9).filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

// Texts: paragraphs, **bold** and `code`.
function inline(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) =>
    part.startsWith("`") ? h("code", {}, part.slice(1, -1)) :
    part.startsWith("**") ? h("strong", {}, part.slice(2, -2)) : part);
}
const prose = (text) => (text ?? "").trim().split(/\n{2,}/).filter(Boolean).map((paragraph) => h("p", {}, inline(paragraph)));

// Schemas -----------------------------------------------------------------------------------------------------------

let api;

function resolve(value) {
  while (value?.$ref) value = value.$ref.slice(2).split("/").reduce((at, key) => at[key], api);
  return value;
}
const name_of = (schema) => schema?.$ref?.split("/").pop();

// What consists of parts, as one object.
function whole(schema) {
  schema = resolve(schema) ?? {};
  if (!schema.allOf) return schema;
  const merged = { ...schema, type: "object", properties: {}, required: [] };
  for (const part of [...schema.allOf.map(whole), { properties: schema.properties, required: schema.required }]) {
    Object.assign(merged.properties, part.properties);
    merged.required.push(...(part.required ?? []));
  }
  return merged;
}

function type_of(given) {
  const schema = whole(given);
  if (schema.oneOf) return schema.oneOf.map(type_of).join(" or ");
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.type === "array" || schema.type?.includes?.("array")) {
    return `list of ${schema.items ? type_of(schema.items) : "anything"}` + (schema.type.includes("null") && schema.type !== "array" ? " or null" : "");
  }
  if (schema.properties && name_of(given)) return name_of(given);
  return [schema.type ?? (schema.enum ? "string" : "anything")].flat().join(" or ");
}

function bounds_of(given) {
  const schema = whole(given), said = [];
  if (schema.enum) said.push(schema.enum.map((value) => JSON.stringify(value)).join(", "));
  if (schema.minLength || schema.maxLength) said.push(`${schema.minLength ?? 0} to ${schema.maxLength ?? "∞"} characters`);
  if (schema.minimum !== undefined || schema.maximum !== undefined) {
    const most = schema.maximum === 2147483647 ? undefined : schema.maximum;
    said.push(most === undefined ? `from ${schema.minimum}` : `${schema.minimum ?? "−∞"} to ${most}`);
  }
  if (schema.minItems || schema.maxItems) said.push(`${schema.minItems ?? 0} to ${schema.maxItems ?? "∞"} items`);
  if (schema.default !== undefined) said.push(`default ${JSON.stringify(schema.default)}`);
  return said.join(" · ");
}

// The object that a schema's value has inside, if any: its own, a list's, or that of one of its alternatives.
function object_in(given) {
  const schema = whole(given);
  if (schema.properties) return { schema, name: name_of(given) };
  if (schema.items) return object_in(schema.items);
  for (const choice of schema.oneOf ?? []) {
    const found = object_in(choice);
    if (found) return found;
  }
}

// Of a body those fields are marked that must be sent; of an answer those that may be absent.
function mark_of(is_required, is_answer) {
  if (is_answer) return !is_required && h("span", { class: "maybe" }, "may be absent");
  return is_required && h("span", { class: "must" }, "required");
}

function field_rows(given, is_answer, depth = 0, above = []) {
  const object = object_in(given);
  if (!object || depth > 4 || (object.name && above.includes(object.name))) return [];
  const { schema } = object, path = [...above, object.name];
  return Object.entries(schema.properties).flatMap(([name, property]) => {
    const bounds = bounds_of(property), description = property.description ?? resolve(property)?.description;
    return [
      h("tr", {},
        h("td", { class: `d${depth}` }, name, mark_of(schema.required?.includes(name), is_answer)),
        h("td", {}, h("span", { class: "type" }, type_of(property), bounds && ` — ${bounds}`), description && prose(description))),
      ...field_rows(property, is_answer, depth + 1, path),
    ];
  });
}
const fields = (schema, is_answer = false) => {
  const rows = field_rows(schema, is_answer);
  return rows.length ? h("table", {}, h("tbody", {}, rows)) : h("p", { class: "type" }, type_of(schema));
};

// A value of a schema: its example, or one that is made up.
function example(given, above = []) {
  const name = name_of(given);
  if (name && above.includes(name)) return undefined;
  const path = name ? [...above, name] : above, schema = whole(given);
  if (schema.examples) return schema.examples[0];
  if ("const" in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.oneOf) return example(schema.oneOf[0], path);
  if (schema.properties) {
    const entries = Object.entries(schema.properties).map(([key, property]) => [key, example(property, path)]);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }
  if (schema.items) {
    const item = example(schema.items, path);
    return item === undefined ? [] : [item];
  }
  const type = [schema.type].flat()[0];
  return { string: "text", integer: schema.minimum ?? 1, number: 1, boolean: true, object: {}, array: [] }[type] ?? null;
}
const pretty = (value) => h("pre", { tabindex: 0 }, JSON.stringify(value, null, 2));

// Operations --------------------------------------------------------------------------------------------------------

function needs(operation) {
  const access = operation["x-permission"];
  if (access === "anyone") return "Open to anyone.";
  if (access === "signed in") return "For whoever is logged in.";
  if (access.startsWith("role ")) return `For the role ${access.slice(5)}.`;
  return ["Needs the permission ", h("code", {}, access), "."];
}

function curl(method, path, operation) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const query = operation.parameters.filter((p) => p.in === "query" && p.required).map((p) => `${p.name}=${encodeURIComponent(p.example ?? "…")}`);
  const filled = operation.parameters.filter((p) => p.in === "path").reduce((text, p) => text.replace(`{${p.name}}`, p.example ?? "1"), path);
  const lines = [`curl${method === "get" ? "" : ` -X ${method.toUpperCase()}`} ${quoted(location.origin + filled + (query.length ? `?${query.join("&")}` : ""))}`];
  if (operation["x-permission"] !== "anyone") lines.push(`-H "Authorization: Bearer $TOKEN"`);
  const body = operation.requestBody?.content ?? {};
  if (body["application/json"]) {
    lines.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(example(body["application/json"].schema)))}`);
  } else if (body["multipart/form-data"]) {
    lines.push("-F file=@FILE");
  }
  return lines.join(" \\\n  ");
}

function parameters_of(operation) {
  if (!operation.parameters.length) return [];
  const rows = operation.parameters.map((parameter) => {
    const bounds = bounds_of(parameter.schema);
    return h("tr", {},
      h("td", {}, parameter.name, parameter.required && h("span", { class: "must" }, "required")),
      h("td", {}, h("span", { class: "type" }, `${parameter.in}, ${type_of(parameter.schema)}`, bounds && ` — ${bounds}`),
        parameter.description && prose(parameter.description)));
  });
  return [h("h4", {}, "Parameters"), h("table", {}, h("tbody", {}, rows))];
}

function body_of(operation) {
  return Object.entries(operation.requestBody?.content ?? {}).flatMap(([media, { schema }]) => [
    h("h4", {}, `Body — ${media}${operation.requestBody.required ? "" : ", may be absent"}`), fields(schema),
    media === "application/json" && pretty(example(schema)),
  ]);
}

function answer_of([status, given]) {
  const answer = resolve(given), good = /^[23]/.test(status);
  const inside = h("div", {});
  const fill = () => {
    if (inside.childNodes.length) return;
    for (const [media, { schema }] of Object.entries(answer.content ?? {})) {
      inside.append(h("p", { class: "type" }, media, name_of(schema) ? ` — ${name_of(schema)}` : ""), fields(schema ?? {}, true));
      const shown = good ? example(schema ?? {}) : whole(schema).examples?.find((one) => String(one.statusCode) === status);
      if (media === "application/json" && shown !== undefined) inside.append(pretty(shown));
    }
  };
  const headers = Object.keys(answer.headers ?? {});
  const details = h("details", { class: "answer", open: /^2/.test(status), toggle: fill },
    h("summary", {}, h("span", { class: good ? "status good" : "status" }, status), inline(answer.description),
      headers.length > 0 && h("span", { class: "type" }, ` (${headers.join(", ")})`)), inside);
  return details;
}

const path_parts = (path) => path.split(/({[^}]+})/).map((part) => part.startsWith("{") ? h("em", {}, part) : part);

function operation_element({ method, path, operation }) {
  const inside = h("div", { class: "inside" });
  const fill = () => {
    if (inside.childNodes.length) return;
    inside.append(h("p", { class: "needs" }, needs(operation)), ...prose(operation.description), ...parameters_of(operation),
      ...body_of(operation).filter(Boolean), h("h4", {}, "Answers"), ...Object.entries(operation.responses).map(answer_of),
      h("h4", {}, "Example"), h("pre", { tabindex: 0 }, curl(method, path, operation)));
  };
  return h("details", { class: "operation", id: operation.operationId, toggle: fill },
    h("summary", {}, h("span", { class: `method ${method}` }, method.toUpperCase()), h("span", { class: "path" }, path_parts(path)),
      h("span", { class: "says" }, operation.summary)), inside);
}

// The page ------------------------------------------------------------------------------------------------------------

function operations_of(document) {
  return Object.entries(document.paths).flatMap(([path, item]) => methods.filter((method) => item[method]).map((method) => {
    const operation = { ...item[method], parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])].map(resolve) };
    const text = [method, path, operation.operationId, operation.summary, operation.description, operation["x-permission"], ...operation.tags];
    return { method, path, operation, text: text.join(" ").toLowerCase() };
  }));
}

function show(document_) {
  api = document_;
  const all = operations_of(api), content = $("content"), index = $("index");
  $("version").textContent = api.info.version;
  content.append(h("section", { class: "intro" },
    h("h1", {}, api.info.title + " API"), h("p", {}, api.info.summary),
    h("p", {}, `${all.length} operations · `, h("a", { href: "/openapi.json" }, "OpenAPI document"), ` ${api.openapi}`),
    h("div", { class: "text" }, prose(api.info.description))));
  for (const tag of api.tags) {
    const own = all.filter(({ operation }) => operation.tags.includes(tag.name));
    const heading = h("h2", { id: tag.name.replaceAll(" ", "-") }, tag.name), about = h("p", {}, inline(tag.description ?? ""));
    const list = h("ul", {}), title = h("h2", {}, tag.name);
    content.append(heading, about);
    for (const one of own) {
      one.element = operation_element(one);
      one.link = h("li", {}, h("a", { href: `#${one.operation.operationId}`, click: () => { one.element.open = true; } },
        h("span", { class: `method ${one.method}` }, one.method === "delete" ? "DEL" : one.method.toUpperCase()), h("span", {}, one.operation.summary)));
      one.around = [heading, about, title];
      content.append(one.element);
      list.append(one.link);
    }
    index.append(title, list);
  }
  return all;
}

function filter(all, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const headings = new Map();
  let found = 0;
  for (const one of all) {
    const fits = words.every((word) => one.text.includes(word));
    found += fits;
    one.element.hidden = one.link.hidden = !fits;
    for (const heading of one.around) headings.set(heading, headings.get(heading) || fits);
  }
  for (const [heading, fits] of headings) heading.hidden = !fits;
  document.querySelector(".intro").hidden = words.length > 0;
  $("count").textContent = words.length ? `${found} of ${all.length} operations` : "";
}

// An operation that the address names is opened and gone to.
function follow() {
  const target = $(decodeURIComponent(location.hash.slice(1)));
  if (target?.matches("details.operation")) target.open = true;
  target?.scrollIntoView();
}

function choose_theme() {
  const root = document.documentElement;
  try { root.dataset.theme = localStorage.getItem("theme") ?? ""; } catch { /* nothing is kept here */ }
  if (!root.dataset.theme) delete root.dataset.theme;
  $("theme").addEventListener("click", () => {
    const is_dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = is_dark ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* nothing is kept here */ }
  });
}

choose_theme();
try {
  const answer = await fetch("/openapi.json");
  if (!answer.ok) throw new Error(`it answered ${answer.status}`);
  const all = show(await answer.json());
  $("search").addEventListener("input", (event) => filter(all, event.target.value));
  addEventListener("hashchange", follow);
  follow();
} catch (error) {
  $("content").append(h("p", {}, `The description of the API could not be read: ${error.message}. Load the page again.`));
}
addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== $("search")) {
    event.preventDefault();
    $("search").focus();
  }
});
