// The products of an export, read some hundred at a time from one snapshot of the database.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/problem.hpp"
#include "exchange/exports/column.hpp"
#include "exchange/exports/statements.hpp"
#include "exchange/path.hpp"
#include "pg/blocking.hpp"

namespace pim::exchange::exports {

struct Attribute {
  std::int32_t id;
  std::string name, type;
  std::optional<std::string> default_value;
};

// What products refer to.
struct Model {
  struct Category {
    Path path;
    std::string text;  // the path as one: "Shoes > Boots"
    std::optional<std::string> description;
  };
  struct Family {
    std::string name, attributes;  // "colour*|size": those with a star are required
    std::unordered_set<std::int32_t> members;
  };
  struct Group {
    std::string name;
    std::optional<std::string> description;
  };
  std::vector<Attribute> attributes;  // by name
  std::unordered_map<std::int32_t, std::size_t> attribute_places;
  std::unordered_map<std::int32_t, Category> categories;
  std::unordered_map<std::int32_t, Family> families;
  std::unordered_map<std::int32_t, Group> groups;

  const Attribute* attribute(std::int32_t id) const;
};

// Which products: called within the snapshot.
using Select = std::function<Result<std::vector<std::int32_t>>(pg::Blocking&)>;

// Blocks: for a thread of a pool, or the command line.
class Source {
 public:
  // A connection of its own to `url`, that sees the database as it is now until the end.
  static Result<Source> open(const std::string& url, std::int32_t tenant, const Select& select);

  const Model& model() const noexcept { return model_; }
  std::size_t count() const noexcept { return ids_.size(); }

  // Gives the cells of each of the next products to `row`; false where there were no more.
  Result<bool> next(const std::vector<Column>& columns,
                    const std::function<Result<void>(const std::vector<Cell>&)>& row);

 private:
  Source(pg::Blocking connection, std::int32_t tenant) : connection_(std::move(connection)), tenant_(tenant) {}
  Result<void> read_model();
  // A product with what it refers to; nullptr for what is not there.
  struct Product;
  Result<void> ask_for_next(const std::vector<Column>& columns);
  Cell cell(const Column& column, const Product& product);
  static Cell reference_cell(Field field, const Product& product);
  Cell family_attributes(const Product& product);
  Cell custom_attributes(const Product& product);
  std::vector<const Attribute*> attributes_of(const ProductRow& product) const;
  // Of a text that is made for a cell: it stays until the next row.
  std::string_view keep(std::string text) { return made_.emplace_back(std::move(text)); }
  // "a, b", as the replaced service joins the names and SKUs of variants.
  template <class List, class Text>
  Cell joined(const List& items, Text text);

  pg::Blocking connection_;
  std::int32_t tenant_;
  Model model_;
  std::vector<std::int32_t> ids_;
  std::size_t asked_ = 0;  // of them are on their way or were given
  bool is_asked_ = false;  // some are on their way
  std::deque<std::string> made_;
  std::unordered_set<std::int32_t> families_told_;
};

}  // namespace pim::exchange::exports
