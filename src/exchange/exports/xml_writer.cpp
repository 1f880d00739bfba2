#include "exchange/exports/writer.hpp"

namespace pim::exchange::exports {
namespace {

// Characters that XML 1.0 can't hold, however they are written, become U+FFFD.
void append_escaped(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\r') {
      out += "&#13;";  // a plain one would be read as a line feed
    } else if (byte < 0x20 && c != '\t' && c != '\n') {
      out += "\xEF\xBF\xBD";
    } else if (text.substr(i).starts_with("\xEF\xBF\xBE") || text.substr(i).starts_with("\xEF\xBF\xBF")) {
      out += "\xEF\xBF\xBD";  // U+FFFE and U+FFFF
      i += 2;
    } else {
      out += c;
    }
  }
}

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// The name of an element: what can't be in one becomes an underscore.
std::string element_name(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.') {
      text += c;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {  // once for a character
      text += '_';
    }
  }
  const bool is_reserved =
      text.size() >= 3 && (text[0] | 0x20) == 'x' && (text[1] | 0x20) == 'm' && (text[2] | 0x20) == 'l';
  if (text.empty() || !is_letter(text.front()) || is_reserved) text.insert(0, "_");
  return text;
}

class XmlWriter final : public Writer {
 public:
  Result<void> begin(const std::vector<Column>& columns, std::string& out) override {
    for (const Column& column : columns) {
      Element element{.name = element_name(column.name)};
      element.start = "    <" + element.name;
      if (element.name != column.name) {
        element.start += " name=\"";
        append_escaped(element.start, column.name);
        element.start += '"';
      }
      element.start += '>';
      elements_.push_back(std::move(element));
    }
    out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<products>\n";
    return {};
  }

  Result<void> row(const std::vector<Cell>& cells, std::string& out) override {
    out += "  <product id=\"" + std::to_string(++count_) + "\">\n";
    for (std::size_t i = 0; i < elements_.size(); ++i) {
      out += elements_[i].start;
      append_escaped(out, text_of(cells[i]));
      out += "</" + elements_[i].name + ">\n";
    }
    out += "  </product>\n";
    return {};
  }

  Result<void> end(std::string& out) override {
    out += "</products>\n";
    return {};
  }

 private:
  struct Element {
    std::string name, start{};
  };
  std::vector<Element> elements_;
  std::int64_t count_ = 0;
};

}  // namespace

std::unique_ptr<Writer> make_xml_writer() { return std::make_unique<XmlWriter>(); }

}  // namespace pim::exchange::exports
