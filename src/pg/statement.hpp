// A statement: its SQL, from a .sql file, with the types of its parameters and of its rows.
//
//   inline const pg::Statement<Product(TenantId, ProductId)> find_product{"find_product", sql::find_product};
//
// All statements of the program are known at start-up (they register themselves) and are checked against the
// live schema before the first request: see pg/check.hpp.
#pragma once

#include <libpq-fe.h>

#include <cctype>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pg/codec.hpp"

namespace pim::pg {

// prepared: planned once a connection, for the hot ones. fresh: planned for each execution with the values at
// hand, for those with optional filters, where one plan can't fit all.
enum class Plan : std::uint8_t { prepared, fresh };

class StatementBase {
 public:
  struct Column {
    std::string name;
    std::uint32_t type;
  };

  StatementBase(std::string_view name, std::string_view sql, Plan plan, std::vector<std::uint32_t> parameters,
                std::vector<Column> columns, bool finds_by_key);
  StatementBase(const StatementBase&) = delete;
  StatementBase& operator=(const StatementBase&) = delete;

  const std::string name;
  const std::string sql;
  const Plan plan;
  const std::vector<std::uint32_t> parameters;
  const std::vector<Column> columns;
  const bool finds_by_key;  // its last parameter is a Key
  const std::size_t index;  // its place in all()

  static const std::vector<const StatementBase*>& all();
};

// The column that a member stands for: product_link → productLink.
std::string column_name(std::string_view member);

template <class Row>
std::vector<StatementBase::Column> columns_of() {
  namespace d = boost::describe;
  std::vector<StatementBase::Column> columns;
  boost::mp11::mp_for_each<d::describe_members<Row, d::mod_public | d::mod_inherited>>([&](auto member) {
    using Member = std::remove_reference_t<decltype(std::declval<Row&>().*member.pointer)>;
    columns.push_back({column_name(member.name), Codec<Member>::type});
  });
  return columns;
}

template <class Signature>
class Statement;

template <class RowType, class... ParameterTypes>
class Statement<RowType(ParameterTypes...)> : public StatementBase {
 public:
  using Row = RowType;
  Statement(std::string_view statement_name, std::string_view statement_sql, Plan how = Plan::prepared)
      : StatementBase(statement_name, statement_sql, how, {parameter_type<ParameterTypes>...}, columns_of<Row>(),
                      (std::same_as<ParameterTypes, Key> || ...)) {}

  static Parameters encode(const ParameterTypes&... values) { return Parameters(values...); }
};

// Those who ask the very same share the answer.
using ResultPointer = std::shared_ptr<PGresult>;
inline ResultPointer own(PGresult* result) { return {result, PQclear}; }

// The rows of one execution, decoded as they are read.
template <class Row>
class Rows {
 public:
  explicit Rows(ResultPointer result) : result_(std::move(result)), size_(PQntuples(result_.get())) {}
  // Of an answer for many keys: the row that begins with this one.
  Rows(ResultPointer result, std::int32_t key) : Rows(std::move(result)) {
    while (first_ < size_ && decode<std::int32_t>(field(0, 0)) != key) ++first_;
    size_ = first_ < size_ ? 1 : 0;
  }

  int size() const noexcept { return size_; }
  bool empty() const noexcept { return size() == 0; }
  // Of memory.
  std::size_t bytes() const noexcept { return PQresultMemorySize(result_.get()); }

  Row operator[](int row) const {
    namespace d = boost::describe;
    Row value{};
    int column = 0;
    boost::mp11::mp_for_each<d::describe_members<Row, d::mod_public | d::mod_inherited>>([&](auto member) {
      using Member = std::remove_reference_t<decltype(value.*member.pointer)>;
      value.*member.pointer = decode<Member>(field(row, column++));
    });
    return value;
  }

 private:
  Field field(int row, int column) const {
    if (PQgetisnull(result_.get(), first_ + row, column) != 0) return {};
    return {PQgetvalue(result_.get(), first_ + row, column), PQgetlength(result_.get(), first_ + row, column)};
  }
  ResultPointer result_;
  int first_ = 0, size_;
};

}  // namespace pim::pg
