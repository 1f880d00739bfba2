#include "exchange/exports/export.hpp"

#include <fmt/chrono.h>

#include <algorithm>
#include <charconv>

#include "exchange/split.hpp"

namespace pim::exchange::exports {
namespace {

const Attribute* find_attribute(const Model& model, const std::string& wanted) {
  std::int32_t id = 0;
  const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), id);
  if (error == std::errc{} && end == wanted.data() + wanted.size()) {
    if (const Attribute* attribute = model.attribute(id)) return attribute;
  }
  const auto found = std::ranges::find(model.attributes, wanted, &Attribute::name);
  return found == model.attributes.end() ? nullptr : &*found;
}

Column column_of(const Attribute& attribute, bool typed) {
  return {.name = typed ? fmt::format("{} [{}]", attribute.name, attribute.type) : attribute.name,
          .field = Field::attribute,
          .attribute = attribute.id,
          .type = attribute.type};
}

}  // namespace

Result<void> Export::begin(std::string& out) {
  auto source = Source::open(plan_.url, plan_.tenant, plan_.select);
  if (!source) return std::unexpected(std::move(source).error());
  source_.emplace(*std::move(source));
  auto columns = plan_.columns(source_->model());
  if (!columns) return std::unexpected(std::move(columns).error());
  columns_ = *std::move(columns);
  writer_ = plan_.writer();
  return writer_->begin(columns_, out);
}

Result<bool> Export::step(std::string& out) {
  if (!source_) {
    if (auto begun = begin(out); !begun) return std::unexpected(std::move(begun).error());
  }
  auto more = source_->next(columns_, [&](const std::vector<Cell>& cells) {
    ++rows_;
    return writer_->row(cells, out);
  });
  if (!more || *more) return more;
  if (auto ended = writer_->end(out); !ended) return std::unexpected(std::move(ended).error());
  return false;
}

Result<std::vector<Column>> choose(const Choice& choice, const Model& model) {
  std::vector<Column> columns;
  if (choice.fields) {
    for (const Field field : *choice.fields) columns.push_back({std::string(name_of(field)), field});
  } else {
    columns = usual_columns();
  }
  if (!choice.attributes) {
    for (const Attribute& attribute : model.attributes) columns.push_back(column_of(attribute, choice.has_typed_names));
    return columns;
  }
  for (const std::string& wanted : *choice.attributes) {
    const Attribute* attribute = find_attribute(model, wanted);
    if (attribute == nullptr) return invalid({fmt::format("attributes: there is no attribute \"{}\"", wanted)});
    columns.push_back(column_of(*attribute, choice.has_typed_names));
  }
  return columns;
}

Result<std::vector<Field>> read_fields(std::string_view text) {
  std::vector<Field> fields;
  for (const std::string& name : split(text, ',')) {
    const auto field = field_named(name);
    if (!field) {
      std::string known;
      for (const Column& column : usual_columns()) known += column.name + ", ";
      return invalid({fmt::format("columns: \"{}\" is none of {}id, createdAt, updatedAt", name, known)});
    }
    fields.push_back(*field);
  }
  return fields;
}

std::string usual_file_name() { return fmt::format("products_export_{:%Y-%m-%d}", fmt::gmtime(std::time(nullptr))); }

}  // namespace pim::exchange::exports
