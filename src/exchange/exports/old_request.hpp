// The body of the replaced service's export: products by id, columns by name.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "exchange/exports/source.hpp"
#include "exchange/exports/writer.hpp"

namespace pim::exchange::exports {

struct OldRequest {
  struct Custom {
    std::int32_t attribute;
    std::string name, column;
  };
  std::vector<std::int32_t> ids;     // ascending, each once
  std::vector<std::string> columns;  // of the replaced service's list
  std::vector<Custom> custom;
  std::string format = "json";
  std::string file_name;  // without folders, perhaps without an extension

  Form form() const;
  // As the client is to keep it.
  std::string full_name() const;
  // 400 where an attribute is not the tenant's.
  Result<std::vector<Column>> columns_for(const Model& model) const;
};

// 400 with everything that is wrong.
Result<OldRequest> read_old_request(const boost::json::value& body);

}  // namespace pim::exchange::exports
