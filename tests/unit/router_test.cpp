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

TEST(Router, names_the_methods_of_every_route_that_a_path_fits) {
  const Router router = router_of({{Method::patch, "/products/:id"},
                                   {Method::post, "/products/deleted"},
                                   {Method::get, "/products/:number"},
                                   {Method::get, "/products/deleted"},
                                   {Method::options, "/products"}});
  EXPECT_EQ(router.find(Method::put, "/products/deleted").error().allow, "GET, HEAD, POST, PATCH");
  EXPECT_EQ(router.find(Method::put, "/products/7").error().allow, "GET, HEAD, PATCH");
  EXPECT_EQ(router.find(Method::put, "/products/7/8").error().allow, "") << "of a path that is not there";
  EXPECT_EQ(router.find(Method::head, "/products").error().allow, "OPTIONS") << "without GET there is no HEAD";
}

TEST(Router, knows_nothing_before_it_is_told) {
  EXPECT_EQ(pattern_of(Router{}, Method::get, "/"), "404");
  EXPECT_EQ(pattern_of(Router{}, Method::get, ""), "404");
  EXPECT_EQ(pattern_of(router_of({{Method::get, "/a/b"}}), Method::get, "/a"), "404") << "a part of a route is none";
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
  const auto value_of = [&](const std::string& sku) -> std::string {
    const auto one = router.find(Method::get, "/products/sku/" + sku);
    return one ? one->params.at(0).second : std::to_string(one.error().status);
  };
  EXPECT_EQ(value_of("a+b"), "a+b") << "a plus means a space in queries only";
  EXPECT_EQ(value_of("%2e%2E"), "..");
  EXPECT_EQ(value_of("%252F"), "%2F") << "decoded once";
  EXPECT_EQ(value_of("%3Aid"), ":id");
  for (const char* broken : {"%", "%4", "A%", "A%4", "%-1", "% 1", "%0x"}) EXPECT_EQ(value_of(broken), "400") << broken;
  EXPECT_EQ(value_of("A/B"), "404") << "a slash that is not encoded parts the path";
}

TEST(Router, names_parameters_as_the_routes_own_pattern_does) {
  const Router router = router_of({{Method::get, "/families/:id/attributes/:attribute"},
                                   {Method::del, "/families/:family/attributes/:id"},
                                   {Method::get, "/families/all/attributes/:which"}});
  const auto params_of = [&](Method method, std::string_view path) {
    std::string out;
    for (const auto& [name, value] : router.find(method, path)->params) out += std::string(name) + '=' + value + ' ';
    return out;
  };
  EXPECT_EQ(params_of(Method::get, "/families/1/attributes/2"), "id=1 attribute=2 ");
  EXPECT_EQ(params_of(Method::del, "/families/1/attributes/2"), "family=1 id=2 ");
  EXPECT_EQ(params_of(Method::get, "/families/all/attributes/2"), "which=2 ");
  EXPECT_EQ(params_of(Method::del, "/families/all/attributes/2"), "family=all id=2 ");
}

TEST(Router, does_not_count_a_slash_at_the_end) {
  const Router router = router_of({{Method::get, "/"}, {Method::get, "/products"}});
  EXPECT_EQ(pattern_of(router, Method::get, "/products/"), "/products");
  EXPECT_EQ(pattern_of(router, Method::get, "/"), "/");
  EXPECT_EQ(pattern_of(router, Method::get, "//products"), "404");
  const Router with_id = router_of({{Method::get, "/products/:id"}});
  EXPECT_EQ(pattern_of(with_id, Method::get, "/products/"), "404") << "an empty segment is no id";
  EXPECT_EQ(with_id.find(Method::get, "/products/7/")->params.at(0).second, "7");
}

TEST(Router, takes_no_empty_segment_for_a_name) {
  const Router router = router_of({{Method::get, "/products"}, {Method::get, "/products/:id/variants"}});
  EXPECT_EQ(pattern_of(router, Method::get, "/products//"), "404");
  EXPECT_EQ(pattern_of(router, Method::get, "/products//variants"), "404");
}

TEST(Router, takes_no_route_twice) {
  Router router = router_of({{Method::get, "/products/:id"}});
  EXPECT_THROW(router.add(Method::get, "/products/:number", anyone, nothing), std::logic_error);
  EXPECT_THROW(router.add(Method::get, "/products/:id/", anyone, nothing), std::logic_error);
  EXPECT_NO_THROW(router.add(Method::patch, "/products/:id", anyone, nothing));
  EXPECT_NO_THROW(router.add(Method::get, "/products/id", anyone, nothing)) << "a literal is not its parameter";
  EXPECT_EQ(router.routes().size(), 3U) << "what was refused is not listed";
}

}  // namespace
}  // namespace pim::http
