// Reads XML as it comes, in pieces of any size, in constant memory.
#pragma once

#include <expat.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/problem.hpp"

namespace pim::exchange {

// What an element says of itself.
class XmlAttributes {
 public:
  explicit XmlAttributes(const char** list) noexcept : list_(list) {}
  // nullopt where it is absent. Prefixes of names don't count.
  std::optional<std::string_view> operator[](std::string_view name) const noexcept;

 private:
  const char** list_;
};

class XmlReader {
 public:
  XmlReader();
  XmlReader(const XmlReader&) = delete;
  XmlReader& operator=(const XmlReader&) = delete;
  virtual ~XmlReader() = default;

  // The next bytes. Entities and documents that declare their type are refused: nothing of an office needs them.
  Result<void> feed(std::string_view piece, bool is_last = false);

 protected:
  virtual void begin(std::string_view name, const XmlAttributes& attributes) = 0;
  virtual void end(std::string_view name) = 0;
  virtual void text(std::string_view) {}
  // Ends the reading: `feed` gives this problem.
  void refuse(Problem problem);

 private:
  struct Free {
    void operator()(XML_Parser parser) const noexcept { XML_ParserFree(parser); }
  };
  std::unique_ptr<XML_ParserStruct, Free> parser_;
  std::optional<Problem> problem_;
};

}  // namespace pim::exchange
