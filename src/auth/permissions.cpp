#include "auth/permissions.hpp"

#include <algorithm>

namespace pim::auth {
namespace {

using Name = std::string_view;

constexpr std::array<Name, 4> usual{"create", "read", "update", "delete"};
constexpr std::array<Name, 6> of_products{"create", "read", "update", "delete", "import", "export"};
constexpr std::array<Name, 5> of_assets{"create", "read", "update", "delete", "export"};
constexpr std::array<Name, 2> of_notifications{"read", "delete"};
constexpr std::array<Name, 1> of_keys{"manage"};
constexpr std::array<Name, 6> of_shops{"create", "read", "update", "delete", "export", "import"};

// Those of the replaced service: what its owners granted goes on to hold.
constexpr std::array<Resource, 11> all{{{"products", of_products},
                                        {"assets", of_assets},
                                        {"asset-groups", usual},
                                        {"attributes", usual},
                                        {"attribute-groups", usual},
                                        {"categories", usual},
                                        {"families", usual},
                                        {"notifications", of_notifications},
                                        {"webhooks", usual},
                                        {"api-keys", of_keys},
                                        {"integrations", of_shops}}};

}  // namespace

std::span<const Resource> permissions() noexcept { return all; }

bool is_permission(std::string_view resource, std::string_view action) noexcept {
  const auto found = std::ranges::find(all, resource, &Resource::name);
  return found != all.end() && std::ranges::find(found->actions, action) != found->actions.end();
}

}  // namespace pim::auth
