// The binary forms of PostgreSQL's types: how a C++ value becomes a parameter, and a column a C++ value.
//
// Rows and nested records are plain structs described to Boost.Describe; their members are in the order of the
// columns. A text column read as std::string_view points into the result and lives as long as it.
#pragma once

#include <boost/describe.hpp>
#include <boost/endian/conversion.hpp>
#include <boost/mp11.hpp>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace pim::pg {

// A `timestamp(3)` of ours: UTC, to the microsecond.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

namespace oid {
inline constexpr std::uint32_t boolean = 16, int8 = 20, int4 = 23, text = 25, float8 = 701, varchar = 1043,
                               timestamp = 1114, record = 2249, record_array = 2287, int4_array = 1007,
                               text_array = 1009;
}

// The column's bytes are not what the C++ type expects: a statement and its types do not fit.
struct DecodeError : std::logic_error {
  using std::logic_error::logic_error;
};

// A value as PostgreSQL sent it. `data` is null for NULL.
struct Field {
  const char* data = nullptr;
  std::int32_t size = -1;
  bool null() const noexcept { return data == nullptr; }
};

// Takes numbers and fields off the front of a binary value; never reads behind its end.
class Cursor {
 public:
  explicit Cursor(Field field) noexcept : at_(field.data), end_(field.data + field.size) {}

  std::int32_t int4() {
    need(4);
    const auto value = boost::endian::endian_load<std::int32_t, 4, boost::endian::order::big>(
        reinterpret_cast<const unsigned char*>(at_));
    at_ += 4;
    return value;
  }
  Field field() {
    const std::int32_t size = int4();
    if (size < 0) return {};
    need(size);
    return {std::exchange(at_, at_ + size), size};
  }
  // Bytes that were not taken yet.
  std::ptrdiff_t left() const noexcept { return end_ - at_; }

 private:
  void need(std::int32_t bytes) const {
    if (left() < bytes) throw DecodeError("a binary value is cut short");
  }
  const char* at_;
  const char* end_;
};

// Decoding: one `decode` for each type that a column or a member of a record may have ----------------------

template <class T>
struct Codec;

template <class T>
T decode(Field field) {
  return Codec<T>::decode(field);
}

template <class Integer>
Integer load_big(Field field) {
  if (field.null()) throw DecodeError("NULL where a value is expected");
  if (field.size != sizeof(Integer)) throw DecodeError("an integer of another size");
  return boost::endian::endian_load<Integer, sizeof(Integer), boost::endian::order::big>(
      reinterpret_cast<const unsigned char*>(field.data));
}

template <>
struct Codec<std::int32_t> {
  static constexpr std::uint32_t type = oid::int4;
  static std::int32_t decode(Field field) { return load_big<std::int32_t>(field); }
};
template <>
struct Codec<std::int64_t> {
  static constexpr std::uint32_t type = oid::int8;
  static std::int64_t decode(Field field) { return load_big<std::int64_t>(field); }
};
template <>
struct Codec<bool> {
  static constexpr std::uint32_t type = oid::boolean;
  static bool decode(Field field) { return load_big<std::int8_t>(field) != 0; }
};
template <>
struct Codec<Timestamp> {
  static constexpr std::uint32_t type = oid::timestamp;
  static constexpr std::chrono::sys_days epoch = std::chrono::sys_days{std::chrono::year{2000} / 1 / 1};
  static Timestamp decode(Field field) { return epoch + std::chrono::microseconds{load_big<std::int64_t>(field)}; }
  static std::int64_t encode(Timestamp time) { return (time - epoch).count(); }
};
template <>
struct Codec<std::string_view> {
  static constexpr std::uint32_t type = oid::text;
  static std::string_view decode(Field field) {
    if (field.null()) throw DecodeError("NULL where a text is expected");
    return {field.data, static_cast<std::size_t>(field.size)};
  }
};
template <class T>
struct Codec<std::optional<T>> {
  static constexpr std::uint32_t type = Codec<T>::type;
  static std::optional<T> decode(Field field) {
    if (field.null()) return std::nullopt;
    return Codec<T>::decode(field);
  }
};

// A record (ROW(…) in SQL): its members, each with its type before it.
template <class T>
  requires boost::describe::has_describe_members<T>::value
