#include "trash/deletion.hpp"

#include "json/writer.hpp"

namespace pim::trash {

http::Response answer_to_delete(std::string_view message, const Deleted& deleted, std::string_view undo) {
  http::Response response;
  json::Object(response.body)
      .add("message", message)
      .add("deletionId", deleted.deletion_id)
      .add("deletedAt", deleted.deleted_at)
      .add("itemCount", deleted.item_count)
      .add("undo", undo);
  return response;
}

http::Response answer_with(std::string_view message, std::string_view facts) {
  http::Response response;
  json::Object(response.body).add("message", message).add_members(facts);
  return response;
}

}  // namespace pim::trash
