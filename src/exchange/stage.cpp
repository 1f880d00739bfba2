#include "exchange/stage.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sql/exchange.hpp"

namespace pim::exchange {
namespace {

constexpr std::size_t flush_bytes = 1 << 20;

// A text as COPY reads it.
void append_text(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      default:
        out += c;
    }
  }
}

void append(std::string& out, const std::optional<std::string>& text) {
  if (text) {
    append_text(out, *text);
  } else {
    out += "\\N";
  }
}

// A PostgreSQL array, and that as COPY reads it.
void append_array(std::string& out, const std::vector<std::string>& texts) {
  std::string array = "{";
  for (const std::string& text : texts) {
    if (array.size() > 1) array += ',';
    array += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') array += '\\';
      array += c;
    }
    array += '"';
  }
  append_text(out, array + '}');
}

}  // namespace

pg::Outcome<void> Stage::begin() { return connection_.script(std::string(sql::exchange::stage)); }

bool Stage::note_attribute(const std::string& name, const std::string& clean, std::string_view type) {
  constexpr std::size_t names_max = 5000;
  if (names_noted_.contains(name)) return true;
  if (names_noted_.size() >= names_max) return false;
  names_noted_.insert(name);
  append_text(names_, name);
  names_ += '\t';
  append_text(names_, clean);
  names_ += '\t';
  append(names_, type.empty() ? std::nullopt : std::optional<std::string>(type));
  names_ += '\n';
  return true;
}

pg::Outcome<void> Stage::add(std::int64_t line, const Record& record) {
  const auto number = fmt::format("{}\t", ++entries_);
  rows_ += fmt::format("{}{}\t", number, line);
  append_text(rows_, record.sku);
  rows_ += '\t';
  append(rows_, record.name.empty() ? std::nullopt : std::optional(record.name));
  for (const auto* text :
       {&record.family, &record.attribute_group, &record.product_link, &record.image_url, &record.thumbnail_url}) {
    rows_ += '\t';
    append(rows_, *text);
  }
  for (const auto* list : {&record.sub_images, &record.thumbnail_sub_images}) {
    rows_ += '\t';
    if (*list) {
      append_array(rows_, **list);
    } else {
      rows_ += "\\N";
    }
  }
  rows_ += record.more_categories ? "\tt\n" : "\tf\n";

  for (const auto& [name, value] : record.attributes) {
    values_ += number;
    append_text(values_, name);
    values_ += '\t';
    append_text(values_, value);
    values_ += '\n';
  }
  const auto category = [&](int position, const Path& path) {
    categories_ += fmt::format("{}{}\t", number, position);
    append_array(categories_, path);
    categories_ += '\n';
    deepest_category_ = std::max(deepest_category_, static_cast<int>(path.size()));
  };
  int position = 1;
  if (record.category) category(position, *record.category);
  for (const Path& path : record.more_categories.value_or(std::vector<Path>{})) category(++position, path);
  position = 0;
  for (const auto& [name, is_required] : record.family_attributes) {
    if (!record.family) break;
    append_text(families_, *record.family);
    families_ += fmt::format("\t{}\t", ++position);
    append_text(families_, name);
    families_ += is_required ? "\tt\n" : "\tf\n";
  }
  const auto link = [&](const std::string& parent, const std::string& child) {
    links_ += fmt::format("{}{}\t", number, line);
    append_text(links_, parent);
    links_ += '\t';
    append_text(links_, child);
    links_ += '\n';
  };
  for (const std::string& child : record.variant_skus) link(record.sku, child);
  if (record.parent_sku) link(*record.parent_sku, record.sku);
  return flush_when_full();
}

pg::Outcome<void> Stage::reject(std::int64_t line, std::string_view reason) {
  rejects_ += fmt::format("{}\t", line);
  append_text(rejects_, reason);
  rejects_ += "\tt\n";
  return flush_when_full();
}

pg::Outcome<void> Stage::flush_when_full() {
  const std::size_t held =
      rows_.size() + values_.size() + categories_.size() + families_.size() + links_.size() + rejects_.size();
  return held < flush_bytes ? pg::Outcome<void>{} : flush();
}

pg::Outcome<void> Stage::copy(const char* target, std::string& rows) {
  if (rows.empty()) return {};
  if (auto begun = connection_.copy_begin(fmt::format("COPY {} FROM STDIN", target)); !begun) return begun;
  if (auto put = connection_.copy_put(rows); !put) return put;
  rows.clear();
  if (auto ended = connection_.copy_end(); !ended) return std::unexpected(std::move(ended).error());
  return {};
}

pg::Outcome<void> Stage::flush() {
  for (const auto& [target, rows] :
       {std::pair{"import_row", &rows_}, std::pair{"import_value", &values_},
        std::pair{"import_category", &categories_}, std::pair{"import_family", &families_},
        std::pair{"import_link", &links_}, std::pair{"import_name (name, clean, type)", &names_},
        std::pair{"import_reject (line, reason, is_row)", &rejects_}}) {
    if (auto copied = copy(target, *rows); !copied) return copied;
  }
  return {};
}

pg::Outcome<void> Stage::end() {
  if (auto flushed = flush(); !flushed) return flushed;
  return connection_.script(std::string(sql::exchange::index_stage));
}

}  // namespace pim::exchange