struct Codec<T> {
  static constexpr std::uint32_t type = oid::record;
  static T decode(Field field) {
    namespace d = boost::describe;
    using Members = d::describe_members<T, d::mod_public | d::mod_inherited>;
    if (field.null()) throw DecodeError("NULL where a record is expected");
    Cursor cursor{field};
    if (cursor.int4() != static_cast<std::int32_t>(boost::mp11::mp_size<Members>::value)) {
      throw DecodeError("a record of another number of members");
    }
    T value{};
    boost::mp11::mp_for_each<Members>([&](auto member) {
      using Member = std::remove_reference_t<decltype(value.*member.pointer)>;
      cursor.int4();  // the member's type; its size is checked by its codec
      value.*member.pointer = pg::decode<Member>(cursor.field());
    });
    return value;
  }
};

// The last parameter of a statement that finds rows by their keys, an int4[] in its SQL, of which the first column is
// the key and no key has two rows. Each read asks for one; those that wait at the same time ask for all of theirs in
// one execution.
struct Key {
  Key(std::int32_t number) noexcept : value(number) {}  // an id is one
  std::int32_t value;
};
template <>
struct Codec<Key> {
  static constexpr std::uint32_t type = oid::int4_array;
};

// A one-dimensional array. NULL reads as empty: the replaced service's list columns allow it.
template <class T>
struct Codec<std::vector<T>> {
  static constexpr std::uint32_t type = Codec<T>::type == oid::record ? oid::record_array
                                        : Codec<T>::type == oid::int4 ? oid::int4_array
                                                                      : oid::text_array;
  static std::vector<T> decode(Field field) {
    std::vector<T> values;
    if (field.null()) return values;
    Cursor cursor{field};
    const std::int32_t dimensions = cursor.int4();
    cursor.int4();  // has it NULLs
    cursor.int4();  // the elements' type
    if (dimensions == 0) return values;
    if (dimensions != 1) throw DecodeError("an array of more than one dimension");
    const std::int32_t count = cursor.int4();
    cursor.int4();                                                                           // the first index
    if (count < 0 || count > cursor.left() / 4) throw DecodeError("an array is cut short");  // 4: an element's size
    values.reserve(static_cast<std::size_t>(count));
    for (std::int32_t i = 0; i < count; ++i) values.push_back(Codec<T>::decode(cursor.field()));
    return values;
  }
};

// Encoding: the parameters of one execution, in the form that libpq wants -----------------------------------

class Parameters {
 public:
  template <class... Values>
  explicit Parameters(const Values&... values) {
    entries_.reserve(sizeof...(Values));
    (add(values), ...);
  }

  // Pointers into this object, for one call of libpq.
  struct View {
    std::vector<const char*> values;
    std::vector<int> lengths, formats;
  };
  View view() const;
  int count() const noexcept { return static_cast<int>(entries_.size()); }
  bool operator==(const Parameters&) const = default;

  // Of a statement that finds by keys: the key, is the rest the same, and the same with these keys.
  std::int32_t key() const;
  bool differs_only_by_key(const Parameters& other) const;
  std::size_t hash(bool without_key) const noexcept;
  Parameters with_keys(std::span<const std::int32_t> keys) const;

 private:
  struct Entry {
    std::size_t offset;
    std::int32_t size;  // -1: NULL
    bool operator==(const Entry&) const = default;
  };
  void add(std::int32_t value) { add_big(value); }
  void add(std::int64_t value) { add_big(value); }
  void add(bool value) { add_big(static_cast<std::int8_t>(value)); }
  void add(Timestamp value) { add_big(Codec<Timestamp>::encode(value)); }
  void add(std::string_view value);
  void add(Key key) { add(std::span<const std::int32_t>{&key.value, 1}); }
  void add(const std::vector<std::int32_t>& values) { add(std::span<const std::int32_t>{values}); }
  void add(std::span<const std::int32_t> values);
  void add(const std::vector<std::string_view>& values);
  void add(const std::vector<std::optional<std::string_view>>& values);
  template <class T>
  void add(const std::optional<T>& value) {
    if (value) {
      add(*value);
    } else {
      entries_.push_back({bytes_.size(), -1});
    }
  }
  template <class Integer>
  void append_big(Integer value) {
    boost::endian::native_to_big_inplace(value);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  template <class Integer>
  void add_big(Integer value) {
    entries_.push_back({bytes_.size(), static_cast<std::int32_t>(sizeof value)});
    append_big(value);
  }
  void append_array_head(std::size_t count, std::uint32_t element, bool nulls);

  std::string bytes_;
  std::vector<Entry> entries_;
};

// The type that PostgreSQL must infer for a parameter of this C++ type.
template <class T>
inline constexpr std::uint32_t parameter_type = Codec<T>::type;

}  // namespace pim::pg
