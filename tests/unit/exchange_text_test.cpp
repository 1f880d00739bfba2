// Texts that go out and come in again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "exchange/path.hpp"
#include "exchange/protect.hpp"
#include "exchange/shop.hpp"
#include "http/attachment.hpp"

namespace pim {
namespace {

using exchange::plain_number;
using exchange::protected_cell;
using exchange::unprotected_cell;
using ::testing::ElementsAre;

RC_GTEST_PROP(ProtectedCells, come_back_as_they_were, ()) {
  const auto cell = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("=+-@'\t\r\n1a. ")));
  const std::string safe = protected_cell(cell);
  RC_ASSERT(unprotected_cell(safe) == cell);
  const bool is_open = !safe.empty() && std::string_view("=@\t\r").contains(safe.front());
  RC_ASSERT(!is_open);
}

TEST(ProtectedCells, leave_numbers_alone) {
  EXPECT_EQ(protected_cell("-5"), "-5");
  EXPECT_EQ(protected_cell("+1.5"), "+1.5");
  EXPECT_EQ(protected_cell("-5+1"), "'-5+1");
  EXPECT_EQ(protected_cell("'plain"), "'plain");
  EXPECT_EQ(unprotected_cell("'plain"), "'plain");
}

RC_GTEST_PROP(Paths, come_back_as_they_were, ()) {
  const auto level = rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::elementOf(std::string("/|\\ab"))));
  const auto paths = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<exchange::Path>>(rc::gen::nonEmpty(rc::gen::container<exchange::Path>(level))));
  RC_ASSERT(exchange::read_paths(exchange::paths_text(paths)) == paths);
}

TEST(ShopNumbers, have_a_point_whatever_the_country) {
  for (const auto& [given, plain] : std::vector<std::pair<const char*, const char*>>{{"12", "12"},
                                                                                     {"12.50", "12.50"},
                                                                                     {"12,50", "12.50"},
                                                                                     {"1.234,56", "1234.56"},
                                                                                     {"1,234.56", "1234.56"},
                                                                                     {"1,234", "1234"},
                                                                                     {"0,999", "0.999"},
                                                                                     {"1.234.567", "1234567"},
                                                                                     {"1\xC2\xA0"
                                                                                      "234,5",
                                                                                      "1234.5"},
                                                                                     {"1'234.50", "1234.50"},
                                                                                     {"-3,5", "-3.5"},
                                                                                     {"on request", "on request"},
                                                                                     {"12 kg", "12 kg"},
                                                                                     {"", ""},
                                                                                     {",", ","},
                                                                                     {"1.5e3", "1.5e3"}}) {
    EXPECT_EQ(plain_number(given, false), plain) << given;
  }
  EXPECT_EQ(plain_number("1,234", true), "1.234") << "of a file whose commas are decimal";
}

TEST(ShopSkus, fit_and_are_the_same_again) {
  EXPECT_EQ(exchange::sku_of("shirt", "x"), "shirt");
  EXPECT_EQ(exchange::sku_of("a", "shopify"), "shopify-a");
  const std::string longer = exchange::sku_of(std::string(60, 'a'), "x"),
                    other = exchange::sku_of(std::string(61, 'a'), "x");
  EXPECT_EQ(longer.size(), 40u);
  EXPECT_NE(longer, other);
  EXPECT_EQ(longer, exchange::sku_of(std::string(60, 'a'), "x"));
}

TEST(ShopNames, are_cut_where_they_are_too_long) {
  EXPECT_EQ(exchange::joined_name("Tee", "S / Red"), "Tee - S / Red");
  const std::string name = exchange::joined_name(std::string(98, 'n'), "Large");
  EXPECT_TRUE(name.ends_with("n… - Large")) << name;
  EXPECT_EQ(name.size(), 100u + 2);  // the ellipsis has three bytes
}

TEST(Attachments, are_named_as_rfc_6266_has_it) {
  EXPECT_EQ(http::attachment("list.csv"), "attachment; filename=\"list.csv\"");
  EXPECT_EQ(http::attachment("gr\xC3\xB6\xC3\x9F"
                             "e.csv"),
            "attachment; filename=\"gr__e.csv\"; filename*=UTF-8''gr%C3%B6%C3%9Fe.csv");
  EXPECT_EQ(http::attachment("a\"b\r\nX: y"), "attachment; filename=\"a-bX- y\"");
  EXPECT_EQ(http::attachment("../.."), "attachment; filename=\"-\"");
  EXPECT_EQ(http::attachment(" .. "), "attachment; filename=\"download\"");
  EXPECT_EQ(http::attachment("50%.csv"), "attachment; filename=\"50_.csv\"; filename*=UTF-8''50%25.csv");
  EXPECT_LT(http::attachment(std::string(1000, 'x') + ".csv").size(), 250u);
}

}  // namespace
}  // namespace pim
