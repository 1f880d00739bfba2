// The permissions that there are: what owners grant to staff, and what keys are made for.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace pim::auth {

struct Resource {
  std::string_view name;
  std::span<const std::string_view> actions;
};

std::span<const Resource> permissions() noexcept;
bool is_permission(std::string_view resource, std::string_view action) noexcept;

}  // namespace pim::auth
