#include "catalog/attribute_type.hpp"
#include "exchange/exports/writer.hpp"
#include "exchange/json_key.hpp"
#include "json/writer.hpp"

namespace pim::exchange::exports {
namespace {

void add_cell(json::Object& object, std::string_view key, const Cell& cell) {
  if (const auto* text = std::get_if<std::string_view>(&cell)) {
    object.add(key, *text);
  } else if (const auto* number = std::get_if<std::int64_t>(&cell)) {
    object.add(key, *number);
  } else if (const auto* list = std::get_if<std::vector<std::string_view>>(&cell)) {
    object.add(key, *list);
  } else if (const auto* json = std::get_if<Json>(&cell)) {
    object.add_raw(key, json->text);
  } else {
    object.add(key, std::nullopt);
  }
}

class JsonLinesWriter final : public Writer {
 public:
  Result<void> begin(const std::vector<Column>& columns, std::string&) override {
    for (const Column& column : columns) {
      columns_.push_back(column);
      columns_.back().name = json_key(column.name);
      has_attributes_ |= column.field == Field::attribute;
    }
    return {};
  }

  Result<void> row(const std::vector<Cell>& cells, std::string& out) override {
    json::Object object{out};
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].field != Field::attribute) add_cell(object, columns_[i].name, cells[i]);
    }
    if (has_attributes_) {
      json::Object values = object.object("attributes");
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        const auto* text = std::get_if<std::string_view>(&cells[i]);
        if (columns_[i].field == Field::attribute && text != nullptr) {
          catalog::add_value(values, columns_[i].name, columns_[i].type, *text);
        }
      }
    }
    object.close();
    out += '\n';
    return {};
  }

  Result<void> end(std::string&) override { return {}; }

 private:
  std::vector<Column> columns_;
  bool has_attributes_ = false;
};

class JsonWriter final : public Writer {
 public:
  explicit JsonWriter(bool pretty) : pretty_(pretty) {}

  Result<void> begin(const std::vector<Column>& columns, std::string& out) override {
    columns_ = columns;
    out += '[';
    return {};
  }

  Result<void> row(const std::vector<Cell>& cells, std::string& out) override {
    if (count_++ > 0) out += ',';
    if (pretty_) out += "\n  ";
    out += '{';
    bool is_first = true;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].field == Field::attribute && std::holds_alternative<std::monostate>(cells[i])) continue;
      if (!std::exchange(is_first, false)) out += ',';
      if (pretty_) out += "\n    ";
      std::string member;
      json::Object object{member};
      add_cell(object, json_key(columns_[i].name), cells[i]);
      out += member.substr(1);
    }
    if (pretty_) out += "\n  ";
    out += '}';
    return {};
  }

  Result<void> end(std::string& out) override {
    if (pretty_ && count_ > 0) out += '\n';
    out += ']';
    return {};
  }

 private:
  bool pretty_;
  std::vector<Column> columns_;
  std::int64_t count_ = 0;
};

}  // namespace

std::unique_ptr<Writer> make_json_lines_writer() { return std::make_unique<JsonLinesWriter>(); }
std::unique_ptr<Writer> make_json_writer(bool pretty) { return std::make_unique<JsonWriter>(pretty); }

}  // namespace pim::exchange::exports
