// What an act of deleting leaves behind, whatever it deleted.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

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

// One of many things: what became of them.
struct DeletedMany {
  std::int64_t chosen = 0;                  // where it is more than might be, nothing was deleted
  std::optional<std::int64_t> deletion_id;  // none where nothing was there to delete
  std::optional<pg::Timestamp> deleted_at;
  std::int32_t item_count = 0;
  bool is_running = false;  // there are so many that they go in the background
  std::vector<std::int32_t> ids{};
};
BOOST_DESCRIBE_STRUCT(DeletedMany, (), (chosen, deletion_id, deleted_at, item_count, is_running, ids))

// What every delete answers: {"message","deletionId","deletedAt","itemCount","undo"}. `undo` is the request that takes
// it back ("POST /products/7/restore").
http::Response answer_to_delete(std::string_view message, const Deleted& deleted, std::string_view undo);

// {"message":"…", and what `facts` adds}
http::Response answer_with(std::string_view message, std::string_view facts);

}  // namespace pim::trash
