#include "http/multipart.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

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

struct PartsRead {
  std::vector<Part> parts;
  bool is_complete = false;
  std::string problem;

  friend bool operator==(const PartsRead&, const PartsRead&) = default;
};

PartsRead read(const std::vector<std::string_view>& pieces,
               std::string_view type = "multipart/form-data; boundary=XX") {
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
  const PartsRead outcome = read({form});
  EXPECT_EQ(outcome.problem, "");
  EXPECT_TRUE(outcome.is_complete);
  EXPECT_EQ(
      outcome.parts,
      (std::vector<Part>{{"mapping", "", "{}"}, {"file", "a \"b\".csv", "\r\n--X\r\n--XY\r\n-\r"}, {"empty", "", ""}}));
}

TEST(Multipart, reads_the_same_wherever_the_pieces_are_cut) {
  const PartsRead whole = read({form});
  for (std::size_t cut = 0; cut <= form.size(); ++cut) {
    ASSERT_EQ(read({form.substr(0, cut), form.substr(cut)}), whole) << cut;
  }
  std::vector<std::string_view> bytes;
  for (std::size_t at = 0; at < form.size(); ++at) bytes.push_back(form.substr(at, 1));
  EXPECT_EQ(read(bytes), whole);
}

// Data of nothing but what boundaries are made of, in pieces of any size.
RC_GTEST_PROP(Multipart, gives_the_data_that_was_sent, ()) {
  const auto data =
      *rc::gen::suchThat(rc::gen::container<std::string>(rc::gen::element('\r', '\n', '-', '-', 'X', '\0')),
                         [](const std::string& bytes) { return !("\r\n" + bytes + "\r\n").contains("\r\n--XX"); });
  const std::string body = "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n" + data +
                           "\r\n--XX\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--XX--\r\n";
  const PartsRead expected{{{"file", "a", data}, {"x", "", "1"}}, true, ""};
  const auto size = *rc::gen::inRange<std::size_t>(1, 20);
  std::vector<std::string_view> pieces;
  for (std::string_view rest = body; !rest.empty(); rest.remove_prefix(std::min(size, rest.size()))) {
    pieces.push_back(rest.substr(0, size));
  }
  RC_ASSERT(read(pieces) == expected);
}

RC_GTEST_PROP(Multipart, survives_any_bytes, ()) {
  const auto bytes = *rc::gen::container<std::string>(rc::gen::element('\r', '\n', '-', 'X', ':', ';', '"', '=', 'a'));
  const std::string body = "--XX" + bytes + "\r\n--XX--";
  RC_ASSERT(read({body}).parts.size() <= bytes.size());
}

