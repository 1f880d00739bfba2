// What an act of deleting leaves behind, whatever it deleted.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/response.hpp"
#include "pg/codec.hpp"

namespace pim::trash {

// One act: a row of "Deletion".
struct Deleted {
  std::int64_t deletion_id;
  pg::Timestamp deleted_at;
  std::int32_t item_count;  // rows that it hid
};
BOOST_DESCRIBE_STRUCT(Deleted, (), (deletion_id, deleted_at, item_count))

// What every delete answers: {"message","deletionId","deletedAt","itemCount","undo"}. `undo` is the request that takes
// it back ("POST /products/7/restore").
http::Response answer_to_delete(std::string_view message, const Deleted& deleted, std::string_view undo);

// {"message":"…", and what `facts` adds}
http::Response answer_with(std::string_view message, std::string_view facts);

}  // namespace pim::trash
