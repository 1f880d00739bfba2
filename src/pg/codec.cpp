#include "pg/codec.hpp"

#include <algorithm>

namespace pim::pg {

void Parameters::add(std::string_view value) {
  entries_.push_back({bytes_.size(), static_cast<std::int32_t>(value.size())});
  bytes_.append(value);
}

// PostgreSQL's array head: dimensions, has it NULLs, element type, then size and first index.
void Parameters::append_array_head(std::size_t count, std::uint32_t element, bool nulls) {
  append_big<std::int32_t>(1);
  append_big<std::int32_t>(nulls ? 1 : 0);
  append_big<std::uint32_t>(element);
  append_big<std::int32_t>(static_cast<std::int32_t>(count));
  append_big<std::int32_t>(1);
}

void Parameters::add(std::span<const std::int32_t> values) {
  const std::size_t offset = bytes_.size();
  append_array_head(values.size(), oid::int4, false);
  for (const std::int32_t value : values) {
    append_big<std::int32_t>(4);
    append_big(value);
  }
  entries_.push_back({offset, static_cast<std::int32_t>(bytes_.size() - offset)});
}

void Parameters::add(const std::vector<std::string_view>& values) {
  add(std::vector<std::optional<std::string_view>>(values.begin(), values.end()));
}

void Parameters::add(const std::vector<std::optional<std::string_view>>& values) {
  const std::size_t offset = bytes_.size();
  append_array_head(values.size(), oid::text, true);
  for (const auto& value : values) {
    append_big<std::int32_t>(value ? static_cast<std::int32_t>(value->size()) : -1);
    if (value) bytes_.append(*value);
  }
  entries_.push_back({offset, static_cast<std::int32_t>(bytes_.size() - offset)});
}

std::int32_t Parameters::key() const {
  constexpr std::size_t head_bytes = 20, size_bytes = 4;
  return load_big<std::int32_t>({bytes_.data() + entries_.back().offset + head_bytes + size_bytes, 4});
}

bool Parameters::differs_only_by_key(const Parameters& other) const {
  const auto rest = [](const Parameters& each) {
    return std::pair(std::string_view(each.bytes_).substr(0, each.entries_.back().offset),
                     std::span(each.entries_).first(each.entries_.size() - 1));
  };
  return rest(*this).first == rest(other).first && std::ranges::equal(rest(*this).second, rest(other).second);
}

std::size_t Parameters::hash(bool without_key) const noexcept {
  return std::hash<std::string_view>{}(
      std::string_view(bytes_).substr(0, without_key ? entries_.back().offset : bytes_.size()));
}

Parameters Parameters::with_keys(std::span<const std::int32_t> keys) const {
  Parameters with = *this;
  with.bytes_.resize(with.entries_.back().offset);
  with.entries_.pop_back();
  with.add(keys);
  return with;
}

Parameters::View Parameters::view() const {
  View view;
  view.values.reserve(entries_.size());
  view.lengths.reserve(entries_.size());
  for (const Entry& entry : entries_) {
    view.values.push_back(entry.size < 0 ? nullptr : bytes_.data() + entry.offset);
    view.lengths.push_back(entry.size < 0 ? 0 : entry.size);
  }
  view.formats.assign(entries_.size(), 1);
  return view;
}

}  // namespace pim::pg