// What ends a quoted name is its quote, and nothing within it.
TEST(Multipart, takes_names_as_they_are_quoted) {
  const auto named = [](std::string_view name) {
    const std::string body =
        "--XX\r\nContent-Disposition: form-data; filename=f; name=" + std::string(name) + "\r\n\r\n\r\n--XX--";
    const PartsRead outcome = read({body});
    return outcome.parts.empty() ? outcome.problem : outcome.parts[0].name;
  };
  EXPECT_EQ(named(R"("a;name=b")"), "a;name=b");
  EXPECT_EQ(named(R"("a=b")"), "a=b");
  EXPECT_EQ(named(R"("a\\")"), "a\\") << "an escaped backslash does not escape the quote";
  EXPECT_EQ(named(R"("a\"; filename=\"b")"), "a\"; filename=\"b");
  EXPECT_EQ(named(R"("C:\path\file")"), "C:\\path\\file") << "older browsers do not escape";
  EXPECT_EQ(named(R"("ä €")"), "ä €");
  EXPECT_EQ(named(R"("")"), "");
  EXPECT_EQ(named(R"("open)"), "open");
  EXPECT_EQ(named(" spaced\t"), "spaced");
  EXPECT_EQ(named("first; name=second"), "first");
}

// A file's name must not be able to pass for the field's name.
TEST(Multipart, is_not_misled_by_the_name_of_a_file) {
  const PartsRead outcome =
      read({"--XX\r\nContent-Disposition: form-data; filename=\"; name=evil; x=\"; name=good\r\n\r\n\r\n--XX--"});
  ASSERT_EQ(outcome.parts.size(), 1U) << outcome.problem;
  EXPECT_EQ(outcome.parts[0].name, "good");
  EXPECT_EQ(outcome.parts[0].file_name, "; name=evil; x=");
}

TEST(Multipart, may_have_no_parts_and_empty_files) {
  EXPECT_EQ(read({"--XX--"}), (PartsRead{{}, true, ""}));
  EXPECT_EQ(read({"before\r\n--XX--after\r\n--XX\r\n"}), (PartsRead{{}, true, ""})) << "nothing behind the end counts";
  EXPECT_EQ(read({"--XX\r\nContent-Disposition: form-data; name=f; filename=\"\"\r\n\r\n\r\n--XX--"}),
            (PartsRead{{{"f", "", ""}}, true, ""}));
  EXPECT_EQ(read({""}), (PartsRead{{}, false, ""}));
  EXPECT_EQ(read({"\n--XX--"}), (PartsRead{{}, false, ""})) << "a boundary begins behind CRLF";
  EXPECT_EQ(read({"x--XX--"}), (PartsRead{{}, false, ""}));
}

TEST(Multipart, finds_its_end_where_a_part_is_cut) {
  const std::string head = "--XX\r\nContent-Disposition: form-data; name=f\r\n\r\n";
  for (const char* data : {"data", "data\r\n", "data\r\n--", "data\r\n--X", "data\r\n--XX", "data\r\n--XX-",
                           "data\r\n--XX\r", "data\r\n--XX\r\nContent-Disposition: form-data; name=g\r\n\r"}) {
    const PartsRead outcome = read({head, data});
    EXPECT_FALSE(outcome.is_complete) << data;
    EXPECT_EQ(outcome.problem, "") << data;
    ASSERT_EQ(outcome.parts.size(), 1U) << data;
    EXPECT_TRUE(std::string_view("data\r\n--XX").starts_with(outcome.parts[0].data)) << data;
  }
}

// Two readers that part one body in two ways are how files are smuggled past a filter.
TEST(Multipart, refuses_a_line_that_only_begins_like_a_boundary) {
  const std::string head = "--XX\r\nContent-Disposition: form-data; name=f\r\n\r\n";
  for (const char* line : {"\r\n--XXY\r\n", "\r\n--XX-\r\n", "\r\n--XX -- \r\n", "\r\n--XX:\r\n"}) {
    EXPECT_NE(read({head, "data", line}).problem, "") << line;
  }
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
  const std::string longest(70, 'x');
  EXPECT_TRUE(read({"--" + longest + "--"}, "multipart/form-data; boundary=" + longest).is_complete);
  for (const char* type : {"", "multipart/mixed; boundary=XX", "text/plain; x=multipart/form-data; boundary=XX",
                           "application/x-www-form-urlencoded"}) {
    const auto reader = MultipartReader::of(type);
    ASSERT_FALSE(reader) << type;
    EXPECT_EQ(reader.error().status, 415) << type;
  }
  for (const char* type : {"multipart/form-data;boundary", "multipart/form-data; xboundary=XX",
                           "multipart/form-data; x=\"; boundary=XX\"", "multipart/form-data; boundary=\"\""}) {
    const auto reader = MultipartReader::of(type);
    ASSERT_FALSE(reader) << type;
    EXPECT_EQ(reader.error().status, 400) << type;
  }
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
  const PartsRead outcome = read({body});
  ASSERT_EQ(outcome.parts.size(), 1U);
  EXPECT_EQ(outcome.parts[0].data, large);
}

TEST(Multipart, has_the_same_limits_in_one_piece_and_in_many) {
  for (const std::string& text :
       {"--XX\r\nX: " + std::string(20'000, 'a') + "\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--XX--",
        "--XX" + std::string(20'000, ' ') + "\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--XX--"}) {
    EXPECT_NE(read({text}).problem, "");
  }
}

TEST(Multipart, knows_its_own_name_from_longer_ones) {
  EXPECT_EQ(read({}, "multipart/form-database; boundary=XX").problem, "not_multipart");
  EXPECT_NE(read({"--XX\r\nContent-Disposition: form-datas; name=x\r\n\r\n1\r\n--XX--"}).problem, "");
  EXPECT_EQ(read({"--XX\r\nContent-Disposition: form-data; flag; name=x\r\n\r\n1\r\n--XX--"}).problem, "");
}

}  // namespace
}  // namespace pim::http
