#include "http/router.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace pim::http {
namespace {

Task<Result<Response>> nothing(Request&, const Caller&) { co_return Response{}; }

Router router_of(std::initializer_list<std::pair<Method, const char*>> routes) {
  Router router;
  for (const auto& [method, pattern] : routes) router.add(method, pattern, anyone, nothing);
  return router;
}

std::string pattern_of(const Router& router, Method method, std::string_view path) {
  const auto found = router.find(method, path);
  return found ? found->route->pattern : std::to_string(found.error().status);
}

TEST(Router, prefers_literal_segments_whatever_the_order_of_the_routes) {
  const Router router = router_of({{Method::get, "/products/:id"},
                                   {Method::get, "/products/deleted"},
                                   {Method::get, "/products/:id/variants"},
                                   {Method::get, "/products/sku/:sku"}});
  EXPECT_EQ(pattern_of(router, Method::get, "/products/deleted"), "/products/deleted");
  EXPECT_EQ(pattern_of(router, Method::get, "/products/7"), "/products/:id");
  EXPECT_EQ(pattern_of(router, Method::get, "/products/sku/variants"), "/products/sku/:sku");
  EXPECT_EQ(pattern_of(router, Method::get, "/products/7/variants"), "/products/:id/variants");
  EXPECT_EQ(pattern_of(router, Method::get, "/products/deleted/variants"), "/products/:id/variants");
}

TEST(Router, falls_back_to_the_parameter_where_the_literal_does_not_know_the_method) {
  const Router router = router_of({{Method::get, "/products/deleted"}, {Method::del, "/products/:id"}});
  EXPECT_EQ(pattern_of(router, Method::del, "/products/deleted"), "/products/:id");
}

TEST(Router, tells_what_is_not_there_from_what_has_other_methods) {
  const Router router = router_of({{Method::get, "/products/:id"}, {Method::del, "/products/:id"}});
  EXPECT_EQ(pattern_of(router, Method::get, "/nowhere"), "404");
  EXPECT_EQ(pattern_of(router, Method::get, "/products"), "404");
  EXPECT_EQ(pattern_of(router, Method::get, "/products/7/8"), "404");
  const auto wrong = router.find(Method::post, "/products/7");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().status, 405);
  EXPECT_EQ(wrong.error().allow, "GET, HEAD, DELETE");
}

TEST(Router, answers_head_with_get) {
  const Router router = router_of({{Method::get, "/health"}, {Method::post, "/auth/login"}});
  EXPECT_EQ(pattern_of(router, Method::head, "/health"), "/health");
  EXPECT_EQ(pattern_of(router, Method::head, "/auth/login"), "405");
}

TEST(Router, decodes_parameters_after_it_has_split_the_path) {
  const Router router = router_of({{Method::get, "/products/sku/:sku"}});
  const auto found = router.find(Method::get, "/products/sku/A%2FB%20%C3%A4");
  ASSERT_TRUE(found);
  ASSERT_EQ(found->params.size(), 1U);
  EXPECT_EQ(found->params[0].first, "sku");
  EXPECT_EQ(found->params[0].second, "A/B \xC3\xA4");
  EXPECT_EQ(pattern_of(router, Method::get, "/products/sku/%zz"), "400");
}

TEST(Router, does_not_count_a_slash_at_the_end) {
  const Router router = router_of({{Method::get, "/"}, {Method::get, "/products"}});
  EXPECT_EQ(pattern_of(router, Method::get, "/products/"), "/products");
  EXPECT_EQ(pattern_of(router, Method::get, "/"), "/");
}

TEST(Router, takes_no_route_twice) {
  Router router = router_of({{Method::get, "/products/:id"}});
  EXPECT_THROW(router.add(Method::get, "/products/:number", anyone, nothing), std::logic_error);
  EXPECT_NO_THROW(router.add(Method::patch, "/products/:id", anyone, nothing));
}

}  // namespace
}  // namespace pim::http
