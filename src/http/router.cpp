#include "http/router.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "http/percent.hpp"

namespace pim::http {
namespace {

// The parts between slashes; a slash at the end does not count.
std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  if (path.starts_with('/')) path.remove_prefix(1);
  if (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) return segments;
  for (;;) {
    const std::size_t end = path.find('/');
    segments.push_back(path.substr(0, end));
    if (end == std::string_view::npos) break;
    path.remove_prefix(end + 1);
  }
  return segments;
}

}  // namespace

void Router::add(Method method, std::string_view pattern, Access access, Handler handler) {
  std::size_t node = 0;
  for (const std::string_view segment : segments_of(pattern)) node = child(node, segment);
  for (const auto& [known, unused] : nodes_[node].routes) {
    if (known == method) throw std::logic_error(fmt::format("route {} {} is there twice", name_of(method), pattern));
  }
  nodes_[node].routes.emplace_back(method, routes_.size());
  routes_.push_back({method, std::string(pattern), access, std::move(handler), routes_.size() + 1});
}

// The node below `node` for a segment of a pattern; made where it is not there.
std::size_t Router::child(std::size_t node, std::string_view segment) {
  if (segment.starts_with(':')) {
    if (nodes_[node].parameter_node == 0) {
      nodes_.emplace_back();
      nodes_[node].parameter_node = nodes_.size() - 1;
    }
    return nodes_[node].parameter_node;
  }
  if (segment.starts_with('*')) {
    if (nodes_[node].rest_node == 0) {
      nodes_.emplace_back();
      nodes_[node].rest_node = nodes_.size() - 1;
    }
    return nodes_[node].rest_node;
  }
  const auto& literals = nodes_[node].literals;
  const auto found =
      std::ranges::find(literals, segment, [](const auto& literal) { return std::string_view{literal.first}; });
  if (found != literals.end()) return found->second;
  nodes_.emplace_back();
  nodes_[node].literals.emplace_back(segment, nodes_.size() - 1);
  return nodes_.size() - 1;
}

// The route for `method` below `node`, a literal before a parameter. Notes the methods of every node that the
// path ends in, for the Allow header.
const Route* Router::walk(std::size_t number, std::span<const std::string_view> segments, Method method,
                          std::vector<Method>& allowed) const {
  const Node& node = nodes_[number];
  if (segments.empty()) {
    for (const auto& [known, route] : node.routes) {
      if (known == method || (known == Method::get && method == Method::head)) return &routes_[route];
    }
    for (const auto& [known, unused] : node.routes) allowed.push_back(known);
    return nullptr;
  }
  for (const auto& [literal, next] : node.literals) {
    if (literal != segments.front()) continue;
    if (const Route* route = walk(next, segments.subspan(1), method, allowed)) return route;
  }
  if (segments.front().empty()) return nullptr;
  if (node.parameter_node != 0) {
    if (const Route* route = walk(node.parameter_node, segments.subspan(1), method, allowed)) return route;
  }
  return node.rest_node == 0 ? nullptr : walk(node.rest_node, {}, method, allowed);
}

Result<Router::Found> Router::find(Method method, std::string_view path) const {
  const auto segments = segments_of(path);
  std::vector<Method> allowed;
  const Route* route = walk(0, segments, method, allowed);
  if (route != nullptr) {
    Found found{.route = route};
    const auto pattern = segments_of(route->pattern);
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      const bool is_rest = pattern[i].starts_with('*');
      if (!is_rest && !pattern[i].starts_with(':')) continue;
      auto value = percent_decoded(is_rest ? path.substr(static_cast<std::size_t>(segments[i].data() - path.data()))
                                           : segments[i]);
      if (!value) return bad_request("The path has a percent sign that begins no escape", "path");
      found.params.emplace_back(pattern[i].substr(1), *std::move(value));
    }
    return found;
  }
  if (allowed.empty()) return not_found(fmt::format("Cannot {} {}", name_of(method), path));
  return method_not_allowed(method, path, allowed);
}

std::unexpected<Problem> Router::method_not_allowed(Method method, std::string_view path, std::vector<Method> allowed) {
  std::ranges::sort(allowed);
  const auto repeated = std::ranges::unique(allowed);
  allowed.erase(repeated.begin(), repeated.end());
  std::string list;
  for (const Method known : allowed) {
    if (!list.empty()) list += ", ";
    list += name_of(known);
    if (known == Method::get) list += ", HEAD";
  }
  Problem problem{
      .status = 405, .code = "method_not_allowed", .message = fmt::format("Cannot {} {}", name_of(method), path)};
  problem.remedy = "This path answers to: " + list;
  problem.allow = list;
  return std::unexpected(std::move(problem));
}

}  // namespace pim::http
