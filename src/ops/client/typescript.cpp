#include "ops/client/typescript.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <vector>

#include "base/text.hpp"

namespace pim::ops::client {
namespace {

namespace bj = boost::json;

constexpr std::string_view head =
    R"ts(// Made by `pixelpim client generate` from the description of the API; do not edit.

export interface ClientOptions {
  /** Where the service is: "https://pim.example.com". */
  baseUrl: string;
  /** What log-in gave. */
  token?: string;
  apiKey?: string;
  fetch?: typeof fetch;
}

export interface CallOptions {
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** An answer that is no success: what the service says of it. */
export class PixelPimError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(Array.isArray(problem.message) ? problem.message.join("; ") : String(problem.message));
    this.name = "PixelPimError";
  }
}

interface Sent {
  query?: object;
  json?: unknown;
  form?: object;
  raw?: Blob | string;
  type?: string;
}

function formOf(fields: object): FormData {
  const form = new FormData();
  for (const [key, value] of Object.entries(fields)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined) form.append(key, each instanceof Blob ? each : String(each));
    }
  }
  return form;
}

function append(query: URLSearchParams, key: string, value: unknown): void {
  if (value === undefined || value === null) return;
  if (Array.isArray(value)) {
    for (const each of value) append(query, key, each);
  } else if (typeof value === "object") {
    for (const [name, each] of Object.entries(value)) append(query, `${key}[${name}]`, each);
  } else {
    query.append(key, String(value));
  }
}

function queryOf(values: object): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) append(query, key, value);
  const text = query.toString();
  return text === "" ? "" : "?" + text;
}

const segment = (value: string | number): string => encodeURIComponent(String(value));

export class PixelPim {
  constructor(public options: ClientOptions) {}

  private async call<T>(method: string, path: string, sent: Sent, call: CallOptions = {}): Promise<T> {
    const headers: Record<string, string> = { ...call.headers };
    if (this.options.token !== undefined) headers["Authorization"] = "Bearer " + this.options.token;
    if (this.options.apiKey !== undefined) headers["X-Api-Key"] = this.options.apiKey;
    let body: BodyInit | undefined;
    if (sent.json !== undefined) {
      headers["Content-Type"] = "application/json";
      body = JSON.stringify(sent.json);
    } else if (sent.form !== undefined) {
      body = formOf(sent.form);
    } else if (sent.raw !== undefined) {
      headers["Content-Type"] = sent.type ?? "application/octet-stream";
      body = sent.raw;
    }
    const url = this.options.baseUrl.replace(/\/$/, "") + path + queryOf(sent.query ?? {});
    const init: RequestInit = { method, headers };
    if (body !== undefined) init.body = body;
    if (call.signal !== undefined) init.signal = call.signal;
    const answer = await (this.options.fetch ?? fetch)(url, init);
    const type = answer.headers.get("Content-Type") ?? "";
    const isJson = type.startsWith("application/json");
    if (!answer.ok) {
      const unknown = { statusCode: answer.status, message: answer.statusText, error: answer.statusText } as unknown as Problem;
      throw new PixelPimError(answer.status, isJson ? ((await answer.json()) as Problem) : unknown);
    }
    if (isJson) return (await answer.json()) as T;
    if (type.startsWith("text/")) return (await answer.text()) as T;
    return (type === "" ? undefined : await answer.blob()) as T;
  }
)ts";

bool is_identifier(std::string_view text) {
  return !text.empty() && !(text[0] >= '0' && text[0] <= '9') && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
  });
}

std::string key_of(std::string_view name) {
  return is_identifier(name) ? std::string(name) : bj::serialize(bj::string(name));
}

