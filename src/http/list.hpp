// The answer of a list that is paged by number.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "http/page.hpp"
#include "http/response.hpp"
#include "json/writer.hpp"

namespace pim::http {

// {"data":[…],"pagination":{…}}; `write(json::Object&, row)` writes one of the rows, which are those of the page.
template <class Rows, class WriteItem>
Response numbered_page(const Page& page, const Rows& rows, std::int64_t total, WriteItem write) {
  Response response;
  json::Object body{response.body};
  {
    json::Array data = body.array("data");
    for (int i = 0; i < rows.size(); ++i) {
      json::Object item = data.object();
      write(item, rows[i]);
    }
  }
  body.add_raw("pagination", pagination_json(page, total, std::nullopt, false));
  body.close();
  return response;
}

// The same of rows that came as one array.
template <class Item, class WriteItem>
Response numbered_page(const Page& page, const std::vector<Item>& items, std::int64_t total, WriteItem write) {
  Response response;
  json::Object body{response.body};
  {
    json::Array data = body.array("data");
    for (const Item& each : items) {
      json::Object item = data.object();
      write(item, each);
    }
  }
  body.add_raw("pagination", pagination_json(page, total, std::nullopt, false));
  body.close();
  return response;
}

}  // namespace pim::http
