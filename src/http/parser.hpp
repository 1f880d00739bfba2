// Reads requests from bytes: Beast's parser on our own buffers. No I/O here.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.hpp"

namespace pim::http {

class Parser final : public boost::beast::http::basic_parser<true> {
 public:
  explicit Parser(std::size_t header_bytes_max);

  // Takes what it can of `bytes` and says how much. Once the head is there it stops behind it; after that it
  // adds what it finds of the body to `body`. `error` is need_more where the bytes end too early.
  std::size_t feed(std::string_view bytes, boost::beast::error_code& error);

  bool has_head() const noexcept { return is_header_done(); }
  bool has_all() const noexcept { return is_done(); }
  // Fills in what the head says. Views point into this parser. A request that can't be served is a Problem.
  Result<void> describe(Request& request) const;
  bool is_http_1_1() const { return version_ >= 11; }

  std::string body;                  // what came of it since it was cleared last
  std::uint64_t body_bytes = 0;      // of it in all
  std::uint64_t content_length = 0;  // 0 where it is not known

 private:
  using Verb = boost::beast::http::verb;
  using Text = boost::beast::string_view;
  using Error = boost::beast::error_code;

  void on_request_impl(Verb verb, Text method, Text target, int version, Error& error) override;
  void on_response_impl(int, Text, int, Error&) override {}
  void on_field_impl(boost::beast::http::field, Text name, Text value, Error& error) override;
  void on_header_impl(Error&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, Error&) override;
  std::size_t on_body_impl(Text bytes, Error&) override { return take(bytes); }
  void on_chunk_header_impl(std::uint64_t, Text, Error&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text bytes, Error&) override { return take(bytes); }
  void on_finish_impl(Error&) override {}
  std::size_t take(Text bytes);
  Result<void> check_framing(const Request& request) const;

  struct Field {
    std::size_t name, name_size, value, value_size;
  };
  std::size_t head_bytes_max_;
  std::string text_;  // target, names in lower case and values, one behind the other
  std::size_t target_size_ = 0;
  std::vector<Field> fields_;
  Verb verb_ = Verb::unknown;
  int version_ = 11;
};

}  // namespace pim::http