std::string text_of(const bj::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

bool is_true(const bj::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->as_bool();
}

// A comment above something; nothing where there is nothing to say.
std::string comment(const std::string& text, std::string_view indent) {
  const std::string_view said = trimmed(text);
  if (said.empty()) return {};
  std::string lines;
  int count = 0;
  for (std::size_t at = 0; at <= said.size(); ++count) {
    const std::size_t end = std::min(said.find('\n', at), said.size());
    std::string line(said.substr(at, end - at));
    for (std::size_t mark; (mark = line.find("*/")) != std::string::npos;) line.replace(mark, 2, "* /");
    lines += fmt::format("{} *{}{}\n", indent, line.empty() ? "" : " ", line);
    at = end + 1;
  }
  if (count == 1) return fmt::format("{}/** {} */\n", indent, trimmed(lines.substr(indent.size() + 3)));
  return fmt::format("{0}/**\n{1}{0} */\n", indent, lines);
}

class Writer {
 public:
  explicit Writer(const bj::object& document) : document_{document} {}

  std::string all() const {
    std::string text(head);
    for (const auto& [path, item] : document_.at("paths").as_object()) {
      for (const char* method : {"get", "post", "put", "patch", "delete"}) {
        if (const auto* operation = item.as_object().if_contains(method)) {
          text += method_of(path, method, item.as_object(), operation->as_object());
        }
      }
    }
    text += "}\n";
    for (const auto& [name, schema] : document_.at("components").at("schemas").as_object()) {
      text += "\n" + comment(text_of(schema.as_object(), "description"), "");
      text += fmt::format("export type {} = {};\n", std::string_view(name), type_of(schema, ""));
    }
    return text;
  }

 private:
  const bj::object& resolved(const bj::value& value) const {
    const bj::object& object = value.as_object();
    const std::string target = text_of(object, "$ref");
    return target.empty() ? object : document_.value_at(target).as_object();
  }

  std::string type_of(const bj::value& schema, const std::string& indent) const {
    if (!schema.is_object()) return "unknown";
    const bj::object& object = schema.as_object();
    if (const std::string target = text_of(object, "$ref"); !target.empty()) {
      constexpr std::string_view schemas = "#/components/schemas/";
      const bool is_named = target.starts_with(schemas) && !target.substr(schemas.size()).contains('/');
      return is_named ? target.substr(schemas.size()) : type_of(document_.value_at(target), indent);
    }
    std::vector<std::string> parts;
    if (const auto* value = object.if_contains("const")) return bj::serialize(*value);
    if (const auto* values = object.if_contains("enum")) return joined_literals(values->as_array());
    for (const char* key : {"oneOf", "anyOf"}) {
      if (const auto* choices = object.if_contains(key)) parts.push_back(joined(choices->as_array(), " | ", indent));
    }
    if (const auto* all = object.if_contains("allOf")) parts.push_back(joined(all->as_array(), " & ", indent));
    const auto* type = object.if_contains("type");
    if (type != nullptr && type->is_array()) {
      std::string text;
      for (const auto& each : type->as_array())
        text += (text.empty() ? "" : " | ") + plain_type(object, each.as_string(), indent);
      parts.push_back(text);
    } else if (type != nullptr) {
      parts.push_back(plain_type(object, type->as_string(), indent));
    } else if (object.contains("properties")) {
      parts.push_back(object_type(object, indent));
    }
    if (parts.empty()) return "unknown";
    if (parts.size() == 1) return parts.front();
    std::string text;
    for (const std::string& part : parts) text += fmt::format("{}({})", text.empty() ? "" : " & ", part);
    return text;
  }

  static std::string joined_literals(const bj::array& values) {
    std::string text;
    for (const auto& value : values) text += (text.empty() ? "" : " | ") + bj::serialize(value);
    return text;
  }

  std::string joined(const bj::array& schemas, std::string_view between, const std::string& indent) const {
    std::string text;
    for (const auto& schema : schemas)
      text += fmt::format("{}({})", text.empty() ? "" : between, type_of(schema, indent));
    return text;
  }

  std::string plain_type(const bj::object& schema, std::string_view type, const std::string& indent) const {
    if (type == "string") return text_of(schema, "format") == "binary" ? "Blob" : "string";
    if (type == "integer" || type == "number") return "number";
    if (type == "boolean" || type == "null") return std::string(type);
    if (type == "array") {
      const auto* items = schema.if_contains("items");
      return fmt::format("Array<{}>", items != nullptr ? type_of(*items, indent) : "unknown");
    }
    return object_type(schema, indent);
  }

  std::string object_type(const bj::object& schema, const std::string& indent) const {
    const auto* properties = schema.if_contains("properties");
    const auto* more = schema.if_contains("additionalProperties");
    const bool has_more = more != nullptr && !(more->is_bool() && !more->as_bool());
    if (properties == nullptr) {
      return fmt::format("Record<string, {}>",
                         more != nullptr && more->is_object() ? type_of(*more, indent) : "unknown");
    }
    const std::string inner = indent + "  ";
    std::string text = "{\n";
    for (const auto& [name, property] : properties->as_object()) {
      if (property.is_object()) text += comment(text_of(property.as_object(), "description"), inner);
      text += fmt::format("{}{}{}: {};\n", inner, key_of(name), is_required(schema, name) ? "" : "?",
                          type_of(property, inner));
    }
    text += indent + "}";
    return has_more ? text + " & Record<string, unknown>" : text;
  }

  static bool is_required(const bj::object& schema, std::string_view name) {
    const auto* required = schema.if_contains("required");
    if (required == nullptr || !required->is_array()) return false;
    return std::ranges::any_of(required->as_array(), [&](const bj::value& each) { return each.as_string() == name; });
  }

  // What the body is called in a call, and its type.
  struct Body {
    std::string member, type, content;
    bool is_required = false;
  };
  Body body_of(const bj::object& operation) const {
    const auto* given = operation.if_contains("requestBody");
    if (given == nullptr) return {};
    const bj::object& body = resolved(*given);
    const bj::object& content = body.at("content").as_object();
    const bool required = is_true(body, "required");
    for (const auto& [type, member] :
         {std::pair("application/json", "json"), std::pair("multipart/form-data", "form")}) {
      if (const auto* media = content.if_contains(type)) {
        const auto* schema = media->as_object().if_contains("schema");
        return {member, schema != nullptr ? type_of(*schema, "  ") : "unknown", type, required};
      }
    }
    return {"raw", "Blob | string", std::string(content.begin()->key()), required};
  }

  std::string answer_of(const bj::object& operation) const {
    std::vector<std::string> types;
    const auto add = [&](std::string type) {
      if (std::ranges::find(types, type) == types.end()) types.push_back(std::move(type));
    };
    for (const auto& [status, response] : operation.at("responses").as_object()) {
      if (!std::string_view(status).starts_with('2')) continue;
      const auto* content = resolved(response).if_contains("content");
      if (content == nullptr) add("void");
      for (const auto& [type, media] : content != nullptr ? content->as_object() : bj::object()) {
        const auto* schema = media.as_object().if_contains("schema");
        const std::string_view name = type;
        if (name.starts_with("application/json"))
          add(schema != nullptr ? type_of(*schema, "  ") : "unknown");
        else
          add(name.starts_with("text/") ? "string" : "Blob");
      }
    }
    std::string text;
    for (const std::string& type : types) text += (text.empty() ? "" : " | ") + type;
    return text.empty() ? "void" : text;
  }

  std::string method_of(std::string_view path, std::string_view method, const bj::object& item,
                        const bj::object& operation) const {
    std::string parameters, query, address(path);
    bool query_is_needed = false;
    for (const bj::object* holder : {&item, &operation}) {
      const auto* given = holder->if_contains("parameters");
      if (given == nullptr) continue;
      for (const auto& each : given->as_array()) {
        const bj::object& parameter = resolved(each);
        const std::string name = text_of(parameter, "name"), place = text_of(parameter, "in");
        const auto* schema = parameter.if_contains("schema");
        const std::string type = schema != nullptr ? type_of(*schema, "    ") : "unknown";
        if (place == "path") {
          parameters += fmt::format("{}: {}, ", name, type);
          const bool is_many = text_of(parameter, "x-segments") == "many";
          const std::string with = is_many ? fmt::format("${{{}.split(\"/\").map(segment).join(\"/\")}}", name)
                                           : fmt::format("${{segment({})}}", name);
          address.replace(address.find("{" + name + "}"), name.size() + 2, with);
        } else if (place == "query") {
          const bool required = is_true(parameter, "required");
          query_is_needed |= required;
          query += comment(text_of(parameter, "description"), "    ");
          query += fmt::format("    {}{}: {};\n", key_of(name), required ? "" : "?", type);
        }
      }
    }
    std::string sent;
    if (const Body body = body_of(operation); !body.member.empty()) {
      parameters += fmt::format("body: {}{}, ", body.type, body.is_required ? "" : " | undefined = undefined");
      sent += fmt::format("{}: body", body.member);
      if (body.member == "raw") sent += fmt::format(", type: \"{}\"", body.content);
    }
    if (!query.empty()) {
      parameters += fmt::format("query: {{\n{}  }}{}, ", query, query_is_needed ? "" : " = {}");
      sent += (sent.empty() ? "" : ", ") + std::string("query");
    }
    std::string upper(method);
    for (char& c : upper) c = static_cast<char>(c - 'a' + 'A');
    const std::string answer = answer_of(operation);
    std::string about = text_of(operation, "summary");
    if (const std::string more(trimmed(text_of(operation, "description"))); !more.empty()) about += "\n\n" + more;
    return fmt::format(
        "\n{}  {}({}call?: CallOptions): Promise<{}> {{\n    return this.call(\"{}\", `{}`, {}, call);\n  }}\n",
        comment(about, "  "), text_of(operation, "operationId"), parameters, answer, upper, address,
        sent.empty() ? "{}" : "{ " + sent + " }");
  }

  struct Document {
    const bj::object& root;
    const bj::value& at(std::string_view key) const { return root.at(key); }
    // "#/components/parameters/Page"
    const bj::value& value_at(std::string_view reference) const {
      const bj::object* holder = &root;
      for (std::size_t begin = 2;;) {
        const std::size_t end = std::min(reference.find('/', begin), reference.size());
        const bj::value& found = holder->at(reference.substr(begin, end - begin));
        if (end == reference.size()) return found;
        holder = &found.as_object();
        begin = end + 1;
      }
    }
  };
  const Document document_;
};

}  // namespace

std::string typescript_of(std::string_view openapi) {
  const bj::value document = bj::parse(openapi);
  return Writer(document.as_object()).all();
}

}  // namespace pim::ops::client
