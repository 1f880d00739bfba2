#include "exchange/xml.hpp"

#include <fmt/format.h>

#include "exchange/record.hpp"

namespace pim::exchange {
namespace {

std::string_view local(std::string_view name) noexcept {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

}  // namespace

std::optional<std::string_view> XmlAttributes::operator[](std::string_view name) const noexcept {
  for (const char** at = list_; *at != nullptr; at += 2) {
    if (local(at[0]) == name) return at[1];
  }
  return std::nullopt;
}

XmlReader::XmlReader() : parser_(XML_ParserCreate(nullptr)) {
  XML_SetUserData(parser_.get(), this);
  XML_SetElementHandler(
      parser_.get(),
      [](void* self, const char* name, const char** attributes) {
        static_cast<XmlReader*>(self)->begin(local(name), XmlAttributes(attributes));
      },
      [](void* self, const char* name) { static_cast<XmlReader*>(self)->end(local(name)); });
  XML_SetCharacterDataHandler(parser_.get(), [](void* self, const char* text, int size) {
    static_cast<XmlReader*>(self)->text({text, static_cast<std::size_t>(size)});
  });
  XML_SetStartDoctypeDeclHandler(parser_.get(), [](void* self, const char*, const char*, const char*, int) {
    static_cast<XmlReader*>(self)->refuse(
        unusable_file("The workbook declares a document type, which none does.", "Save it again.").error());
  });
}

void XmlReader::refuse(Problem problem) {
  if (!problem_) problem_ = std::move(problem);
  XML_StopParser(parser_.get(), XML_FALSE);
}

Result<void> XmlReader::feed(std::string_view piece, bool is_last) {
  const auto status = XML_Parse(parser_.get(), piece.data(), static_cast<int>(piece.size()), is_last ? 1 : 0);
  if (problem_) return std::unexpected(*problem_);
  if (status != XML_STATUS_ERROR) return {};
  return unusable_file(
      fmt::format("The workbook is damaged: {} (line {}).", XML_ErrorString(XML_GetErrorCode(parser_.get())),
                  XML_GetCurrentLineNumber(parser_.get())),
      "Save it again.");
}

}  // namespace pim::exchange
