#include "http/multipart.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace pim::http {
namespace {

struct Part {
  std::string name, file_name, data;

  friend bool operator==(const Part&, const Part&) = default;
};

class Parts final : public MultipartReader::Sink {
 public:
  Result<void> begin(std::string_view name, std::string_view file_name) override {
    if (name == "refused") return bad_request("refused");
    parts.push_back({std::string(name), std::string(file_name), ""});
    return {};
  }
  Result<void> data(std::string_view bytes) override {
    parts.back().data += bytes;
    return {};
  }

  std::vector<Part> parts;
};

struct Outcome {
  std::vector<Part> parts;
  bool is_complete = false;
  std::string problem;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome read(const std::vector<std::string_view>& pieces, std::string_view type = "multipart/form-data; boundary=XX") {
  auto reader = MultipartReader::of(type);
  if (!reader) return {.problem = reader.error().code};
  Parts sink;
  for (const std::string_view piece : pieces) {
    if (auto fed = reader->feed(piece, sink); !fed) return {sink.parts, false, fed.error().message};
  }
  return {sink.parts, reader->is_complete(), ""};
}

constexpr std::string_view form =
    "what comes before\r\n--XX\r\nContent-Disposition: form-data; name=\"mapping\"\r\n\r\n{}\r\n"
    "--XX \t\r\ncontent-type: text/csv\r\nCONTENT-DISPOSITION: Form-Data; filename=\"a \\\"b\\\".csv\" ; "
    "name=file\r\n\r\n"
    "\r\n--X\r\n--XY\r\n-\r\r\n--XX\r\nContent-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n--XX--\r\nwhat "
    "follows";

TEST(Multipart, gives_the_parts_with_their_names) {
  const Outcome outcome = read({form});
  EXPECT_EQ(outcome.problem, "");
  EXPECT_TRUE(outcome.is_complete);
  EXPECT_EQ(
      outcome.parts,
      (std::vector<Part>{{"mapping", "", "{}"}, {"file", "a \"b\".csv", "\r\n--X\r\n--XY\r\n-\r"}, {"empty", "", ""}}));
}

TEST(Multipart, reads_the_same_wherever_the_pieces_are_cut) {
  const Outcome whole = read({form});
  for (std::size_t cut = 0; cut <= form.size(); ++cut) {
    ASSERT_EQ(read({form.substr(0, cut), form.substr(cut)}), whole) << cut;
  }
  std::vector<std::string_view> bytes;
  for (std::size_t at = 0; at < form.size(); ++at) bytes.push_back(form.substr(at, 1));
  EXPECT_EQ(read(bytes), whole);
}

TEST(Multipart, is_not_complete_before_its_last_boundary) {
  const std::size_t end = form.find("XX--") + 4;
  for (std::size_t size = 0; size < end; ++size) EXPECT_FALSE(read({form.substr(0, size)}).is_complete) << size;
  EXPECT_TRUE(read({form.substr(0, end)}).is_complete);
}

TEST(Multipart, needs_a_boundary) {
  EXPECT_EQ(read({}, "application/json").problem, "not_multipart");
  EXPECT_EQ(read({}, "multipart/form-data").problem, "malformed_multipart");
  EXPECT_EQ(read({}, "multipart/form-data; boundary=").problem, "malformed_multipart");
  EXPECT_EQ(read({}, "multipart/form-data; boundary=" + std::string(71, 'x')).problem, "malformed_multipart");
  EXPECT_TRUE(read({"--a b\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--a b--"},
                   "Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"")
                  .is_complete);
}

TEST(Multipart, refuses_what_it_cant_read) {
  const auto problem = [](const std::string& part) { return read({"--XX" + part + "\r\n\r\ndata\r\n--XX--"}).problem; };
  EXPECT_NE(problem("junk\r\nContent-Disposition: form-data; name=x"), "");
  EXPECT_NE(problem("\r\nContent-Type: text/plain"), "") << "a part without a name";
  EXPECT_NE(problem("\r\nContent-Disposition: attachment; name=x"), "");
  EXPECT_NE(problem("\r\nContent-Disposition: form-data; filename=x"), "");
  EXPECT_NE(problem("\r\n"), "") << "a part without a head";
  EXPECT_EQ(problem("\r\nContent-Disposition: form-data; name=refused"), "refused") << "what the sink says";
}

TEST(Multipart, holds_no_more_than_a_heads_limit) {
  EXPECT_NE(read({"--XX\r\n" + std::string(10'000, 'a')}).problem, "");
  EXPECT_NE(read({"--XX" + std::string(10'000, ' ')}).problem, "");
  const std::string large(1'000'000, '-');
  const std::string body = "--XX\r\nContent-Disposition: form-data; name=x\r\n\r\n" + large + "\r\n--XX--";
  const Outcome outcome = read({body});
  ASSERT_EQ(outcome.parts.size(), 1U);
  EXPECT_EQ(outcome.parts[0].data, large);
}

}  // namespace
}  // namespace pim::http
